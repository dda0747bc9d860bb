package io.parley.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.Collections;
import org.junit.jupiter.api.Test;

final class LatenciesTest {
    @Test
    void a_time_falls_into_the_first_bucket_that_holds_it() {
        final var latencies = new Latencies();
        latencies.took(0);
        latencies.took(500_000);
        latencies.took(500_001);
        latencies.took(10_000_000_000L);
        latencies.took(60_000_000_000L);
        final var seen = latencies.seen();
        assertEquals(2, seen.counts().getFirst(), "the bound belongs to its bucket");
        assertEquals(1, seen.counts().get(1));
        assertEquals(1, seen.counts().get(seen.counts().size() - 2));
        assertEquals(1, seen.counts().getLast(), "what is beyond all bounds is counted too");
        assertEquals(5, seen.count());
        assertEquals(70.001000001, seen.seconds(), 1e-9);
    }

    @Test
    void bounds_ascend_to_infinity() {
        final var bounds = new Latencies().seen().upToSeconds();
        assertEquals(bounds.stream().sorted().toList(), bounds);
        assertEquals(0.0005, bounds.getFirst());
        assertEquals(Double.POSITIVE_INFINITY, bounds.getLast());
    }

    @Test
    void a_clock_that_went_back_counts_as_no_time() {
        final var latencies = new Latencies();
        latencies.took(Instant.ofEpochSecond(10), Instant.ofEpochSecond(9));
        latencies.took(Instant.ofEpochSecond(9, 999_999_999), Instant.ofEpochSecond(10, 1_999_999));
        assertEquals(0.002, latencies.seen().seconds(), 1e-9);
        assertEquals(2, latencies.seen().count());
    }

    /// It stands on each message's way.
    @Test
    void counting_allocates_nothing() {
        final var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        final var counters = new Counters();
        final var began = Instant.ofEpochSecond(1, 5);
        final var ended = Instant.ofEpochSecond(2, 7);
        final Runnable counting = () -> {
            counters.traffic().accepted().took(began, ended);
            counters.traffic().conversationWrites().took(1_000_000);
            counters.traffic().pushed();
            counters.traffic().delivered(3);
        };
        Collections.nCopies(10_000, counting).forEach(Runnable::run);
        final long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 100_000; i++) {
            counting.run();
        }
        final long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated < 100_000, allocated + " bytes for 100,000 messages");
    }
}
