package io.parley.media;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A store that speaks just enough S3 and, at first, writes over what is there whatever `If-None-Match` says,
/// as servers do that are of before 2024. Objects are in memory.
final class ForgetfulStore implements AutoCloseable {
    private static final Pattern PREFIX = Pattern.compile("prefix=([^&]*)");

    private final HttpServer server;
    private final Map<String, byte[]> objects = new TreeMap<>(); // by the server's one thread alone
    private volatile boolean remembers;

    ForgetfulStore() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /// From now on it heeds the condition.
    void remembers() {
        remembers = true;
    }

    private void answer(final HttpExchange call) throws IOException {
        final var path = call.getRequestURI().getPath(); // /bucket/key
        final int slash = path.indexOf('/', 1);
        final var key = slash < 0 ? "" : path.substring(slash + 1);
        final var body = call.getRequestBody().readAllBytes();
        switch (call.getRequestMethod()) {
            case "PUT" -> {
                final boolean isRefused = remembers
                        && objects.containsKey(key)
                        && call.getRequestHeaders().containsKey("If-None-Match");
                if (!isRefused) {
                    objects.put(key, body);
                }
                send(call, isRefused ? 412 : 200, new byte[0]);
            }
            case "DELETE" -> {
                objects.remove(key);
                send(call, 204, new byte[0]);
            }
            default -> {
                if (key.isEmpty()) {
                    send(call, 200, list(prefix(call)).getBytes(UTF_8));
                } else if (objects.containsKey(key)) {
                    send(call, 200, objects.getOrDefault(key, new byte[0]));
                } else {
                    send(call, 404, "<Error><Code>NoSuchKey</Code><Message>none</Message></Error>".getBytes(UTF_8));
                }
            }
        }
    }

    private static String prefix(final HttpExchange call) {
        final var found = PREFIX.matcher(call.getRequestURI().getQuery());
        return found.find() ? found.group(1) : "";
    }

    private String list(final String prefix) {
        return objects.entrySet().stream()
                .filter(each -> each.getKey().startsWith(prefix))
                .map(each -> "<Contents><Key>" + each.getKey() + "</Key><ETag>\"x\"</ETag><Size>"
                        + each.getValue().length + "</Size><LastModified>2026-12-01T00:00:00.000Z</LastModified>"
                        + "<StorageClass>STANDARD</StorageClass></Contents>")
                .collect(Collectors.joining(
                        "", "<ListBucketResult><IsTruncated>false</IsTruncated>", "</ListBucketResult>"));
    }

    private static void send(final HttpExchange call, final int status, final byte[] body) throws IOException {
        call.getResponseHeaders().add("Content-Type", "application/xml");
        call.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            call.getResponseBody().write(body);
        }
        call.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
