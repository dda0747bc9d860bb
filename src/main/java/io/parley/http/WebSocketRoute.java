package io.parley.http;

import static org.apache.pekko.http.javadsl.server.Directives.complete;
import static org.apache.pekko.http.javadsl.server.Directives.extractRequest;
import static org.apache.pekko.http.javadsl.server.Directives.get;
import static org.apache.pekko.http.javadsl.server.Directives.path;

import io.parley.protocol.Limits;
import io.parley.websocket.Owner;
import io.parley.websocket.WebSocketStage;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.pekko.http.impl.engine.server.UpgradeToOtherProtocolResponseHeader;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.javadsl.server.PathMatchers;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.util.ByteString;

/// `GET /v1/ws`: the upgrade to `parley.v1` (RFC 6455 §4.2). Behind it stands our own framing on bytes, since
/// Pekko HTTP's WebSocket can neither close with a code of ours nor do a frame cheaply; the header that hands
/// the connection over is Pekko HTTP's own, and internal there.
final class WebSocketRoute {
    private static final String SUBPROTOCOL = "parley.v1";
    private static final String ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455 §1.3

    private final Function<HttpRequest, Owner.Factory> owners;
    private final Predicate<HttpRequest> originAllowed;
    private final Function<String, HttpResponse> invalid;
    private final Function<String, HttpResponse> forbidden;

    /// @param owners        make the owner of a request's connection
    /// @param originAllowed whether a page of the request's origin may connect
    /// @param invalid       the answer to an upgrade that is none, with what is wrong
    /// @param forbidden     the answer to a foreign origin
    WebSocketRoute(
            final Function<HttpRequest, Owner.Factory> owners,
            final Predicate<HttpRequest> originAllowed,
            final Function<String, HttpResponse> invalid,
            final Function<String, HttpResponse> forbidden) {
        this.owners = owners;
        this.originAllowed = originAllowed;
        this.invalid = invalid;
        this.forbidden = forbidden;
    }

    Route route() {
        return path(
                PathMatchers.segment("v1").slash("ws"),
                () -> get(() -> extractRequest(request -> complete(upgrade(request)))));
    }

    private HttpResponse upgrade(final HttpRequest request) {
        final var key = header(request, "Sec-WebSocket-Key");
        if (!lists(request, "Upgrade", "websocket") || !lists(request, "Connection", "upgrade") || key.isEmpty()) {
            return invalid.apply("this is a WebSocket: connect with an upgrade");
        }
        if (!header(request, "Sec-WebSocket-Version").equals(Optional.of("13")) || !isKey(key.get())) {
            return invalid.apply("only version 13 of WebSocket (RFC 6455) is spoken here");
        }
        if (!lists(request, "Sec-WebSocket-Protocol", SUBPROTOCOL)) {
            return invalid.apply("ask for the subprotocol " + SUBPROTOCOL);
        }
        if (!originAllowed.test(request)) {
            return forbidden.apply("pages of this origin may not connect");
        }
        final var bytes = Flow.<ByteString>create()
                .via(new WebSocketStage(Limits.V1.frameBytes(), owners.apply(request)))
                .mapMaterializedValue(_ -> (Object) "websocket");
        return HttpResponse.create()
                .withStatus(StatusCodes.SWITCHING_PROTOCOLS)
                .addHeader(HttpHeader.parse("Connection", "upgrade"))
                .addHeader(RawHeader.create("Upgrade", "websocket"))
                .addHeader(RawHeader.create("Sec-WebSocket-Accept", accept(key.get())))
                .addHeader(RawHeader.create("Sec-WebSocket-Protocol", SUBPROTOCOL))
                .addHeader(new UpgradeToOtherProtocolResponseHeader(bytes.asScala()));
    }

    private static Optional<String> header(final HttpRequest request, final String name) {
        return request.getHeader(name).map(HttpHeader::value);
    }

    private static boolean lists(final HttpRequest request, final String name, final String word) {
        for (final var header : request.getHeaders()) {
            if (header.is(name.toLowerCase(Locale.ROOT))
                    && Arrays.stream(header.value().split(","))
                            .anyMatch(part -> part.strip().equalsIgnoreCase(word))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isKey(final String key) {
        try {
            return Base64.getDecoder().decode(key).length == 16;
        } catch (final IllegalArgumentException notBase64) {
            return false;
        }
    }

    private static String accept(final String key) {
        try {
            final var digest = MessageDigest.getInstance("SHA-1")
                    .digest((key + ACCEPT_SUFFIX).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (final NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-1", impossible);
        }
    }
}
