package io.parley.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class CountersTest {
    @Test
    void counts_stand_under_their_names_in_order() {
        final var counters = new Counters();
        assertEquals(Map.of(), counters.all());
        counters.count("refusals");
        counters.add("bytes", 40);
        counters.count("refusals");
        counters.add("bytes", 2);
        assertEquals(Map.of("refusals", 2L, "bytes", 42L), counters.all());
        assertEquals(List.of("bytes", "refusals"), List.copyOf(counters.all().keySet()));
    }

    @Test
    void no_count_is_lost_between_threads() throws InterruptedException {
        final var counters = new Counters();
        final var threads = IntStream.range(0, 8)
                .mapToObj(_ -> Thread.ofVirtual().start(() -> {
                    for (int i = 0; i < 10_000; i++) {
                        counters.count("hits");
                    }
                }))
                .toList();
        for (final var thread : threads) {
            thread.join();
        }
        assertEquals(80_000L, counters.all().get("hits"));
    }

    @Test
    void what_was_given_out_does_not_change() {
        final var counters = new Counters();
        counters.count("hits");
        final var before = counters.all();
        counters.count("hits");
        assertEquals(Map.of("hits", 1L), before);
    }
}
