package io.parley.client;

import java.time.Duration;
import java.util.Optional;

/// What a client does after a link has ended, by its close code.
sealed interface Reaction {
    /// Try again after this wait, at the node that is the current one now.
    record Reconnect(Duration after) implements Reaction {}

    /// The token was refused for the first time: exchange it for a new one, then try again.
    record RefreshToken() implements Reaction {}

    /// A new token was refused too: only the person can help, by logging in.
    record LogInAgain() implements Reaction {}

    /// The device is connected elsewhere: stay away until the person acts, or the two would throw each other
    /// out forever.
    record StayAway() implements Reaction {}

    /// How the link went.
    ///
    /// @param code       the close code; [#BROKEN] where none came
    /// @param bye        the wait a `bye` asked for
    /// @param retryAfter the wait the last `error` before the end asked for
    /// @param refreshed  whether the token it began with had been refreshed because the one before was refused
    record Ending(int code, Optional<Duration> bye, Optional<Duration> retryAfter, boolean refreshed) {}

    /// RFC 6455's code for a link that ended without a close frame.
    int BROKEN = 1006;

    int MISBEHAVED = 1008;
    int FRAME_TOO_LARGE = 1009;
    int UNAUTHENTICATED = 4401;
    int REPLACED = 4409;
    int TOO_MANY_CONNECTIONS = 4429;

    /// Where 4429 came without `retryAfterSeconds`: long enough that connections given up elsewhere have been
    /// noticed.
    Duration TOO_MANY_WAIT = Duration.ofSeconds(30);

    /// What follows from `ending`. All codes without a rule of their own (1006, 1012, 1013, 4408, unknown ones,
    /// also the two that forbid to resend a frame, 1008 and 1009) mean: go to another node, after the server's
    /// wish or when [Addresses] says. Where a link ended for the device's or the person's own sake, the address
    /// stays.
    static Reaction to(final Ending ending, final Addresses addresses) {
        return switch (ending.code()) {
            case UNAUTHENTICATED -> ending.refreshed() ? new LogInAgain() : new RefreshToken();
            case REPLACED -> new StayAway();
            case TOO_MANY_CONNECTIONS ->
                new Reconnect(
                        addresses.failed(Optional.empty(), ending.retryAfter().orElse(TOO_MANY_WAIT)));
            default -> new Reconnect(addresses.failed(ending.bye(), Duration.ZERO));
        };
    }
}
