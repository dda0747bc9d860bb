package io.parley.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Three nodes that are processes are one Parley: whom a client asks does not matter, and one of them may die.
@Tag("slow")
@DisabledIfSystemProperty(named = "parley.cassandra.skip", matches = "true")
@Order(5)
final class ClusterStartTest {
    private static final Duration GOES_ON_MAX = Duration.ofSeconds(45);
    private static final Duration REFUSES_MAX = Duration.ofMinutes(1);
    private static final String TAKEN = "another cluster uses this keyspace";

    /// So many conversations that the node which dies has some.
    private static final int FRIENDS = 12;

    @TempDir
    private static Path directory;

    private static LocalCluster cluster;

    @BeforeAll
    static void start() {
        cluster = LocalCluster.start(
                directory.resolve("cluster"), LocalClusterSettings.aside(3, 1), Lifetime.WITH_THIS_JVM);
    }

    @AfterAll
    static void close() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @BeforeEach
    void all_nodes_are_ready() {
        cluster.start();
    }

    @Test
    void somebody_registered_at_one_node_logs_in_at_another_and_writes_through_a_third() {
        final var ada = Person.registered(cluster.node(1), "ada");
        final var bo = Person.registered(cluster.node(2), "bo");
        ada.logsIn(cluster.node(2));
        assertEquals(201, ada.sends(cluster.node(3), "hello", bo).status());
        assertEquals(200, ada.sends(cluster.node(1), "hello", bo).status(), "sent again");
        bo.logsIn(cluster.node(1));
        for (final var node : cluster.nodes()) {
            assertEquals(List.of("hello"), bo.reads(node, ada), () -> "at " + node);
        }
    }

    @Test
    void when_a_node_is_killed_the_others_go_on_nothing_acknowledged_is_gone_and_it_comes_back() {
        final var cyd = Person.registered(cluster.node(1), "cyd");
        cyd.logsIn(cluster.node(1));
        final var friends = IntStream.rangeClosed(1, FRIENDS)
                .mapToObj(number -> Person.registered(cluster.node(1), "friend" + number))
                .toList();
        friends.forEach(friend -> assertTrue(
                cyd.sends(cluster.node(2), "before-" + friend.name(), friend).isStored()));

        cluster.node(2).kill();
        final long killed = System.nanoTime();
        final var others = List.of(cluster.node(1), cluster.node(3));
        for (final var friend : friends) {
            final var left = GOES_ON_MAX.minusNanos(System.nanoTime() - killed);
            cyd.sendsUntilStored(others, "after-" + friend.name(), friend, left);
        }
        others.forEach(node -> assertTrue(node.ready(), node::toString));
        others.forEach(node -> assertHasAll(node, cyd, friends));

        cluster.node(2).start();
        cluster.node(2).awaitReady();
        assertHasAll(cluster.node(2), cyd, friends);
    }

    private static void assertHasAll(final ParleyNode node, final Person cyd, final List<Person> friends) {
        friends.forEach(friend -> assertEquals(
                List.of("before-" + friend.name(), "after-" + friend.name()),
                cyd.reads(node, friend),
                () -> "with " + friend.name() + " at " + node));
    }

    @Test
    void a_second_cluster_on_the_same_keyspace_does_not_become_ready_while_the_first_lives() {
        final var second = cluster.outsider(node -> node.with("PARLEY_SEED_NODES", node.seed()));
        second.start();
        try { // told every 10 s: the second time, a claim that nobody renews would have ended
            final var answers = new ArrayList<Boolean>();
            Waiting.until(
                    REFUSES_MAX,
                    () -> {
                        answers.add(second.ready());
                        return linesWith(second, TAKEN) >= 2;
                    },
                    () -> "the second cluster does not say that there is a first:\n" + second.lastLines(50));
            assertFalse(answers.contains(true));
            assertTrue(second.isRunning());
            cluster.nodes().forEach(node -> assertTrue(node.ready(), node::toString));
        } finally {
            second.kill();
        }
    }

    @Test
    void without_seed_nodes_it_refuses_to_start() {
        final var alone = cluster.outsider(node -> node.with("PARLEY_SEED_NODES", ""));
        final long before = alone.lines().size();
        alone.start();
        assertEquals(OptionalInt.of(2), alone.awaitEnd(REFUSES_MAX));
        final var said = alone.lines().stream().skip(before).toList();
        assertEquals(1, said.size(), said::toString);
        assertTrue(
                said.getFirst().startsWith("Parley cannot start: parley.store = cassandra without parley.seed-nodes"),
                said::toString);
    }

    @Test
    void a_node_that_is_stopped_leaves_in_order_and_joins_again() {
        assertEquals(OptionalInt.of(143), cluster.node(3).stop());
        assertFalse(cluster.node(3).isRunning());
        final var eve = Person.registered(cluster.node(1), "eve");
        cluster.node(3).start();
        cluster.node(3).awaitReady();
        eve.logsIn(cluster.node(3));
    }

    private static long linesWith(final ParleyNode node, final String part) {
        return node.lines().stream().filter(line -> line.contains(part)).count();
    }
}
