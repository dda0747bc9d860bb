package io.parley.http;

import static org.apache.pekko.http.javadsl.server.Directives.complete;
import static org.apache.pekko.http.javadsl.server.Directives.get;
import static org.apache.pekko.http.javadsl.server.Directives.path;

import io.parley.protocol.JsonPrinter;
import java.util.List;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.Route;

/// Where else clients may turn to: the same for everybody, so that one may ask before a login.
final class NodeRoutes {
    private final HttpResponse answer;

    /// @param nodes their origins; none: this node's own address, however the caller found it, is all there is
    NodeRoutes(final List<String> nodes) {
        final var json = new JsonPrinter().object().name("nodes").array();
        nodes.forEach(json::value);
        answer = Answers.json(200, json.endArray().end().toString());
    }

    Route routes() {
        return path("nodes", () -> get(() -> complete(answer)));
    }
}
