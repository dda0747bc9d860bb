package io.parley.client;

/// When to send a heartbeat, and when a link counts as dead. The time comes in.
final class Pulse {
    private final long silenceNanos;
    private long everyNanos;
    private long beatNanos;
    private long heardNanos;

    Pulse(final long silenceNanos) {
        this.silenceNanos = silenceNanos;
    }

    /// A link is up whose server wants a heartbeat every `everyNanos`.
    void linkUp(final long everyNanos, final long nowNanos) {
        this.everyNanos = everyNanos;
        beatNanos = nowNanos;
        heardNanos = nowNanos;
    }

    /// A frame came.
    void heard(final long nowNanos) {
        heardNanos = nowNanos;
    }

    /// Whether a heartbeat is due; if so it counts as sent.
    boolean beat(final long nowNanos) {
        if (nowNanos - beatNanos < everyNanos) {
            return false;
        }
        beatNanos = nowNanos;
        return true;
    }

    /// When the next is due.
    long nextNanos() {
        return beatNanos + everyNanos;
    }

    /// Whether nothing has been heard for too long.
    boolean isDead(final long nowNanos) {
        return nowNanos - heardNanos >= silenceNanos;
    }
}
