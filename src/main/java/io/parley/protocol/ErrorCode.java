package io.parley.protocol;

import java.util.Arrays;
import java.util.Optional;

/// Why something was refused; the same codes on the WebSocket (`error` frames) and in REST (problem documents).
public enum ErrorCode {
    BAD_FRAME("bad-frame", 400),
    UNKNOWN_TYPE("unknown-type", 400),
    INVALID("invalid", 400),
    UNAUTHENTICATED("unauthenticated", 401),
    FORBIDDEN("forbidden", 403),
    NOT_FOUND("not-found", 404),
    UNKNOWN_USER("unknown-user", 404),
    CONFLICT("conflict", 409),
    TOO_LARGE("too-large", 413),
    RATE_LIMITED("rate-limited", 429),
    /// Nothing was decided; the same request, with the same `id`, may be sent again.
    UNAVAILABLE("unavailable", 503);

    private final String wire;
    private final int httpStatus;

    ErrorCode(final String wire, final int httpStatus) {
        this.wire = wire;
        this.httpStatus = httpStatus;
    }

    /// The code that is written `wire`, if there is one.
    public static Optional<ErrorCode> of(final String wire) {
        return Arrays.stream(values()).filter(code -> code.wire.equals(wire)).findFirst();
    }

    /// The code as it stands in a frame or problem document.
    public String wire() {
        return wire;
    }

    /// The HTTP status that goes with it.
    public int httpStatus() {
        return httpStatus;
    }
}
