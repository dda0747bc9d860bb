package io.parley.protocol;

/// The WebSocket close codes the server uses, and what a client does about each.
public enum CloseCode {
    /// Bytes that break the rules of WebSocket itself (RFC 6455 §7.4.1): a defect of the client's.
    BROKEN_WEBSOCKET(1002),
    /// A text frame that is not UTF-8 (RFC 6455 §8.1); never resend it.
    NOT_UTF8(1007),
    /// Ten `bad-frame` or `unknown-type` within a minute; never resend that frame.
    MISBEHAVED(1008),
    /// A frame larger than `frameBytes`; never resend it.
    FRAME_TOO_LARGE(1009),
    /// The node is draining: reconnect, after the delay its `bye` named.
    DRAINING(1012),
    /// Not ready, lease lost or overloaded: reconnect with back-off, to any node.
    TRY_AGAIN(1013),
    /// No valid hello in time, a frame before it, or a token refused or revoked: refresh once, then log in.
    UNAUTHENTICATED(4401),
    /// No frame for 15 s.
    SILENT(4408),
    /// The same device connected again elsewhere: stay closed until the person acts.
    REPLACED(4409),
    /// Too many connections: come back after `retryAfterSeconds`.
    TOO_MANY_CONNECTIONS(4429);

    private final int code;

    CloseCode(final int code) {
        this.code = code;
    }

    /// The number in the close frame.
    public int code() {
        return code;
    }
}
