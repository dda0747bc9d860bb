package io.parley.client;

import java.time.Duration;

/// The limits and waits of a [ParleyClient].
///
/// @param outboxMessages most unanswered messages kept; with bodies of at most 32 KiB that bounds their memory
/// @param requests       most unanswered `pull`s and `receipts`; more are refused at once
/// @param conversations  most conversations whose cursors are remembered
/// @param backoffFirst   the longest wait after the first round of all nodes without a lasting link; doubles
///                       with each further one
/// @param backoffMost    the longest wait of all
/// @param steadyAfter    how long a link must have lasted for the back-off to begin anew
/// @param openTimeout    for the connection, and again for the `welcome`
/// @param silence        a link is dead when nothing was heard for this long, though heartbeats were sent
/// @param requestTimeout how long a `pull` or `receipts` may take, over however many links
/// @param paced          whether messages are held to the server's `messagesPerSecond` (`burst` at once), and
///                       acknowledgements, merged meanwhile, to 40 a second (100 at once), so that they stay
///                       under the server's limits; off for load tests against a node without limits
public record ClientSettings(
        int outboxMessages,
        int requests,
        int conversations,
        Duration backoffFirst,
        Duration backoffMost,
        Duration steadyAfter,
        Duration openTimeout,
        Duration silence,
        Duration requestTimeout,
        boolean paced) {
    /// What suits an app.
    public static final ClientSettings DEFAULTS = new ClientSettings(
            1_000,
            64,
            10_000,
            Duration.ofMillis(250),
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(15),
            Duration.ofSeconds(30),
            true);

    /// The same, with messages and acknowledgements sent as they come.
    public ClientSettings unpaced() {
        return new ClientSettings(
                outboxMessages,
                requests,
                conversations,
                backoffFirst,
                backoffMost,
                steadyAfter,
                openTimeout,
                silence,
                requestTimeout,
                false);
    }

    /// The same, with these waits between attempts.
    public ClientSettings withBackoff(final Duration first, final Duration most) {
        return new ClientSettings(
                outboxMessages,
                requests,
                conversations,
                first,
                most,
                steadyAfter,
                openTimeout,
                silence,
                requestTimeout,
                paced);
    }

    /// The same, taking a link for dead after this much silence.
    public ClientSettings withSilence(final Duration longest) {
        return new ClientSettings(
                outboxMessages,
                requests,
                conversations,
                backoffFirst,
                backoffMost,
                steadyAfter,
                openTimeout,
                longest,
                requestTimeout,
                paced);
    }

    /// The same, with room for this many unanswered messages.
    public ClientSettings withOutboxMessages(final int most) {
        return new ClientSettings(
                most,
                requests,
                conversations,
                backoffFirst,
                backoffMost,
                steadyAfter,
                openTimeout,
                silence,
                requestTimeout,
                paced);
    }
}
