package io.parley.cluster;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/// How long something took, by buckets of fixed bounds, since the node started. It stands on a message's way:
/// counting allocates nothing and waits for nobody. Safe from any thread.
public final class Latencies {
    /// The upper bounds of the buckets in nanoseconds, both ends of what people notice; what took longer is
    /// counted in one more.
    private static final long[] BOUNDS_NANOS = {
        500_000L,
        1_000_000L,
        2_000_000L,
        5_000_000L,
        10_000_000L,
        20_000_000L,
        50_000_000L,
        100_000_000L,
        200_000_000L,
        500_000_000L,
        1_000_000_000L,
        2_000_000_000L,
        5_000_000_000L,
        10_000_000_000L
    };

    private static final double NANOS_PER_SECOND = 1e9;

    private final LongAdder[] counts = new LongAdder[BOUNDS_NANOS.length + 1];
    private final LongAdder nanosInAll = new LongAdder();

    /// What has been counted by one moment. A count under way may be in the buckets and not yet in the sum.
    ///
    /// @param upToSeconds the buckets' upper bounds, each included, ascending; the last is infinite
    /// @param counts      how many fell into each bucket, and into none before it
    /// @param seconds     how long all took together
    public record Seen(List<Double> upToSeconds, List<Long> counts, double seconds) {
        /// How many were counted.
        public long count() {
            return counts.stream().mapToLong(Long::longValue).sum();
        }
    }

    /// Nothing counted yet.
    public Latencies() {
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    /// One that took `nanos`; less than nothing counts as nothing.
    public void took(final long nanos) {
        final long taken = Math.max(0, nanos);
        int bucket = 0;
        while (bucket < BOUNDS_NANOS.length && taken > BOUNDS_NANOS[bucket]) {
            bucket++;
        }
        counts[bucket].increment();
        nanosInAll.add(taken);
    }

    /// One that took from `began` to `ended` by the wall clock.
    public void took(final Instant began, final Instant ended) {
        took((ended.getEpochSecond() - began.getEpochSecond()) * 1_000_000_000L + ended.getNano() - began.getNano());
    }

    /// All that was counted since the node started.
    public Seen seen() {
        final var upTo = new Double[counts.length];
        final var seen = new Long[counts.length];
        for (int i = 0; i < counts.length; i++) {
            upTo[i] = i < BOUNDS_NANOS.length ? BOUNDS_NANOS[i] / NANOS_PER_SECOND : Double.POSITIVE_INFINITY;
            seen[i] = counts[i].sum();
        }
        return new Seen(List.of(upTo), List.of(seen), nanosInAll.sum() / NANOS_PER_SECOND);
    }
}
