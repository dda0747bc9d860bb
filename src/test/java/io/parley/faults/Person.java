package io.parley.faults;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.local.RestCall;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// A person's calls by REST, each to some node that answers, again until one does.
final class Person {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final String user;
    private final List<URI> nodes;
    private final Random random;

    /// @param nodes client ports
    Person(final String user, final List<URI> nodes, final Random random) {
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
            final var answer = RestCall.make(node, method, path, token, body);
            for (final int code : good) {
                if (answer.status() == code) {
                    return answer.body();
                }
            }
            last = answer.status() + " " + answer.body();
            if (answer.status() != 0 && answer.status() < 500 && answer.status() != 429) {
                throw new AssertionError(method + " " + path + " of " + user + ": " + last);
            }
        }
        throw new AssertionError(method + " " + path + " of " + user + " got no answer in " + PATIENCE + ": " + last);
    }
}
