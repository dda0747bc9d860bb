package io.parley.client;

import io.parley.client.TransferListener.Phase;
import java.time.Duration;
import java.util.function.LongSupplier;

/// Tells a listener how far it is, but not of each piece.
final class Meter {
    private static final long EVERY_NANOS = Duration.ofMillis(100).toNanos();

    private final TransferListener listener;
    private final Phase phase;
    private final long total;
    private final LongSupplier nanos;
    private long toldNanos;
    private boolean told;

    Meter(final TransferListener listener, final Phase phase, final long total, final LongSupplier nanos) {
        this.listener = listener;
        this.phase = phase;
        this.total = total;
        this.nanos = nanos;
    }

    void at(final long done) {
        final long now = nanos.getAsLong();
        if (!told || done == total || now - toldNanos >= EVERY_NANOS) {
            told = true;
            toldNanos = now;
            listener.progress(phase, done, total);
        }
    }
}
