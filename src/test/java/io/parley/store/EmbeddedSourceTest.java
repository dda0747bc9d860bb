package io.parley.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EmbeddedSourceTest {
    private static final RetentionCriteria DELETING =
            RetentionCriteria.snapshotEvery(10, 2).withDeleteEventsOnSnapshot();

    @TempDir
    private Path directory;

    /// `a` has all its events, `b` has lost those behind its snapshots.
    @BeforeEach
    void a_node_has_run_here() throws Exception {
        try (var node = new StoreNode(directory)) {
            enter(node, "conversation|a", RetentionCriteria.disabled(), 5);
            enter(node, "user|b", DELETING, 45);
            node.awaitCount(20, "SELECT min(sequence_number) FROM event_journal WHERE persistence_id = 'user|b'");
        }
        LifeRecords.open(directory, "life", Clock.systemUTC());
    }

    private static void enter(
            final StoreNode node, final String id, final RetentionCriteria retention, final int entries) {
        final var ledger = node.ledger(id, retention);
        for (int i = 1; i <= entries; i++) {
            StoreNode.await(node.enter(ledger, "entry " + i));
        }
    }

    @Test
    void everything_comes_in_order_without_what_was_deleted() throws Exception {
        try (var source = EmbeddedSource.open(directory)) {
            final var found = new ArrayList<EmbeddedSource.Entity>();
            try (var entities = source.entities("")) {
                for (var next = entities.next(); next.isPresent(); next = entities.next()) {
                    found.add(next.get());
                }
            }
            final var a = new EmbeddedSource.Entity("conversation|a", 1, 5);
            final var b = new EmbeddedSource.Entity("user|b", 21, 45);
            assertEquals(List.of(a, b), found);
            assertEquals(numbers(1, 5), numbers(source, a, 1));
            assertEquals(numbers(3, 5), numbers(source, a, 3));
            assertEquals(numbers(21, 45), numbers(source, b, 1));
            final var snapshots = source.snapshots("user|b");
            assertEquals(40, snapshots.getLast().seq());
            final var inventory = source.inventory();
            assertEquals(Map.of("conversation", 1L, "user", 1L), inventory.entities());
            assertEquals(30, inventory.events());
            assertEquals(snapshots.size(), inventory.snapshots());
            assertEquals(List.of("life"), List.copyOf(source.lives().keySet()));
        }
    }

    private static List<Long> numbers(final long from, final long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    private static List<Long> numbers(final EmbeddedSource source, final EmbeddedSource.Entity entity, final long from)
            throws StoreException {
        final var numbers = new ArrayList<Long>();
        try (var events = source.events(entity, from)) {
            for (var next = events.next(); next.isPresent(); next = events.next()) {
                numbers.add(next.get().seq());
                assertTrue(next.get().payload().hasRemaining());
            }
        }
        return numbers;
    }

    @Test
    void it_is_recognised_until_a_node_writes_again() throws Exception {
        final var first = fingerprint();
        assertEquals(first, fingerprint());
        try (var node = new StoreNode(directory)) {
            enter(node, "conversation|a", RetentionCriteria.disabled(), 1);
        }
        assertNotEquals(first, fingerprint());
    }

    private String fingerprint() throws StoreException {
        try (var source = EmbeddedSource.open(directory)) {
            return source.inventory().fingerprint();
        }
    }

    @Test
    void reading_changes_no_file() throws Exception {
        final var before = Files.readAllBytes(directory.resolve("parley.db"));
        fingerprint();
        assertArrayEquals(before, Files.readAllBytes(directory.resolve("parley.db")));
    }

    @Test
    void it_is_refused_while_a_node_uses_it_and_keeps_nodes_away_itself() throws Exception {
        try (var store = EmbeddedStore.open(directory)) {
            assertTrue(refusal(store.directory()).contains("is in use by another Parley"));
        }
        try (var source = EmbeddedSource.open(directory)) {
            assertThrows(StoreException.class, () -> EmbeddedStore.open(source.directory()));
        }
    }

    @Test
    void no_node_starts_on_what_has_moved_until_the_mark_is_removed() throws Exception {
        try (var source = EmbeddedSource.open(directory)) {
            source.moved("to Cassandra at db:9042");
        }
        final var refused = assertThrows(StoreException.class, () -> EmbeddedStore.open(directory));
        assertTrue(String.valueOf(refused.getMessage()).contains("has moved to Cassandra at db:9042"));
        EmbeddedSource.open(directory).close(); // compared again it may be
        Files.delete(directory.resolve("moved-to-cassandra"));
        EmbeddedStore.open(directory).close();
    }

    @Test
    void a_directory_without_a_store_is_refused_and_left_alone() throws Exception {
        final var empty = Files.createDirectory(directory.resolve("empty"));
        assertTrue(refusal(empty).contains("There is no "));
        try (var files = Files.list(empty)) {
            assertEquals(0, files.count());
        }
    }

    @Test
    void a_log_with_a_gap_is_refused() throws Exception {
        execute("DELETE FROM event_journal WHERE persistence_id = 'conversation|a' AND sequence_number = 3");
        assertTrue(inventoryRefusal().contains("conversation|a lacks events"));
    }

    @Test
    void events_deleted_without_a_snapshot_are_noticed() throws Exception {
        execute("DELETE FROM snapshot");
        assertTrue(inventoryRefusal().contains("user|b has neither the events before 21 nor a snapshot"));
    }

    private String inventoryRefusal() throws StoreException {
        try (var source = EmbeddedSource.open(directory)) {
            return String.valueOf(
                    assertThrows(StoreException.class, source::inventory).getMessage());
        }
    }

    private static String refusal(final Path directory) {
        return String.valueOf(assertThrows(StoreException.class, () -> EmbeddedSource.open(directory))
                .getMessage());
    }

    private void execute(final String sql) throws Exception {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("parley.db"));
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
