package io.parley.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// What a ring of three real nodes keeps, when everything is on each of them and a quorum acknowledges.
@Tag("slow")
@DisabledIfSystemProperty(named = "parley.cassandra.skip", matches = "true")
@Order(3)
final class CassandraRingTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int SOME = 200;

    /// Writing as fast as it goes would take the processors from the node that is starting.
    private static final Duration BETWEEN_WRITES = Duration.ofMillis(5);

    @TempDir
    private static Path directory;

    private static CassandraRing ring;
    private static CqlSession session;

    @BeforeAll
    static void start() {
        final var settings = CassandraSettings.aside(3);
        ring = CassandraRing.start(directory.resolve("ring"), settings, Lifetime.WITH_THIS_JVM);
        session = CqlSession.builder()
                .addContactPoints(ring.contactPoints())
                .withLocalDatacenter(CassandraRing.DATACENTER)
                .withConfigLoader(DriverConfigLoader.programmaticBuilder()
                        .withString(
                                DefaultDriverOption.REQUEST_CONSISTENCY, DefaultConsistencyLevel.LOCAL_QUORUM.name())
                        .withBoolean(DefaultDriverOption.REQUEST_DEFAULT_IDEMPOTENCE, true)
                        .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, Duration.ofSeconds(2))
                        .withDuration(DefaultDriverOption.RECONNECTION_BASE_DELAY, Duration.ofMillis(200))
                        .withDuration(DefaultDriverOption.RECONNECTION_MAX_DELAY, Duration.ofSeconds(1))
                        .build())
                .build();
        change("CREATE KEYSPACE parley_test WITH replication = {'class': 'NetworkTopologyStrategy', '"
                + CassandraRing.DATACENTER + "': 3}");
        change("CREATE TABLE parley_test.said (story text, number int, PRIMARY KEY (story, number))");
    }

    /// Tables take their time on a busy machine, unlike rows.
    private static void change(final String statement) {
        session.execute(SimpleStatement.newInstance(statement).setTimeout(PATIENCE));
    }

    @AfterAll
    static void stop() {
        if (session != null) {
            session.close();
        }
        if (ring != null) {
            ring.close();
        }
    }

    @BeforeEach
    void all_nodes_are_up() {
        ring.nodes().stream().filter(node -> !node.isRunning()).forEach(CassandraNode::start);
        ring.nodes().forEach(CassandraNode::resume); // a test may have failed before it did
        ring.awaitUp();
    }

    @Test
    void writing_goes_on_while_a_node_is_killed_and_any_two_of_the_three_have_it_afterwards() {
        try (var writer = new Writer("killed")) {
            writer.awaitMore(SOME);
            ring.node(3).kill();
            writer.awaitMore(SOME);
            ring.node(3).start();
            ring.awaitUp();
            writer.awaitMore(SOME);
            final var acknowledged = writer.stop();

            ring.node(1).kill(); // node 3 is asked now, which was away for a third of them
            assertTrue(acknowledged.size() >= 3 * SOME);
            assertHas("killed", acknowledged);
        }
    }

    @Test
    void writing_goes_on_while_a_node_is_paused_and_it_takes_part_again_when_it_is_resumed() {
        try (var writer = new Writer("paused")) {
            writer.awaitMore(SOME);
            ring.node(2).pause();
            assertTrue(ring.node(2).process().orElseThrow().isPaused());
            writer.awaitMore(SOME);
            ring.node(2).resume();
            ring.awaitUp();
            writer.awaitMore(SOME);
            assertHas("paused", writer.stop());
        }
    }

    @Test
    void what_was_acknowledged_is_there_after_all_nodes_were_killed_at_once() {
        try (var writer = new Writer("all")) {
            writer.awaitMore(SOME);
            ring.kill();
            final var acknowledged = writer.stop();
            ring.start();
            assertHas("all", acknowledged);
        }
    }

    @Test
    void a_node_that_is_stopped_and_started_again_is_another_process_with_the_same_data() {
        try (var writer = new Writer("stopped")) {
            writer.awaitMore(SOME);
            final var before = ring.node(1).process().orElseThrow();
            ring.node(1).stop();
            assertFalse(before.isAlive());
            ring.node(1).start();
            ring.awaitUp();
            assertHas("stopped", writer.stop());
        }
    }

    /// Reads all of a story, from whichever two nodes answer; at first after a kill the driver may still try
    /// the dead.
    private static void assertHas(final String story, final Set<Integer> numbers) {
        final var read = new TreeSet<Integer>();
        assertTrue(Waiting.within(PATIENCE, () -> {
            try {
                session.execute(SimpleStatement.newInstance(
                                "SELECT number FROM parley_test.said WHERE story = ?", story))
                        .forEach(row -> read.add(row.getInt("number")));
                return true;
            } catch (final DriverException notNow) {
                read.clear();
                return false;
            }
        }));
        final var missing = new TreeSet<>(numbers);
        missing.removeAll(read);
        assertEquals(Set.of(), missing, "acknowledged and gone");
    }

    /// Writes one number after the other, each again and again until it is acknowledged.
    private static final class Writer implements AutoCloseable {
        private final String story;
        private final Set<Integer> acknowledged = new ConcurrentSkipListSet<>();
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final Thread thread;

        Writer(final String story) {
            this.story = story;
            this.thread = Thread.ofVirtual().start(this::write);
        }

        private void write() {
            for (int number = 1; !stopped.get(); ) {
                try {
                    session.execute(SimpleStatement.newInstance(
                            "INSERT INTO parley_test.said (story, number) VALUES (?, ?)", story, number));
                    acknowledged.add(number);
                    number++;
                } catch (final DriverException again) {
                    // the same number once more
                }
                LockSupport.parkNanos(BETWEEN_WRITES.toNanos());
            }
        }

        void awaitMore(final int count) {
            final int goal = acknowledged.size() + count;
            Waiting.until(
                    PATIENCE,
                    () -> acknowledged.size() >= goal,
                    () -> "only " + acknowledged.size() + " of " + goal + " writes were acknowledged");
        }

        Set<Integer> stop() {
            close();
            return acknowledged;
        }

        @Override
        public void close() {
            stopped.set(true);
            assertTrue(Waiting.within(PATIENCE, () -> !thread.isAlive()));
        }
    }
}
