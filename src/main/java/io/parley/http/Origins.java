package io.parley.http;

import static org.apache.pekko.http.javadsl.server.Directives.complete;
import static org.apache.pekko.http.javadsl.server.Directives.extractRequest;
import static org.apache.pekko.http.javadsl.server.Directives.mapResponse;

import io.parley.protocol.ErrorCode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.javadsl.server.Route;

/// Under which names this node serves, and pages of which origins may call it. A page on another site that has
/// its name point at this machine (DNS rebinding) is stopped by its `Host`; one that just calls is stopped by
/// its browser, because no header allows it to, and at the WebSocket, where browsers do not ask, by
/// [#isAllowed]. The other nodes are neither: a page of one may call all of them.
final class Origins {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1");

    /// Beside those that any page may send.
    private static final String ASKED = "Authorization, Content-Type, Range, If-Range, If-None-Match, Tus-Resumable,"
            + " Upload-Length, Upload-Metadata, Upload-Offset, X-HTTP-Method-Override";

    /// Beside those that any page may see.
    private static final String ANSWERED =
            "Retry-After, WWW-Authenticate, ETag, Location, Accept-Ranges, Content-Range,"
                    + " Tus-Extension, Tus-Max-Size, Tus-Resumable, Tus-Version, Upload-Expires, Upload-Length, Upload-Offset";

    private final Set<String> hosts;
    private final Set<String> allowed;

    Origins(final ApiSettings settings) {
        this.hosts = Stream.concat(
                        settings.hosts().stream(), settings.nodes().stream().map(NodeOrigins::host))
                .map(Origins::plainHost)
                .collect(Collectors.toUnmodifiableSet());
        this.allowed = Stream.concat(
                        settings.allowedOrigins().stream()
                                .map(origin -> origin.toLowerCase(Locale.ROOT).replaceFirst("/$", "")),
                        settings.nodes().stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    /// `inner`, for requests to a name this node has; tells browsers which other origins may call.
    Route guarding(final Supplier<Route> inner) {
        return extractRequest(request -> {
            if (!isServed(request)) {
                return complete(Problem.of(ErrorCode.FORBIDDEN, "this node does not serve this host")
                        .response());
            }
            final var origin = origin(request).filter(allowed::contains);
            if (origin.isPresent() && isPreflight(request)) {
                return complete(mayCall(
                        HttpResponse.create()
                                .withStatus(204)
                                .addHeaders(List.of(
                                        header("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE"),
                                        header("Access-Control-Allow-Headers", ASKED),
                                        header("Access-Control-Max-Age", "600"))),
                        origin.get()));
            }
            return allowed.isEmpty()
                    ? inner.get()
                    : mapResponse(
                            response -> origin.map(caller -> mayCall(response, caller))
                                    .orElse(response.addHeader(header("Vary", "Origin"))),
                            inner);
        });
    }

    private static HttpResponse mayCall(final HttpResponse response, final String origin) {
        return response.addHeaders(List.of(
                header("Access-Control-Allow-Origin", origin),
                header("Access-Control-Expose-Headers", ANSWERED),
                header("Vary", "Origin")));
    }

    private static boolean isPreflight(final HttpRequest request) {
        return request.method().equals(HttpMethods.OPTIONS)
                && request.getHeader("Access-Control-Request-Method").isPresent();
    }

    private boolean isServed(final HttpRequest request) {
        final var named = request.getHeader("Host").map(HttpHeader::value).map(Origins::withoutPort);
        final var target = request.getUri().host().address(); // of an absolute target; else the Host header's
        return isOwn(target) && named.map(this::isOwn).orElse(true);
    }

    private boolean isOwn(final String host) {
        final var plain = plainHost(host);
        return LOOPBACK.contains(plain) || hosts.contains(plain);
    }

    /// Whether a page of the request's origin may open a WebSocket here: no page (no `Origin`), a page of this
    /// node, or one of an allowed origin.
    boolean isAllowed(final HttpRequest request) {
        final var origin = origin(request);
        if (origin.isEmpty()) {
            return request.getHeader("Origin").isEmpty();
        }
        final var host = request.getHeader("Host").map(header -> header.value().toLowerCase(Locale.ROOT));
        return allowed.contains(origin.get())
                || host.filter(own -> origin.get().equals("http://" + own)
                                || origin.get().equals("https://" + own))
                        .isPresent();
    }

    private static Optional<String> origin(final HttpRequest request) {
        return request.getHeader("Origin")
                .map(header -> header.value().toLowerCase(Locale.ROOT))
                .filter(origin -> !origin.isBlank());
    }

    private static String withoutPort(final String host) {
        return host.replaceFirst(":[0-9]*$", "");
    }

    /// As it is compared: lower case, without the brackets of IPv6 and without the dot of a full name.
    private static String plainHost(final String host) {
        final var lower = host.toLowerCase(Locale.ROOT);
        return lower.startsWith("[") && lower.endsWith("]")
                ? lower.substring(1, lower.length() - 1)
                : lower.replaceFirst("\\.$", "");
    }

    private static HttpHeader header(final String name, final String value) {
        return RawHeader.create(name, value);
    }
}
