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

    /// Whether, as an answer to a refresh token, it says that this login is over: the token does not count any
    /// more, or the account is disabled. Only the person can go on from there.
    public boolean endsLogin() {
        return code == ErrorCode.UNAUTHENTICATED || code == ErrorCode.FORBIDDEN;
    }

    /// How long the server wishes to be left alone, if it said so.
    public Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
