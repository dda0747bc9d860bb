package io.parley.ops;

import static org.apache.pekko.http.javadsl.server.Directives.complete;
import static org.apache.pekko.http.javadsl.server.Directives.concat;
import static org.apache.pekko.http.javadsl.server.Directives.extractRequest;
import static org.apache.pekko.http.javadsl.server.Directives.handleExceptions;
import static org.apache.pekko.http.javadsl.server.Directives.handleRejections;
import static org.apache.pekko.http.javadsl.server.Directives.mapResponse;
import static org.apache.pekko.http.javadsl.server.Directives.path;
import static org.apache.pekko.http.javadsl.server.Directives.pathPrefix;
import static org.apache.pekko.http.javadsl.server.Directives.withRequestTimeout;

import io.parley.account.Accounts;
import io.parley.cluster.Counters;
import io.parley.conversation.ConversationLog;
import io.parley.http.Api;
import io.parley.http.Authenticated;
import io.parley.http.Bodies;
import io.parley.http.Entities;
import io.parley.http.Problem;
import io.parley.http.Problems;
import io.parley.http.StaticFile;
import io.parley.protocol.ErrorCode;
import io.parley.session.Connections;
import io.parley.store.EntityNames;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.server.ExceptionHandler;
import org.apache.pekko.http.javadsl.server.RejectionHandler;
import org.apache.pekko.http.javadsl.server.Route;

/// What operators do, under `/admin/v1` of the management port: accounts, where a message is, shards, draining,
/// log levels. `api/admin.json` describes it. Nobody gets past the token, not even to learn which paths there
/// are.
public final class AdminApi {
    /// A search through 10,000 entries of a slow store may take this long; what comes later has no reader.
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /// What the calls are about.
    ///
    /// @param accounts    the door to all accounts
    /// @param entities    the way to conversations and inboxes
    /// @param log         what conversations have stored
    /// @param names       which accounts there are
    /// @param connections the sessions of this node
    /// @param counters    count what was done and refused
    /// @param started     whether the entities can be asked
    /// @param ready       whether messages can be sent
    /// @param drainSpread over how long drained clients come back
    public record Parts(
            Accounts accounts,
            Entities entities,
            ConversationLog log,
            EntityNames names,
            Connections connections,
            Counters counters,
            BooleanSupplier started,
            BooleanSupplier ready,
            Duration drainSpread) {}

    private final Optional<AdminToken> token;
    private final AdminCalls calls;
    private final Bodies bodies;
    private final Route all;
    private final ExceptionHandler exceptions = Problems.exceptions();
    private final RejectionHandler rejections = Problems.rejections();

    /// @param token what operators have to name; empty: every call is refused
    public AdminApi(final ActorSystem<?> system, final Optional<AdminToken> token, final Parts parts) {
        this.token = token;
        this.calls = new AdminCalls(parts.started(), parts.counters());
        this.bodies = new Bodies(system);
        final var shards = new ShardMap(system);
        final var openApi = StaticFile.of("/api/admin.json", List.of());
        final var desks = concat( // made once: what stands in a lambda is made for each request
                path("openapi.json", openApi::route),
                new AccountDesk(parts.accounts(), parts.entities(), parts.names(), calls).routes(),
                new MessageDesk(parts.entities(), parts.log(), shards, calls).routes(),
                new NodeDesk(system, parts, shards, calls).routes(),
                new LogLevels(bodies, calls).routes());
        this.all = pathPrefix("v1", () -> desks);
    }

    /// The routes, behind the token.
    public Route route() {
        return pathPrefix(
                "admin",
                () -> extractRequest(request -> mapResponse(
                        response -> bodies.finished(request, Api.hardened(response)),
                        () -> withRequestTimeout(
                                TIMEOUT,
                                _ -> Api.hardened(Problem.unavailable().response()),
                                () -> handleExceptions(
                                        exceptions, () -> handleRejections(rejections, () -> guarded(request)))))));
    }

    private Route guarded(final HttpRequest request) {
        return refusal(request).map(problem -> complete(problem.response())).orElse(all);
    }

    private Optional<Problem> refusal(final HttpRequest request) {
        if (token.isEmpty()) {
            calls.count("admin_refused_without_token");
            return Optional.of(Problem.of(
                    ErrorCode.FORBIDDEN,
                    "administration is off: start this node with PARLEY_ADMIN_TOKEN set to at least 16 characters, and"
                            + " name them as Authorization: Bearer …"));
        }
        final var shown = Authenticated.bearer(request);
        if (shown.filter(token.get()::is).isPresent()) {
            return Optional.empty();
        }
        calls.count("admin_refused_wrong_token");
        return Optional.of(Problem.of(
                ErrorCode.UNAUTHENTICATED,
                shown.isEmpty()
                        ? "give the admin token: Authorization: Bearer …"
                        : "this is not the admin token of this node"));
    }
}
