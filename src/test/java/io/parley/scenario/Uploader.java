package io.parley.scenario;

import io.parley.content.Octets;
import io.parley.judge.Exchange;
import io.parley.store.Checksum;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A device that uploads and downloads, by the letter of tus 1.0 and RFC 9110, header by header.
final class Uploader {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final World world;
    private final Device device;

    Uploader(final World world, final Device device) {
        this.world = world;
        this.device = device;
    }

    Device device() {
        return device;
    }

    /// An answer whose body may be anything.
    static final class Answer {
        private final int status;
        private final Map<String, String> headers;
        private final byte[] body;

        private Answer(final int status, final Map<String, String> headers, final byte[] body) {
            this.status = status;
            this.headers = headers;
            this.body = body;
        }

        byte[] body() {
            return body;
        }

        String header(final String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }

        Answer expect(final int wanted) {
            if (status != wanted) {
                throw new AssertionError(
                        "status " + status + " instead of " + wanted + ": " + new String(body, StandardCharsets.UTF_8));
            }
            return this;
        }

        String code() {
            return Rest.parse(new String(body, StandardCharsets.UTF_8))
                    .path("code")
                    .asText();
        }
    }

    static String metadata(final String conversation, final byte[] bytes) {
        return "conversation " + base64(conversation) + ",sha256 "
                + base64(Octets.of(Checksum.sha256().digest(bytes)).base64url());
    }

    static String base64(final String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /// With the protocol's own header, and these.
    Answer tus(final String method, final String path, final byte[] body, final Map<String, String> headers) {
        final var all = new HashMap<>(headers);
        all.putIfAbsent("Tus-Resumable", "1.0.0");
        if (body.length > 0 || method.equals("PATCH")) {
            all.putIfAbsent("Content-Type", "application/offset+octet-stream");
        }
        return call(method, path, body, all);
    }

    Answer call(final String method, final String path, final byte[] body, final Map<String, String> headers) {
        final var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + world.port() + path))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + device.token())
                .method(
                        method,
                        body.length == 0
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        try {
            final var answer = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            final var said = new HashMap<String, String>();
            answer.headers().map().forEach((name, values) -> said.put(name, String.join(", ", values)));
            if (!method.equals("HEAD") && !headers.containsKey("X-HTTP-Method-Override") && !path.contains("%")) {
                final boolean isText = answer.headers()
                        .firstValue("Content-Type")
                        .filter(type -> type.contains("json"))
                        .isPresent();
                Rest.JUDGE.judgeExchangeOrThrow(new Exchange(
                        method,
                        path,
                        body.length == 0 ? Optional.empty() : Optional.of("(bytes)"),
                        answer.statusCode(),
                        answer.headers().map(),
                        Optional.of(
                                isText
                                        ? new String(answer.body(), StandardCharsets.UTF_8)
                                        : answer.body().length == 0 ? "" : "(bytes)")));
            }
            return new Answer(answer.statusCode(), said, answer.body());
        } catch (final IOException failed) {
            throw new AssertionError(request + " failed: " + failed, failed);
        } catch (final InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new AssertionError("stopped during " + method, stopped);
        }
    }

    /// Begins an upload; gives its path.
    String begins(final String conversation, final byte[] bytes) {
        return tus(
                        "POST",
                        "/v1/media",
                        new byte[0],
                        Map.of(
                                "Upload-Length",
                                Integer.toString(bytes.length),
                                "Upload-Metadata",
                                metadata(conversation, bytes)))
                .expect(201)
                .header("Location");
    }

    Answer sends(final String path, final long offset, final byte[] bytes) {
        return tus("PATCH", path, bytes, Map.of("Upload-Offset", Long.toString(offset)));
    }

    /// All of it; gives its id.
    String uploads(final String conversation, final byte[] bytes) {
        final var path = begins(conversation, bytes);
        sends(path, 0, bytes).expect(204);
        return idOf(path);
    }

    static String idOf(final String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    long offset(final String path) {
        return Long.parseLong(
                tus("HEAD", path, new byte[0], Map.of()).expect(200).header("Upload-Offset"));
    }

    /// Promises all that is missing and breaks the connection after some of it.
    void breaksOff(final String path, final int offset, final byte[] bytes, final int after) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), world.port())) {
            final var head = "PATCH " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + world.port()
                    + "\r\nAuthorization: Bearer " + device.token()
                    + "\r\nTus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\nUpload-Offset: "
                    + offset + "\r\nContent-Length: " + (bytes.length - offset) + "\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(Arrays.copyOfRange(bytes, offset, offset + after));
            socket.getOutputStream().flush();
        }
    }

    Answer downloads(final String id, final Map<String, String> headers) {
        return call("GET", "/v1/media/" + id, new byte[0], headers);
    }
}
