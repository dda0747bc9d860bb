package io.parley.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class AddressesTest {
    private static final Duration FIRST = Duration.ofMillis(200);
    private static final Duration MOST = Duration.ofSeconds(30);
    private static final List<URI> NODES = nodes(3);

    private static List<URI> nodes(final int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> URI.create("http://10.0.0." + i + ":8080"))
                .toList();
    }

    private static Addresses addresses(final List<URI> nodes, final long seed) {
        final var random = new SplittableRandom(seed);
        return Addresses.shuffled(nodes, new Backoff(FIRST, MOST, random), random);
    }

    private static Duration fails(final Addresses addresses) {
        return addresses.failed(Optional.empty(), Duration.ZERO);
    }

    @Test
    void each_other_node_is_tried_nearly_at_once_and_then_all_wait() {
        for (long seed = 0; seed < 200; seed++) {
            final var addresses = addresses(NODES, seed);
            for (int round = 0; round < 12; round++) {
                final var tried = new HashSet<URI>();
                for (int i = 0; i < 2; i++) {
                    tried.add(addresses.current());
                    final var wait = fails(addresses);
                    assertTrue(wait.compareTo(Addresses.SOON) < 0, "seed " + seed + ": " + wait);
                }
                tried.add(addresses.current());
                assertEquals(Set.copyOf(NODES), tried, "seed " + seed);
                final var longest = Duration.ofMillis(Math.min(MOST.toMillis(), FIRST.toMillis() << round));
                final var wait = fails(addresses);
                assertTrue(
                        wait.compareTo(longest) <= 0 && wait.compareTo(longest.dividedBy(2)) >= 0,
                        "seed " + seed + ", round " + round + ": " + wait);
            }
        }
    }

    @Test
    void one_node_alone_is_left_alone_ever_longer() {
        final var addresses = addresses(nodes(1), 1);
        for (int i = 0; i < 10; i++) {
            assertEquals(nodes(1).getFirst(), addresses.current());
            final var longest = Duration.ofMillis(Math.min(MOST.toMillis(), FIRST.toMillis() << i));
            assertTrue(fails(addresses).compareTo(longest.dividedBy(2)) >= 0);
        }
        addresses.steady();
        assertTrue(fails(addresses).compareTo(FIRST) <= 0, "a link that lasted makes the next failure the first");
    }

    @Test
    void the_same_seed_decides_the_same() {
        final var one = addresses(NODES, 7);
        final var other = addresses(NODES, 7);
        for (int i = 0; i < 20; i++) {
            assertEquals(one.current(), other.current());
            assertEquals(fails(one), fails(other));
        }
    }

    @Test
    void clients_spread_over_the_nodes_first_and_after_a_loss() {
        final var first = new HashSet<URI>();
        final var afterTheFirstNode = new HashSet<URI>();
        for (long seed = 0; seed < 100; seed++) {
            final var addresses = addresses(NODES, seed);
            first.add(addresses.current());
            if (addresses.current().equals(NODES.getFirst())) {
                fails(addresses);
                afterTheFirstNode.add(addresses.current());
            }
        }
        assertEquals(Set.copyOf(NODES), first);
        assertEquals(Set.of(NODES.get(1), NODES.get(2)), afterTheFirstNode);
    }

    @Test
    void the_wait_that_a_node_asks_for_is_kept_to_wherever_the_client_goes() {
        final var addresses = addresses(NODES, 1);
        final var before = addresses.current();
        assertEquals(Duration.ofMillis(1_250), addresses.failed(Optional.of(Duration.ofMillis(1_250)), Duration.ZERO));
        assertNotEquals(before, addresses.current());
        assertEquals(Duration.ofSeconds(90), addresses.failed(Optional.empty(), Duration.ofSeconds(90)));
    }

    @Test
    void a_call_goes_round_the_list_from_the_node_that_did_well() {
        final var addresses = addresses(NODES, 3);
        final var round = new ArrayList<>(addresses.round());
        assertEquals(addresses.current(), round.getFirst());
        assertEquals(Set.copyOf(NODES), Set.copyOf(round));
        addresses.leave(round.get(1)); // another call has left it already
        assertEquals(round.getFirst(), addresses.current());
        addresses.leave(round.getFirst());
        assertEquals(round.get(1), addresses.current());
        assertEquals(List.of(round.get(1), round.get(2), round.get(0)), addresses.round());
    }

    @Test
    void an_address_named_twice_is_one_node_and_none_is_refused() {
        final var twice = List.of(NODES.getFirst(), NODES.getFirst());
        assertEquals(1, addresses(twice, 1).round().size());
        assertThrows(IllegalArgumentException.class, () -> addresses(List.of(), 1));
    }
}
