package io.parley.session;

import java.time.Duration;
import java.time.Instant;

/// A limit on how often something may be done: `perSecond` for ever, `burst` at once after a quiet time. May be
/// overdrawn, where the price is known only afterwards. Not for use by two threads.
public final class TokenBucket {
    /// Entries of the log read in search of an old resend that cost one token of the send limit.
    private static final double ENTRIES_A_TOKEN = 500;

    private final double perSecond;
    private final double burst;
    private double tokens;
    private Instant filledAt;

    /// A full one.
    public TokenBucket(final double perSecond, final double burst, final Instant now) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.tokens = burst;
        this.filledAt = now;
    }

    /// Takes `price` tokens if at least one is there.
    public boolean take(final double price, final Instant now) {
        fill(now);
        if (tokens < 1) {
            return false;
        }
        tokens -= price;
        return true;
    }

    /// What a message costs of the send limit beyond its own token, for the entries that were read to answer
    /// it.
    public static double priceOfReading(final long entries) {
        return Math.floor(entries / ENTRIES_A_TOKEN);
    }

    /// Takes `price` tokens, whether they are there or not.
    public void charge(final double price, final Instant now) {
        fill(now);
        tokens -= price;
    }

    /// How long until one token is there.
    public Duration untilNext(final Instant now) {
        fill(now);
        return tokens >= 1 ? Duration.ZERO : Duration.ofMillis((long) Math.ceil((1 - tokens) / perSecond * 1_000));
    }

    private void fill(final Instant now) {
        if (now.isAfter(filledAt)) {
            final double seconds = Duration.between(filledAt, now).toNanos() / 1e9;
            tokens = Math.min(burst, tokens + seconds * perSecond);
            filledAt = now;
        }
    }
}
