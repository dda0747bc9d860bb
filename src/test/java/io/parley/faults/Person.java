package io.parley.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// A person's calls by REST, each to some node that answers, again until one does.
final class Person {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final String user;
    private final List<String> nodes;
    private final Random random;

    /// @param nodes `host:port` of client ports
    Person(final String user, final List<String> nodes, final Random random) {
        this.user = user;
        this.nodes = nodes;
        this.random = random;
    }

    String user() {
        return user;
    }

    private String password() {
        return "password of " + user;
    }

    void register() {
        call("POST", "/v1/accounts", "", Map.of("user", user, "password", password()), 201, 409);
    }

    /// A device's name for the server, and its token.
    record Login(String device, String token) {}

    Login login() {
        final var answer = call(
                "POST",
                "/v1/login",
                "",
                Map.of("user", user, "password", password(), "device", Map.of("name", "d", "platform", "test")),
                200);
        return new Login(answer.path("device").asText(), answer.path("token").asText());
    }

    JsonNode get(final String path, final String token) {
        return call("GET", path, token, Map.of(), 200);
    }

    private JsonNode call(
            final String method,
            final String path,
            final String token,
            final Map<String, Object> body,
            final int... good) {
        final long until = System.nanoTime() + PATIENCE.toNanos();
        String last = "";
        while (System.nanoTime() < until) {
            final var node = nodes.get(random.nextInt(nodes.size()));
            try {
                final var builder = HttpRequest.newBuilder(URI.create("http://" + node + path))
                        .timeout(Duration.ofSeconds(10))
                        .header("Content-Type", "application/json");
                if (!token.isEmpty()) {
                    builder.header("Authorization", "Bearer " + token);
                }
                builder.method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)));
                final var answer = HTTP.send(builder.build(), HttpResponse.BodyHandlers.ofString());
                for (final int code : good) {
                    if (answer.statusCode() == code) {
                        return JSON.readTree(answer.body().isEmpty() ? "{}" : answer.body());
                    }
                }
                last = answer.statusCode() + " " + answer.body();
                if (answer.statusCode() < 500 && answer.statusCode() != 429) {
                    throw new AssertionError(method + " " + path + " of " + user + ": " + last);
                }
            } catch (final IOException nobody) {
                last = String.valueOf(nobody.getMessage());
            } catch (final InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new AssertionError("stopped", stopped);
            }
        }
        throw new AssertionError(method + " " + path + " of " + user + " got no answer in " + PATIENCE + ": " + last);
    }
}
