package io.parley.cluster;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class QuorumLeaseTest {
    private static final Set<String> THREE = Set.of("a", "b", "c");

    private long nanos = 1_000;
    private long millis = 1_000_000;
    private final QuorumLease lease = new QuorumLease(() -> nanos, () -> millis);

    private void pass(final Duration time) {
        nanos += time.toNanos();
        millis += time.toMillis();
    }

    @Test
    void nothing_is_held_before_a_majority_has_agreed() {
        assertFalse(lease.holds());
        final long question = lease.ask(THREE, "b");
        assertFalse(lease.holds());
        lease.agreed(question, "c");
        assertTrue(lease.holds());
    }

    @Test
    void a_node_that_is_alone_needs_nobody() {
        lease.ask(Set.of("a"), "a");
        assertTrue(lease.holds());
    }

    @Test
    void a_node_that_is_no_member_itself_has_no_vote() {
        lease.agreed(lease.ask(Set.of("a", "b", "c"), "d"), "a");
        assertFalse(lease.holds());
    }

    @Test
    void of_two_halves_the_one_with_the_lowest_address_is_the_majority() {
        assertTrue(QuorumLease.isMajority(Set.of("a"), new TreeSet<>(Set.of("a", "b"))));
        assertFalse(QuorumLease.isMajority(Set.of("b"), new TreeSet<>(Set.of("a", "b"))));
        assertFalse(QuorumLease.isMajority(Set.of(), new TreeSet<>()));
    }

    @Test
    void it_counts_from_when_the_question_was_sent_not_from_the_answer() {
        final long question = lease.ask(THREE, "a");
        pass(QuorumLease.LENGTH.minusMillis(1));
        lease.agreed(question, "b");
        assertTrue(lease.holds());
        pass(Duration.ofMillis(1));
        assertFalse(lease.holds());
    }

    @Test
    void an_answer_that_waited_in_a_socket_while_the_process_slept_gives_nothing() {
        final long question = lease.ask(THREE, "a");
        pass(Duration.ofSeconds(30));
        lease.agreed(question, "b");
        lease.agreed(question, "c");
        assertFalse(lease.holds());
    }

    @Test
    void each_agreed_question_prolongs_it() {
        for (int i = 0; i < 20; i++) {
            lease.agreed(lease.ask(THREE, "a"), "c");
            pass(Duration.ofSeconds(1));
            assertTrue(lease.holds());
        }
    }

    @Test
    void a_late_answer_to_an_older_question_does_not_shorten_it() {
        final long older = lease.ask(THREE, "a");
        pass(Duration.ofSeconds(1));
        lease.agreed(lease.ask(THREE, "a"), "b");
        lease.agreed(older, "c");
        pass(QuorumLease.LENGTH.minusMillis(500));
        assertTrue(lease.holds());
    }

    @Test
    void it_ends_when_either_clock_says_so() {
        lease.agreed(lease.ask(THREE, "a"), "b");
        nanos += QuorumLease.LENGTH.toNanos();
        assertFalse(lease.holds());
        lease.agreed(lease.ask(THREE, "a"), "b");
        assertTrue(lease.holds());
        millis += QuorumLease.LENGTH.toMillis(); // the machine slept, and the monotonic clock with it
        assertFalse(lease.holds());
    }

    @Test
    void a_wall_clock_that_goes_back_more_than_a_second_voids_it() {
        lease.agreed(lease.ask(THREE, "a"), "b");
        millis -= 1_000;
        assertTrue(lease.holds());
        millis -= 1;
        assertFalse(lease.holds());
    }

    @Test
    void one_who_says_that_this_node_is_gone_ends_it_whatever_the_majority_said() {
        final long question = lease.ask(THREE, "a");
        lease.agreed(question, "b");
        lease.denied();
        assertFalse(lease.holds());
        lease.agreed(question, "c");
        assertFalse(lease.holds());
    }

    @Test
    void a_stranger_has_no_vote() {
        lease.agreed(lease.ask(THREE, "a"), "x");
        assertFalse(lease.holds());
    }
}
