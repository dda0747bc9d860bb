package io.parley.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.judge.Exchange;
import io.parley.judge.RestJudge;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/// An operator's calls to the management port of one node; those of administration are held against their
/// contract.
final class Admin {
    static final String TOKEN = "an-operators-token-0123";
    static final RestJudge JUDGE = RestJudge.ofAdministration();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final int port;
    private final String token;

    Admin(final NodeProcess node) {
        this(node.managementPort(), TOKEN);
    }

    /// @param token empty: none is named
    Admin(final int port, final String token) {
        this.port = port;
        this.token = token;
    }

    Rest.Answer get(final String path) {
        return call("GET", path, Optional.empty());
    }

    Rest.Answer post(final String path) {
        return call("POST", path, Optional.empty());
    }

    Rest.Answer delete(final String path) {
        return call("DELETE", path, Optional.empty());
    }

    Rest.Answer put(final String path, final String body) {
        return call("PUT", path, Optional.of(body));
    }

    JsonNode sees(final String path) {
        return get(path).expect(200).body();
    }

    Rest.Answer call(final String method, final String path, final Optional<String> body) {
        final var answer = unjudged(method, path, body);
        JUDGE.judgeExchangeOrThrow(new Exchange(
                method, path, body, answer.statusCode(), answer.headers().map(), Optional.of(answer.body())));
        return new Rest.Answer(answer.statusCode(), Rest.parse(answer.body()), answer);
    }

    /// Of a path that the contract does not know.
    HttpResponse<String> unjudged(final String method, final String path, final Optional<String> body) {
        final var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(30))
                .method(
                        method,
                        body.map(HttpRequest.BodyPublishers::ofString).orElseGet(HttpRequest.BodyPublishers::noBody));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        if (body.isPresent()) {
            request.header("Content-Type", "application/json");
        }
        try {
            return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (final IOException failed) {
            throw new AssertionError(method + " " + path + " failed: " + failed, failed);
        } catch (final InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new AssertionError("stopped during " + method + " " + path, stopped);
        }
    }
}
