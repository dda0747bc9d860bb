package io.parley.http;

import static org.apache.pekko.http.javadsl.server.Directives.concat;
import static org.apache.pekko.http.javadsl.server.Directives.extractRequest;
import static org.apache.pekko.http.javadsl.server.Directives.handleExceptions;
import static org.apache.pekko.http.javadsl.server.Directives.handleRejections;
import static org.apache.pekko.http.javadsl.server.Directives.mapResponse;
import static org.apache.pekko.http.javadsl.server.Directives.pathPrefix;
import static org.apache.pekko.http.javadsl.server.Directives.withRequestTimeout;

import io.parley.account.Accounts;
import io.parley.keys.KeyDirectory;
import io.parley.media.Uploads;
import io.parley.protocol.ErrorCode;
import io.parley.store.Blobs;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.javadsl.server.ExceptionHandler;
import org.apache.pekko.http.javadsl.server.RejectionHandler;
import org.apache.pekko.http.javadsl.server.Route;

/// All calls of the client port, composed. Whatever comes in is answered: with what `api/openapi.json`
/// describes, or with a problem document.
///
/// Limits per address need `pekko.http.server.remote-address-attribute = on`.
public final class Api {
    /// Longer than any call waits, so that it is the call that answers: a resend that is looked for in the log
    /// waits 32 s.
    private static final Duration TIMEOUT = Duration.ofSeconds(40);

    /// On every answer that does not say otherwise itself.
    private static final List<HttpHeader> ALWAYS = List.of(
            RawHeader.create("X-Content-Type-Options", "nosniff"),
            RawHeader.create("Referrer-Policy", "no-referrer"),
            RawHeader.create("Cache-Control", "no-store"),
            RawHeader.create("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"));

    private final Origins origins;
    private final RateLimits limits;
    private final Bodies bodies;
    private final Route calls;
    private final Map<ErrorCode, LongAdder> refused = new EnumMap<>(ErrorCode.class);
    private final ExceptionHandler exceptions = Problems.exceptions();
    private final RejectionHandler rejections = Problems.rejections();

    /// @param keys    everybody's public keys
    /// @param blobs   what is uploaded for the groups of encrypted conversations
    /// @param uploads what messages carry
    /// @param log     where conversations point to the log
    /// @param commits in the log
    /// @param clock   for the rate limits
    public Api(
            final ActorSystem<?> system,
            final ApiSettings settings,
            final Accounts accounts,
            final KeyDirectory keys,
            final Blobs blobs,
            final Uploads uploads,
            final Entities entities,
            final LogReader log,
            final StoredCommits commits,
            final InstantSource clock) {
        for (final var code : ErrorCode.values()) {
            refused.put(code, new LongAdder());
        }
        this.origins = new Origins(settings);
        this.bodies = new Bodies(system);
        this.limits = new RateLimits(settings.rateLimits(), clock);
        final var shared = new Calls(accounts, bodies, limits, new ClientAddresses(settings.trustedProxies()));
        final var devices = new DeviceList(entities);
        final var history = new History(entities, log);
        final var list = new ConversationList(entities, history, system);
        final var docs = new DocsRoutes();
        final var versioned = concat( // made once: what stands in a lambda is made for each request
                new MessageRoutes(accounts, entities, history, list, shared).routes(),
                new AccountRoutes(accounts, devices, shared, settings.registrationOpen()).routes(),
                new DeviceRoutes(accounts, devices, shared).routes(),
                new UserRoutes(accounts, entities, shared).routes(),
                new KeyRoutes(accounts, keys, shared, clock).routes(),
                new GroupRoutes(accounts, keys, blobs, commits, entities, shared).routes(),
                new MediaRoutes(uploads, entities, shared).routes(),
                new SettingsRoutes(entities, shared).routes(),
                new NodeRoutes(settings.nodes()).routes(),
                docs.contracts());
        this.calls =
                concat(pathPrefix("v1", () -> versioned), docs.page(), new WebClientRoutes(settings.nodes()).routes());
    }

    /// The whole client port: these calls and `others`, such as the upgrade to the WebSocket, behind one check
    /// of the `Host` and with one way to refuse.
    public Route with(final Route... others) {
        final var all = concat(calls, others);
        return guarded(() -> all);
    }

    /// Whether a page of the request's origin may open a WebSocket: otherwise its upgrade is to be refused with
    /// 403.
    public boolean originAllowed(final HttpRequest request) {
        return origins.isAllowed(request);
    }

    /// How often calls were refused because there were too many, by the name of the limit.
    public Map<String, Long> rateLimitRefusals() {
        return limits.refusals();
    }

    /// How many requests were refused, by the code of the refusal.
    public Map<String, Long> refusals() {
        return refused.entrySet().stream()
                .collect(Collectors.toMap(
                        each -> each.getKey().wire(), each -> each.getValue().sum()));
    }

    private HttpResponse counted(final HttpResponse response) {
        response.getAttribute(Problem.CODE).map(refused::get).ifPresent(LongAdder::increment);
        return response;
    }

    private Route guarded(final Supplier<Route> inner) {
        return extractRequest(request -> mapResponse(
                response -> bodies.finished(request, hardened(counted(response))),
                () -> withRequestTimeout(
                        TIMEOUT,
                        _ -> hardened(counted(Problem.unavailable().response())),
                        () -> handleExceptions(
                                exceptions, () -> handleRejections(rejections, () -> origins.guarding(inner))))));
    }

    /// The answer with the headers that every answer of a node has.
    public static HttpResponse hardened(final HttpResponse response) {
        return response.addHeaders(ALWAYS.stream()
                .filter(header -> response.getHeader(header.name()).isEmpty())
                .toList());
    }
}
