package io.parley.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class WriteProbeTest {
    private final List<CompletableFuture<Void>> writes = new ArrayList<>();
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1); // the clock may begin anywhere
    private final WriteProbe probe = new WriteProbe(this::write, failed::incrementAndGet, now::get);

    private CompletableFuture<Void> write() {
        writes.add(new CompletableFuture<>());
        return writes.getLast();
    }

    @Test
    void a_store_is_good_when_a_write_has_been_and_as_long_as_the_last_one_was() {
        assertFalse(probe.isGood(), "nothing is known yet");
        probe.look();
        assertFalse(probe.isGood());
        writes.getLast().complete(null);
        assertTrue(probe.isGood());
        probe.look();
        assertTrue(probe.isGood(), "the next one is under way");
        writes.getLast().completeExceptionally(new IllegalStateException("full"));
        assertFalse(probe.isGood());
        assertEquals(1, failed.get());
        probe.look();
        writes.getLast().complete(null);
        assertTrue(probe.isGood());
    }

    @Test
    void probes_that_hang_do_not_pile_up_and_mean_not_good() {
        probe.look();
        writes.getLast().complete(null);
        for (int i = 0; i < 10; i++) {
            now.addAndGet(WriteProbe.EVERY.toNanos());
            probe.look();
        }
        assertEquals(2, writes.size());
        assertFalse(probe.isGood());
        writes.getLast().complete(null); // it was good when it was asked; that was long ago
        assertFalse(probe.isGood());
        probe.look();
        writes.getLast().complete(null);
        assertTrue(probe.isGood());
    }

    @Test
    void a_write_that_cannot_even_begin_has_failed() {
        final var full = new WriteProbe(
                () -> {
                    throw new IllegalStateException("the queue is full");
                },
                failed::incrementAndGet,
                now::get);
        full.look();
        full.look();
        assertFalse(full.isGood());
        assertEquals(2, failed.get());
    }
}
