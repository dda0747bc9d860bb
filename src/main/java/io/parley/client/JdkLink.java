package io.parley.client;

import java.net.URI;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// A link over the JDK's own WebSocket, for addresses with TLS.
///
/// Plain ones have [SocketLink], because this one loses the end of a connection (an EOF without a close frame,
/// as when a node is killed) if it comes while no frame is requested of the transport, which is so whenever a
/// listener runs: `TransportImpl.acknowledgeReception` throws into the void (JDK 25). Here that is made rare by
/// running callbacks on the selector's thread ([ClientRuntime#sockets()]) and requesting frames ahead; where it
/// happens, the next heartbeat fails, or the silence is noticed.
final class JdkLink implements Link, WebSocket.Listener {
    private static final String SUBPROTOCOL = "parley.v1";

    /// Far above the largest frame a server sends (a page of 64 KiB); what is larger comes from no Parley.
    private static final int CHARACTERS_MAX = 1 << 20;

    /// Frames read before the first of them has been dealt with.
    private static final int AHEAD = 16;

    private final Events events;
    private final StringBuilder parts = new StringBuilder();
    private volatile @Nullable WebSocket socket;
    private volatile boolean aborted;

    private JdkLink(final Events events) {
        this.events = events;
    }

    static Connector connector(final ClientRuntime runtime, final Duration timeout) {
        return (base, events) -> {
            final var link = new JdkLink(events);
            final var _ = runtime.sockets()
                    .newWebSocketBuilder()
                    .subprotocols(SUBPROTOCOL)
                    .connectTimeout(timeout)
                    .buildAsync(address(base), link)
                    .whenComplete((ignored, failure) -> {
                        if (failure != null) {
                            events.ended(link, Reaction.BROKEN, String.valueOf(cause(failure)));
                        }
                    });
            return link;
        };
    }

    static boolean isSecure(final URI base) {
        return "https".equals(base.getScheme()) || "wss".equals(base.getScheme());
    }

    private static Throwable cause(final Throwable failure) {
        final var cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    private static URI address(final URI base) {
        return URI.create((isSecure(base) ? "wss" : "ws") + "://" + base.getRawAuthority() + "/v1/ws");
    }

    @Override
    public CompletableFuture<?> write(final String text) {
        final var open = socket;
        return open == null
                ? CompletableFuture.failedFuture(new IllegalStateException("not open"))
                : open.sendText(text, true);
    }

    @Override
    public void more() {
        final var open = socket;
        if (open != null) {
            open.request(1);
        }
    }

    @Override
    public void end() {
        final var open = socket;
        if (open == null) {
            abort();
        } else {
            final var _ = open.sendClose(WebSocket.NORMAL_CLOSURE, "").whenComplete((ignored, failure) -> {
                if (failure != null) {
                    abort();
                    events.ended(this, Reaction.BROKEN, String.valueOf(failure));
                }
            });
        }
    }

    @Override
    public void abort() {
        aborted = true;
        final var open = socket;
        if (open != null) {
            open.abort();
        }
    }

    @Override
    public void onOpen(final WebSocket opened) {
        socket = opened;
        if (aborted) {
            opened.abort();
        } else {
            events.opened(this);
            opened.request(AHEAD);
        }
    }

    @Override
    public @Nullable CompletionStage<?> onText(final WebSocket from, final CharSequence data, final boolean last) {
        if (last && parts.isEmpty()) {
            events.text(this, data.toString());
            return null;
        }
        if (parts.length() + data.length() > CHARACTERS_MAX) {
            from.abort();
            events.ended(this, Reaction.FRAME_TOO_LARGE, "the server sent an endless frame");
            return null;
        }
        parts.append(data);
        if (last) {
            final var whole = parts.toString();
            parts.setLength(0);
            events.text(this, whole);
        } else {
            from.request(1);
        }
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(final WebSocket from, final ByteBuffer data, final boolean last) {
        from.abort(); // not of this protocol
        events.ended(this, Reaction.BROKEN, "the server sent a binary frame");
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(final WebSocket from, final int code, final String reason) {
        events.ended(this, code, reason);
        return null;
    }

    @Override
    public void onError(final WebSocket from, final Throwable error) {
        events.ended(this, Reaction.BROKEN, String.valueOf(error));
    }
}
