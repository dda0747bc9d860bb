package io.parley.scenario;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.parley.judge.Exchange;
import io.parley.judge.RestJudge;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/// REST calls to one node; every exchange is held against the contract.
final class Rest {
    static final RestJudge JUDGE = new RestJudge();
    static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    /// @param body missing where there is none
    record Answer(int status, JsonNode body, HttpResponse<String> raw) {
        String code() {
            return body.path("code").asText();
        }

        Answer expect(final int expected) {
            if (status != expected) {
                throw new AssertionError("status " + status + " instead of " + expected + ": " + body);
            }
            return this;
        }
    }

    private final int port;

    Rest(final int port) {
        this.port = port;
    }

    Answer get(final String path, final String token) {
        return call("GET", path, token, Optional.empty());
    }

    Answer delete(final String path, final String token) {
        return call("DELETE", path, token, Optional.empty());
    }

    /// @param token empty: none
    Answer post(final String path, final String token, final JsonNode body) {
        return call("POST", path, token, Optional.of(body.toString()));
    }

    /// @param token empty: none
    /// @param body  empty: none
    Answer call(final String method, final String path, final String token, final Optional<String> body) {
        return judged(JUDGE, method, path, body, send(port, method, path, token, body));
    }

    /// Uploads bytes.
    Answer putBytes(final String path, final String token, final byte[] bytes) {
        final var request = request(port, path, token)
                .PUT(HttpRequest.BodyPublishers.ofByteArray(bytes))
                .header("Content-Type", "application/octet-stream")
                .build();
        return judged(JUDGE, "PUT", path, Optional.of("(bytes)"), sent(request, HttpResponse.BodyHandlers.ofString()));
    }

    /// Downloads bytes that must be there.
    byte[] getBytes(final String path, final String token) {
        final var answer = sent(request(port, path, token).build(), HttpResponse.BodyHandlers.ofByteArray());
        JUDGE.judgeExchangeOrThrow(new Exchange(
                "GET",
                path,
                Optional.empty(),
                answer.statusCode(),
                answer.headers().map(),
                Optional.of("(bytes)")));
        if (answer.statusCode() != 200) {
            throw new AssertionError("status " + answer.statusCode() + " for " + path);
        }
        return answer.body();
    }

    private static HttpRequest.Builder request(final int port, final String path, final String token) {
        final var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(30));
        return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
    }

    private static <T> HttpResponse<T> sent(final HttpRequest request, final HttpResponse.BodyHandler<T> handler) {
        try {
            return CLIENT.send(request, handler);
        } catch (final IOException failed) {
            throw new AssertionError(request + " failed: " + failed, failed);
        } catch (final InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new AssertionError("stopped during " + request, stopped);
        }
    }

    /// An answer, held against a contract.
    static Answer judged(
            final RestJudge judge,
            final String method,
            final String path,
            final Optional<String> body,
            final HttpResponse<String> answer) {
        judge.judgeExchangeOrThrow(new Exchange(
                method, path, body, answer.statusCode(), answer.headers().map(), Optional.of(answer.body())));
        return new Answer(answer.statusCode(), parse(answer.body()), answer);
    }

    /// A call that no contract is held against.
    ///
    /// @param token empty: none
    /// @param body  empty: none
    static HttpResponse<String> send(
            final int port, final String method, final String path, final String token, final Optional<String> body) {
        final var request = request(port, path, token)
                .method(
                        method,
                        body.map(HttpRequest.BodyPublishers::ofString).orElseGet(HttpRequest.BodyPublishers::noBody));
        if (body.isPresent()) {
            request.header("Content-Type", "application/json");
        }
        return sent(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    static JsonNode parse(final String text) {
        if (text.isEmpty()) {
            return MissingNode.getInstance();
        }
        try {
            return JSON.readTree(text);
        } catch (final JsonProcessingException broken) {
            throw new AssertionError("not JSON: " + text, broken);
        }
    }
}
