package io.parley.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class TokenBucketTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    @Test
    void after_a_quiet_time_a_burst_goes_through_and_then_the_steady_rate() {
        final var bucket = new TokenBucket(20, 200, NOON);
        for (int i = 0; i < 200; i++) {
            assertTrue(bucket.take(1, NOON));
        }
        assertFalse(bucket.take(1, NOON));
        assertEquals(Duration.ofMillis(50), bucket.untilNext(NOON));
        assertFalse(bucket.take(1, NOON.plusMillis(49)));
        assertTrue(bucket.take(1, NOON.plusMillis(51)));
        assertFalse(bucket.take(1, NOON.plusMillis(52)));
    }

    @Test
    void a_long_quiet_time_gives_no_more_than_the_burst() {
        final var bucket = new TokenBucket(20, 200, NOON);
        final var later = NOON.plus(Duration.ofDays(1));
        int taken = 0;
        while (bucket.take(1, later)) {
            taken++;
        }
        assertEquals(200, taken);
    }

    @Test
    void what_was_overdrawn_is_waited_for() {
        final var bucket = new TokenBucket(10, 100, NOON);
        bucket.charge(600, NOON);
        assertFalse(bucket.take(1, NOON.plusSeconds(50)));
        assertEquals(Duration.ofMillis(100), bucket.untilNext(NOON.plusSeconds(50)));
        assertTrue(bucket.take(1, NOON.plusMillis(50_101)));
    }

    @Test
    void a_price_above_one_may_overdraw_but_needs_one_token() {
        final var bucket = new TokenBucket(1, 2, NOON);
        assertTrue(bucket.take(10, NOON));
        assertFalse(bucket.take(10, NOON.plusSeconds(8)));
        assertTrue(bucket.take(10, NOON.plusSeconds(9)));
    }

    @Test
    void a_clock_that_goes_back_gives_nothing_and_takes_nothing() {
        final var bucket = new TokenBucket(10, 10, NOON);
        for (int i = 0; i < 10; i++) {
            assertTrue(bucket.take(1, NOON));
        }
        assertFalse(bucket.take(1, NOON.minusSeconds(60)));
        assertFalse(bucket.take(1, NOON));
        assertTrue(bucket.take(1, NOON.plusMillis(100)));
    }

    @Test
    void over_any_time_no_more_goes_through_than_burst_and_rate_allow() {
        final long seed = System.nanoTime();
        final var random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            final int perSecond = 1 + random.nextInt(50);
            final int burst = 1 + random.nextInt(200);
            final var bucket = new TokenBucket(perSecond, burst, NOON);
            var now = NOON;
            int taken = 0;
            for (int i = 0; i < 500; i++) {
                now = now.plusMillis(random.nextInt(200));
                taken += bucket.take(1, now) ? 1 : 0;
                final double allowed =
                        burst + perSecond * Duration.between(NOON, now).toMillis() / 1_000.0;
                assertTrue(taken <= allowed + 1e-6, "seed " + seed + " round " + round);
                final var wait = bucket.untilNext(now);
                assertTrue(!wait.isNegative() && wait.toMillis() <= 1_000 / perSecond + 1, "seed " + seed);
            }
        }
    }
}
