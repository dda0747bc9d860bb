package io.parley.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// A cluster whose nodes do not reach each other any more; all of them reach Cassandra.
@Tag("slow")
@DisabledIfSystemProperty(named = "parley.cassandra.skip", matches = "true")
final class PartitionTest {
    private static final Duration NOTICED_MAX = Duration.ofSeconds(30);
    private static final Duration GOES_ON_MAX = Duration.ofSeconds(45);
    private static final Duration ENDS_MAX = Duration.ofSeconds(90);

    /// So many conversations that each node has some.
    private static final int FRIENDS = 12;

    @TempDir
    private static Path directory;

    private static LocalCluster cluster;

    @BeforeAll
    static void start() {
        cluster = LocalCluster.start(
                directory.resolve("cluster"),
                LocalClusterSettings.aside(3, 1).withBreakableNetwork(),
                Lifetime.WITH_THIS_JVM);
    }

    @AfterAll
    static void close() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void a_node_cut_off_accepts_nothing_and_ends_while_the_others_go_on_and_is_a_member_again_after_the_healing() {
        final var lost = cluster.node(3);
        final var others = List.of(cluster.node(1), cluster.node(2));
        final var dan = Person.registered(lost, "dan");
        dan.logsIn(lost);
        final var friends = IntStream.rangeClosed(1, FRIENDS)
                .mapToObj(number -> Person.registered(cluster.node(1), "friend" + number))
                .toList();
        friends.forEach(friend ->
                assertTrue(dan.sends(lost, "before-" + friend.name(), friend).isStored()));

        final long cut = System.nanoTime();
        cluster.network().isolate(3);
        final var answers = new ArrayList<Person.Answer>();
        Waiting.until(
                NOTICED_MAX,
                () -> {
                    final var friend = friends.get(answers.size() % FRIENDS);
                    answers.add(dan.sends(lost, "meanwhile-" + answers.size(), friend));
                    return answers.getLast().code().equals("unavailable") && !lost.ready();
                },
                () -> "the node that is cut off does not notice: " + answers.getLast());
        final var refused = dan.sends(lost, "refused", friends.getFirst());
        assertFalse(refused.isStored(), refused::toString);

        for (final var friend : friends) {
            final var left = GOES_ON_MAX.minusNanos(System.nanoTime() - cut);
            dan.sendsUntilStored(others, "after-" + friend.name(), friend, left);
        }
        lost.awaitEnd(ENDS_MAX);
        others.forEach(node -> assertTrue(node.ready(), node::toString));

        cluster.network().heal();
        lost.start();
        lost.awaitReady();
        for (final var node : cluster.nodes()) {
            for (int number = 0; number < FRIENDS; number++) {
                final var friend = friends.get(number);
                final var expected = new ArrayList<String>();
                expected.add("before-" + friend.name());
                for (int sent = number; sent < answers.size(); sent += FRIENDS) {
                    if (answers.get(sent).isStored()) {
                        expected.add("meanwhile-" + sent);
                    }
                }
                expected.add("after-" + friend.name());
                final var read = new ArrayList<>(dan.reads(node, friend));
                // what was written and not answered may be there: nobody was told that it is not
                read.removeIf(id -> id.startsWith("meanwhile-") && !expected.contains(id));
                assertEquals(expected, read, () -> "with " + friend.name() + " at " + node);
            }
        }
    }
}
