package io.parley.client;

/// A token bucket: at most `burst` at once and `perSecond` in the long run, so that what may be merged waits
/// here instead of being refused by the server.
final class Pace {
    private static final double NANOS = 1e9;

    private final double perSecond;
    private final double burst;
    private double tokens;
    private long countedNanos;

    Pace(final double perSecond, final int burst, final long nowNanos) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.tokens = burst;
        this.countedNanos = nowNanos;
    }

    /// No limit.
    static Pace unlimited() {
        return new Pace(0, Integer.MAX_VALUE, 0);
    }

    /// Whether one may go now; if so it counts as gone.
    boolean take(final long nowNanos) {
        if (perSecond == 0) {
            return true;
        }
        tokens = Math.min(burst, tokens + (nowNanos - countedNanos) / NANOS * perSecond);
        countedNanos = nowNanos;
        if (tokens < 1) {
            return false;
        }
        tokens -= 1;
        return true;
    }

    /// When the next may go, seen from a refusal just now.
    long nextNanos(final long nowNanos) {
        return perSecond == 0 ? nowNanos : nowNanos + (long) Math.ceil(Math.max(0, 1 - tokens) / perSecond * NANOS);
    }
}
