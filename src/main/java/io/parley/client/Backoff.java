package io.parley.client;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to wait before the next attempt: doubling from `first` up to `most`, each time shortened at random
/// by up to half, so that clients that lost the same node do not come back together.
final class Backoff {
    private static final int DOUBLINGS_MAX = 30; // beyond it a shift would overflow; `most` has long been reached

    private final Duration first;
    private final Duration most;
    private final RandomGenerator random;
    private int failures;

    Backoff(final Duration first, final Duration most, final RandomGenerator random) {
        this.first = first;
        this.most = most;
        this.random = random;
    }

    /// The wait after one more failure.
    Duration next() {
        return after(failures++);
    }

    /// The wait after `earlier` failures before this one.
    Duration after(final int earlier) {
        final var doublings = Math.min(earlier, DOUBLINGS_MAX);
        final var whole = Math.min(most.toNanos(), saturated(first.toNanos(), doublings));
        return Duration.ofNanos(whole - (long) (random.nextDouble() * (whole / 2.0)));
    }

    /// It went well for long enough: the next failure is the first again.
    void reset() {
        failures = 0;
    }

    private static long saturated(final long nanos, final int doublings) {
        final var shifted = nanos << doublings;
        return shifted >> doublings == nanos ? shifted : Long.MAX_VALUE;
    }
}
