package io.parley.local;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Waiting for what another process does: nothing tells us, so it is looked at again and again, within a limit.
public final class Waiting {
    private static final Duration POLL = Duration.ofMillis(50);

    private Waiting() {}

    /// Returns when it holds.
    ///
    /// @throws LocalTrouble when it does not in time, with what `otherwise` says then
    public static void until(final Duration atMost, final BooleanSupplier holds, final Supplier<String> otherwise) {
        if (!within(atMost, holds)) {
            throw new LocalTrouble(otherwise.get() + " (waited " + atMost.toSeconds() + " s)");
        }
    }

    /// Whether it came to hold in time.
    public static boolean within(final Duration atMost, final BooleanSupplier holds) {
        final long deadline = System.nanoTime() + atMost.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
            } catch (final InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new LocalTrouble("stopped while waiting", stopped);
            }
        }
        return true;
    }
}
