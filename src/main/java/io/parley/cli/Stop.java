package io.parley.cli;

import io.parley.client.RefusedException;
import java.io.IOException;
import java.io.Serial;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// A command cannot go on; says so to the person and ends with a code. Expected, so without a stack trace.
final class Stop extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final ExitCode code;
    private final boolean passing;

    Stop(final ExitCode code, final String message) {
        this(code, message, false);
    }

    private Stop(final ExitCode code, final String message, final boolean passing) {
        super(message, null, false, false);
        this.code = code;
        this.passing = passing;
    }

    /// Whether the same may go well a little later.
    boolean isPassing() {
        return passing;
    }

    ExitCode code() {
        return code;
    }

    /// Where everything has been said already.
    static Stop told() {
        return new Stop(ExitCode.REFUSED, "");
    }

    static Stop notLoggedIn(final Nodes nodes) {
        return new Stop(ExitCode.NOT_LOGGED_IN, "nobody is logged in at " + nodes + " here: parley login <user>");
    }

    static Stop loginEnded() {
        return new Stop(ExitCode.NOT_LOGGED_IN, "this login has ended: log in again with parley login <user>");
    }

    /// The device connected from somewhere else.
    static Stop replaced() {
        return new Stop(ExitCode.IN_USE, "this device has connected elsewhere, and has one connection at a time");
    }

    /// What to tell of a call that failed.
    static Stop of(final Throwable thrown) {
        final var cause = thrown.getCause();
        if (thrown instanceof final Stop stop) {
            return stop;
        }
        if ((thrown instanceof CompletionException || thrown instanceof UncheckedIOException) && cause != null) {
            return of(cause);
        }
        if (thrown instanceof final RefusedException refused) {
            return switch (refused.code()) {
                case UNAVAILABLE ->
                    new Stop(ExitCode.NO_CONNECTION, "not possible just now: " + refused.getMessage(), true);
                case RATE_LIMITED -> new Stop(ExitCode.REFUSED, "refused: " + refused.getMessage(), true);
                case BAD_FRAME,
                        UNKNOWN_TYPE,
                        INVALID,
                        UNAUTHENTICATED,
                        FORBIDDEN,
                        NOT_FOUND,
                        UNKNOWN_USER,
                        CONFLICT,
                        TOO_LARGE -> new Stop(ExitCode.REFUSED, "refused: " + refused.getMessage());
            };
        }
        return thrown instanceof final IOException unreached
                ? new Stop(ExitCode.NO_CONNECTION, "no answer: " + reason(unreached), true)
                : new Stop(ExitCode.REFUSED, "failed: " + thrown);
    }

    private static String reason(final IOException unreached) {
        final var message = unreached.getMessage();
        return message == null ? "no node could be reached" : message;
    }

    /// The result of a call, or what to tell of its failure.
    static <T> T orResult(final CompletableFuture<T> call) throws Stop {
        try {
            return call.join();
        } catch (final CompletionException failed) {
            throw of(failed);
        }
    }
}
