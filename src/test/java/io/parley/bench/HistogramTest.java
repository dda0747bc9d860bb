package io.parley.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class HistogramTest {
    @Test
    void every_value_lies_in_its_bucket_and_buckets_follow_each_other() {
        long lowest = 0;
        for (int bucket = 0; bucket < 1_800; bucket++) {
            final var highest = Histogram.highest(bucket);
            assertEquals(bucket, Histogram.bucket(lowest));
            assertEquals(bucket, Histogram.bucket(highest));
            assertEquals(bucket + 1, Histogram.bucket(highest + 1));
            lowest = highest + 1;
        }
        Histogram.bucket(Long.MAX_VALUE);
    }

    @Test
    void quantiles_are_at_most_a_thirtieth_too_high_and_never_too_low() {
        final var seed = System.nanoTime();
        final var random = new SplittableRandom(seed);
        final var values = new long[10_000];
        final var histogram = new Histogram();
        for (int i = 0; i < values.length; i++) {
            values[i] = (long) Math.exp(random.nextDouble() * 30);
            histogram.record(values[i]);
        }
        Arrays.sort(values);
        for (final var share : new double[] {0.01, 0.5, 0.9, 0.99, 1}) {
            final var exact = values[(int) Math.ceil(share * values.length) - 1];
            final var told = histogram.quantileNanos(share);
            assertTrue(told >= exact && told <= exact + exact / 30 + 1, "seed " + seed + ": " + share);
        }
    }

    @Test
    void an_empty_one_says_nothing() {
        assertEquals(0, new Histogram().quantileNanos(0.5));
        assertEquals(0, new Histogram().count());
    }
}
