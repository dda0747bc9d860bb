package io.parley.ops;

import static org.apache.pekko.http.javadsl.server.Directives.concat;
import static org.apache.pekko.http.javadsl.server.Directives.get;
import static org.apache.pekko.http.javadsl.server.Directives.path;
import static org.apache.pekko.http.javadsl.server.Directives.post;

import io.parley.http.Answers;
import io.parley.http.Calls;
import io.parley.protocol.JsonPrinter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.Route;

/// This node: what it has, and its end.
final class NodeDesk {
    /// The answer goes first.
    private static final Duration BEFORE_DRAIN = Duration.ofMillis(200);

    private static final CoordinatedShutdown.Reason DRAINED = new CoordinatedShutdown.Reason() {
        @Override
        public String toString() {
            return "an operator's drain";
        }
    };

    private final ActorSystem<?> system;
    private final AdminApi.Parts parts;
    private final ShardMap shards;
    private final AdminCalls calls;

    NodeDesk(final ActorSystem<?> system, final AdminApi.Parts parts, final ShardMap shards, final AdminCalls calls) {
        this.system = system;
        this.parts = parts;
        this.shards = shards;
        this.calls = calls;
    }

    Route routes() {
        return concat(
                path("node", () -> get(() -> Calls.answering(_ -> CompletableFuture.completedStage(show())))),
                path("shards", () -> get(() -> calls.started(_ -> spreads()))),
                path("drain", () -> post(() -> calls.started(_ -> drain()))));
    }

    private HttpResponse show() {
        return Answers.json(
                200,
                new JsonPrinter()
                        .object()
                        .member("node", self())
                        .member("version", system.settings().config().getString("parley.version"))
                        .member(
                                "status",
                                Cluster.get(system).selfMember().status().toString())
                        .member("ready", parts.ready().getAsBoolean())
                        .member("leaving", isLeaving())
                        .member("sessions", parts.connections().count())
                        .end()
                        .toString());
    }

    private CompletionStage<HttpResponse> spreads() {
        return shards.spreads().thenApply(spreads -> Answers.json(200, printed(spreads)));
    }

    private static String printed(final List<ShardMap.Spread> spreads) {
        final var json = new JsonPrinter().object().name("kinds").array();
        for (final var spread : spreads) {
            json.object().member("kind", spread.kind()).name("nodes").array();
            for (final var node : spread.nodes()) {
                json.object()
                        .member("node", node.node())
                        .member("shards", node.shards())
                        .member("entities", node.entities())
                        .end();
            }
            json.endArray().end();
        }
        return json.endArray().end().toString();
    }

    /// The same as SIGTERM, but for the exit status: 0.
    private CompletionStage<HttpResponse> drain() {
        if (!isLeaving()) {
            system.scheduler()
                    .scheduleOnce(
                            BEFORE_DRAIN,
                            () -> CoordinatedShutdown.get(system).runAll(DRAINED),
                            system.executionContext());
        }
        final var answer = Answers.json(
                202,
                new JsonPrinter()
                        .object()
                        .member("node", self())
                        .member("sessions", parts.connections().count())
                        .member("reconnectWithinMillis", parts.drainSpread().toMillis())
                        .end()
                        .toString());
        return calls.changing("drain", self(), CompletableFuture.completedStage(answer));
    }

    private boolean isLeaving() {
        return CoordinatedShutdown.get(system).getShutdownReason().isPresent();
    }

    private String self() {
        return ShardMap.name(Cluster.get(system).selfMember().address());
    }
}
