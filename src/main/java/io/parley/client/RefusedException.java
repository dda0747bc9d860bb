package io.parley.client;

import io.parley.protocol.ErrorCode;
import java.io.Serial;
import java.time.Duration;
import java.util.Optional;

/// The server refused a request, or could not be asked in time. Expected, so without a stack trace.
public final class RefusedException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final transient Optional<Duration> retryAfter;

    RefusedException(final ErrorCode code, final String detail, final Optional<Duration> retryAfter) {
        super(code.wire() + ": " + detail, null, false, false);
        this.code = code;
        this.retryAfter = retryAfter;
    }

    /// Why; `unavailable` also where no answer came in time.
    public ErrorCode code() {
        return code;
    }

    /// How long the server wishes to be left alone, if it said so.
    public Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
