package io.parley.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.parley.judge.Exchange;
import io.parley.judge.RestJudge;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A client that has each exchange judged by the contract.
final class Rest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /// What came back.
    record Answer(int status, Map<String, List<String>> headers, String body) {
        JsonNode json() {
            try {
                return JSON.readTree(body);
            } catch (final IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }

        String code() {
            return json().path("code").asText();
        }

        String header(final String name) {
            final var values = headers.get(name);
            return values == null ? "" : String.join(", ", values);
        }

        @Override
        public String toString() {
            return status + " " + body;
        }
    }

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    private final RestJudge judge;
    private final int port;

    Rest(final RestJudge judge, final int port) {
        this.judge = judge;
        this.port = port;
    }

    /// Through the JDK's client.
    Answer call(final String method, final String target, final String token, final String body) {
        return call(method, target, token, body, Map.of());
    }

    Answer call(
            final String method,
            final String target,
            final String token,
            final String body,
            final Map<String, String> headers) {
        final var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + target))
                .timeout(PATIENCE)
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (!body.isEmpty() && !headers.containsKey("Content-Type")) {
            request.header("Content-Type", "application/json");
        }
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        headers.forEach(request::header);
        try {
            final var answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return judged(
                    method, target, body, answer.statusCode(), answer.headers().map(), answer.body());
        } catch (final IOException broken) {
            throw new UncheckedIOException(broken);
        } catch (final InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    Answer get(final String target, final String token) {
        return call("GET", target, token, "");
    }

    Answer post(final String target, final String token, final String body) {
        return call("POST", target, token, body);
    }

    /// Exactly these lines and this body over a socket of its own, for what the JDK's client will not send.
    ///
    /// @param head request line and headers, without the length of the body
    Answer raw(final String head, final String body) {
        final byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            final var request = head + "\r\nConnection: close\r\n"
                    + (bytes.length > 0 ? "Content-Length: " + bytes.length + "\r\n" : "") + "\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().write(bytes);
            return parse(head, body, new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        } catch (final IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /// @param said what came over the socket; an interim `100 Continue` may stand before the answer (RFC 9110,
    /// 15.2)
    private Answer parse(final String head, final String body, final String said) {
        final var answer = said.startsWith("HTTP/1.1 100 ") ? said.substring(said.indexOf("\r\n\r\n") + 4) : said;
        final int end = answer.indexOf("\r\n\r\n");
        final var lines = answer.substring(0, end).split("\r\n", -1);
        final var headers = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 1; i < lines.length; i++) {
            final int colon = lines[i].indexOf(':');
            headers.computeIfAbsent(lines[i].substring(0, colon), _ -> new ArrayList<>())
                    .add(lines[i].substring(colon + 1).strip());
        }
        final var request = head.split(" ", -1);
        return judged(
                request[0],
                request[1],
                body,
                Integer.parseInt(lines[0].split(" ", -1)[1]),
                headers,
                answer.substring(end + 4));
    }

    private Answer judged(
            final String method,
            final String target,
            final String requestBody,
            final int status,
            final Map<String, List<String>> headers,
            final String body) {
        final var anyCase = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
        anyCase.putAll(headers);
        final var answer = new Answer(status, anyCase, body);
        final var violations = judge.exchange(
                new Exchange(method, target, Optional.of(requestBody), status, anyCase, Optional.of(body)));
        final boolean beyondTheContract =
                violations.stream().anyMatch(violation -> violation.startsWith("no operation"));
        if (!violations.isEmpty() && !beyondTheContract) {
            throw new AssertionError(method + " " + target + " -> " + answer + ": " + violations);
        }
        return answer;
    }
}
