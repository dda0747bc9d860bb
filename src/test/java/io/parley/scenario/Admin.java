package io.parley.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.judge.RestJudge;
import java.net.http.HttpResponse;
import java.util.Optional;

/// An operator's calls to the management port of one node; those of administration are held against their
/// contract.
final class Admin {
    static final String TOKEN = "an-operators-token-0123";
    static final RestJudge JUDGE = RestJudge.ofAdministration();

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
        return Rest.judged(JUDGE, method, path, body, unjudged(method, path, body));
    }

    /// Of a path that the contract does not know.
    HttpResponse<String> unjudged(final String method, final String path, final Optional<String> body) {
        return Rest.send(port, method, path, token, body);
    }
}
