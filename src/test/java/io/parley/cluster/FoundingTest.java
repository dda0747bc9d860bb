package io.parley.cluster;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class FoundingTest {
    private final AtomicLong nanos = new AtomicLong(-1);

    @Test
    void a_first_node_makes_the_cluster_when_the_others_have_had_time_to_answer() {
        final var founding = new Founding(true, nanos::get);
        assertFalse(founding.looked(false));
        pass(Duration.ofMillis(4_999));
        assertFalse(founding.looked(false));
        pass(Duration.ofMillis(1));
        assertTrue(founding.looked(false));
    }

    @Test
    void a_node_that_is_cut_off_from_a_living_cluster_makes_no_second_one_however_long() {
        final var founding = new Founding(true, nanos::get);
        for (int seconds = 0; seconds < 600; seconds++) {
            assertFalse(founding.looked(true));
            pass(Duration.ofSeconds(1));
        }
    }

    @Test
    void after_all_have_died_it_waits_until_their_claim_has_been_gone_for_a_while() {
        final var founding = new Founding(true, nanos::get);
        assertFalse(founding.looked(true));
        pass(Duration.ofSeconds(9));
        assertFalse(founding.looked(false));
        pass(Duration.ofMillis(2_999));
        assertFalse(founding.looked(false));
        pass(Duration.ofMillis(1));
        assertTrue(founding.looked(false));
    }

    @Test
    void a_claim_that_comes_again_is_a_cluster_that_lives() {
        final var founding = new Founding(true, nanos::get);
        pass(Duration.ofSeconds(10));
        assertFalse(founding.looked(false));
        pass(Duration.ofSeconds(2));
        assertFalse(founding.looked(true));
        pass(Duration.ofSeconds(2));
        assertFalse(founding.looked(false));
        pass(Duration.ofSeconds(3));
        assertTrue(founding.looked(false));
    }

    @Test
    void the_only_seed_has_nobody_to_wait_for_but_a_claim() {
        final var founding = new Founding(false, nanos::get);
        assertFalse(founding.looked(true));
        assertTrue(founding.looked(false));
    }

    private void pass(final Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
