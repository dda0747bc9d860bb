package io.parley.client;

import io.parley.protocol.ErrorCode;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.util.concurrent.CompletionException;

/// Whether a REST call that failed at one node may be made again at another. Decides only.
enum Repeat {
    /// Asking twice does no more than asking once.
    ALWAYS,

    /// The server takes back what it could not confirm, so `unavailable` may be repeated; where the answer was
    /// lost, it may have been done.
    UNLESS_LOST,

    /// Only where certainly no node has seen it.
    IF_UNSEEN;

    /// What a failure says about whether the call was carried out.
    enum Failure {
        /// No connection came about: nobody has seen it.
        UNSEEN,
        /// A node said that it could not decide or confirm it.
        UNAVAILABLE,
        /// The answer did not come: carried out or not.
        LOST,
        /// A node answered; another one would say the same.
        DECIDED;

        static Failure of(final Throwable thrown) {
            final var failure = cause(thrown);
            if (failure instanceof final RefusedException refused) {
                return refused.code() == ErrorCode.UNAVAILABLE ? UNAVAILABLE : DECIDED;
            }
            return failure instanceof ConnectException || failure instanceof HttpConnectTimeoutException
                    ? UNSEEN
                    : LOST;
        }
    }

    boolean allowedAfter(final Failure failure) {
        return switch (failure) {
            case UNSEEN -> true;
            case UNAVAILABLE -> this != IF_UNSEEN;
            case LOST -> this == ALWAYS;
            case DECIDED -> false;
        };
    }

    static Throwable cause(final Throwable thrown) {
        final var cause = thrown.getCause();
        return thrown instanceof CompletionException && cause != null ? cause : thrown;
    }
}
