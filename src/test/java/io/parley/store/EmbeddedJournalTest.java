package io.parley.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// What entities rely on, through real entities on the settings that a node runs with.
final class EmbeddedJournalTest {
    private static final RetentionCriteria SNAPSHOTS = RetentionCriteria.snapshotEvery(10, 2);
    private static final RetentionCriteria NO_HISTORY =
            RetentionCriteria.snapshotEvery(10, 2).withDeleteEventsOnSnapshot();

    @TempDir
    Path directory;

    @BeforeEach
    void quiet() {
        StoreNode.quiet();
    }

    @Test
    void what_was_entered_is_there_after_a_restart() throws Exception {
        final Ledger.Sum before;
        try (var node = new StoreNode(directory)) {
            final var ledger = node.ledger("alice~bob");
            fill(node, ledger, 1, 1_000);
            before = node.sum(ledger);
        }
        try (var node = new StoreNode(directory)) {
            final var ledger = node.ledger("alice~bob");
            assertEquals(before, node.sum(ledger));
            fill(node, ledger, 1_001, 1_001);
        }
    }

    @Test
    void snapshots_are_kept_few_and_all_events_stay_readable() throws Exception {
        final Ledger.Sum before;
        try (var node = new StoreNode(directory)) {
            final var ledger = node.ledger("alice~bob", SNAPSHOTS);
            fill(node, ledger, 1, 105);
            before = node.sum(ledger);
            node.awaitCount(2, "SELECT count(*) FROM snapshot WHERE sequence_number IN (90, 100)");
            node.awaitCount(2, "SELECT count(*) FROM snapshot");
            assertEquals(numbers(1, 105), seqs(node, "alice~bob", 1, 1_000, 1_000));
        }
        try (var node = new StoreNode(directory)) {
            assertEquals(before, node.sum(node.ledger("alice~bob", SNAPSHOTS)));
        }
    }

    @Test
    void a_recovery_with_a_snapshot_reads_only_what_came_after_it() throws Exception {
        try (var node = new StoreNode(directory)) {
            fill(node, node.ledger("alice~bob", SNAPSHOTS), 1, 105);
            node.awaitCount(2, "SELECT count(*) FROM snapshot WHERE sequence_number IN (90, 100)");
        }
        try (var node = new StoreNode(directory)) {
            // Were an older event read, its missing fingerprint would show.
            node.execute("UPDATE event_journal SET event_payload = x'ff' WHERE sequence_number <= 100");
            assertEquals(105, node.sum(node.ledger("alice~bob", SNAPSHOTS)).entries());
        }
    }

    @Test
    void events_that_are_no_history_are_deleted_behind_the_snapshots_and_numbers_go_on() throws Exception {
        final Ledger.Sum before;
        try (var node = new StoreNode(directory)) {
            final var user = node.ledger("user|alice", NO_HISTORY);
            fill(node, user, 1, 105);
            before = node.sum(user);
            // Pekko keeps what the older of the two snapshots needs; the plug-in keeps the highest of the deleted ones,
            // marked, so that numbers are never given twice.
            node.awaitCount(80, "SELECT min(sequence_number) FROM event_journal");
            assertEquals(1, node.count("SELECT count(*) FROM event_journal WHERE deleted"));
            assertEquals(numbers(81, 105), seqs(node, "user|alice", 1, Long.MAX_VALUE, 200));
        }
        try (var node = new StoreNode(directory)) {
            final var user = node.ledger("user|alice", NO_HISTORY);
            assertEquals(before, node.sum(user));
            fill(node, user, 106, 135);
            node.awaitCount(110, "SELECT min(sequence_number) FROM event_journal");
        }
        try (var node = new StoreNode(directory)) {
            assertEquals(135, node.sum(node.ledger("user|alice", NO_HISTORY)).entries());
        }
    }

    @Test
    void an_entity_whose_every_event_was_deleted_keeps_its_numbers() throws Exception {
        final var keepsNothing = RetentionCriteria.snapshotEvery(10, 1).withDeleteEventsOnSnapshot();
        try (var node = new StoreNode(directory)) {
            fill(node, node.ledger("user|alice", keepsNothing), 1, 20);
            node.awaitCount(10, "SELECT min(sequence_number) FROM event_journal");
        }
        try (var node = new StoreNode(directory)) {
            node.execute("DELETE FROM event_journal WHERE sequence_number < 20");
            node.execute("UPDATE event_journal SET deleted = 1");
            final var user = node.ledger("user|alice", keepsNothing);
            assertEquals(20, node.sum(user).entries());
            fill(node, user, 21, 25);
        }
        try (var node = new StoreNode(directory)) {
            assertEquals(25, node.sum(node.ledger("user|alice", keepsNothing)).entries());
            assertEquals(numbers(21, 25), seqs(node, "user|alice", 1, 100, 100));
        }
    }

    @Test
    void pages_of_history_are_any_range_of_numbers_in_order() throws Exception {
        try (var node = new StoreNode(directory)) {
            fill(node, node.ledger("alice~bob"), 1, 1_000);
            fill(node, node.ledger("alice~bobby"), 1, 3);
            assertEquals(numbers(1, 50), seqs(node, "alice~bob", 0, 1_000, 50));
            assertEquals(numbers(301, 500), seqs(node, "alice~bob", 301, 1_000, 200));
            assertEquals(numbers(301, 310), seqs(node, "alice~bob", 301, 310, 200));
            assertEquals(numbers(991, 1_000), seqs(node, "alice~bob", 991, Long.MAX_VALUE, 50));
            assertEquals(numbers(1, 1_000), seqs(node, "alice~bob", 1, 1_000, 1_000)); // several batches
            assertEquals(numbers(1, 3), seqs(node, "alice~bobby", 1, 1_000, 50));
            assertEquals(List.of(), seqs(node, "alice~bob", 1_001, 2_000, 50));
            assertEquals(List.of(), seqs(node, "alice~bob", 7, 6, 50));
            assertEquals(List.of(), seqs(node, "alice~carol", 1, 100, 50));
            assertEquals(
                    new JournalReader.Stored(17, new Ledger.Entered("entry 17")),
                    StoreNode.await(node.reader().read("alice~bob", 17, 17, 1)).getFirst());
        }
    }

    @Test
    void a_page_of_history_does_not_wait_for_the_writer() throws Exception {
        try (var node = new StoreNode(directory)) {
            final var ledger = node.ledger("alice~bob");
            fill(node, ledger, 1, 100);
            final CompletionStage<Long> written;
            try (var writer = node.writer();
                    var statement = writer.createStatement()) {
                statement.execute("BEGIN IMMEDIATE");
                written = node.enter(ledger, "waits");
                assertEquals(numbers(1, 100), seqs(node, "alice~bob", 1, 200, 200));
                assertFalse(written.toCompletableFuture().isDone());
                statement.execute("ROLLBACK");
            }
            assertEquals(101, StoreNode.await(written));
        }
    }

    @Test
    void the_connections_for_history_cannot_write() throws Exception {
        try (var node = new StoreNode(directory)) {
            try (var reader = node.historyConnection();
                    var statement = reader.createStatement()) {
                assertThrows(SQLException.class, () -> statement.execute("DELETE FROM event_journal"));
            }
        }
    }

    @Test
    void two_events_of_one_number_cannot_be_stored() throws Exception {
        try (var node = new StoreNode(directory)) {
            fill(node, node.ledger("alice~bob"), 1, 3);
            final var refused = assertThrows(
                    SQLException.class,
                    () -> node.execute(
                            "INSERT INTO event_journal SELECT ordering + 10, persistence_id, sequence_number,"
                                    + " 0, 'another', 0, '', 0, '', x'', NULL, NULL, NULL FROM event_journal"));
            assertTrue(String.valueOf(refused.getMessage()).contains("UNIQUE"));
        }
    }

    @Test
    void every_commit_is_synced_and_every_setting_has_arrived() throws Exception {
        try (var node = new StoreNode(directory)) {
            try (var writer = node.writer()) {
                assertEquals("wal", StoreNode.pragma(writer, "journal_mode"));
                assertEquals("2", StoreNode.pragma(writer, "synchronous")); // FULL
                assertEquals("2000", StoreNode.pragma(writer, "busy_timeout"));
                assertEquals("67108864", StoreNode.pragma(writer, "journal_size_limit"));
                assertEquals("0", StoreNode.pragma(writer, "mmap_size"));
                assertEquals("-32768", StoreNode.pragma(writer, "cache_size"));
            }
        }
    }

    @Test
    void every_statement_of_the_plug_in_finds_its_rows_through_an_index() throws Exception {
        final var heard = new ListAppender<ILoggingEvent>();
        final var statements = logger("slick.jdbc.JdbcBackend.statement");
        statements.setLevel(Level.DEBUG);
        statements.setAdditive(false);
        statements.addAppender(heard);
        heard.start();
        try (var node = new StoreNode(directory)) {
            final var user = node.ledger("user|alice", NO_HISTORY);
            fill(node, user, 1, 45);
            node.awaitCount(20, "SELECT min(sequence_number) FROM event_journal");
            assertEquals(numbers(21, 45), seqs(node, "user|alice", 1, 45, 200));
            heard.stop();
            final var issued = List.copyOf(heard.list).stream()
                    .map(ILoggingEvent::getFormattedMessage)
                    .map(message -> message.substring(message.indexOf(':') + 1).strip())
                    .distinct()
                    .toList();
            // Snapshot and event written, sought and deleted; highest number; replay; page.
            assertTrue(issued.size() >= 8, issued.toString());
            for (final var sql : issued) {
                for (final var step : node.plan(sql)) {
                    assertFalse(step.startsWith("SCAN") && !step.equals("SCAN CONSTANT ROW"), sql + "\n" + step);
                    assertFalse(step.contains("TEMP B-TREE"), sql + "\n" + step);
                }
            }
        } finally {
            statements.detachAppender(heard);
            statements.setLevel(null);
            statements.setAdditive(true);
        }
    }

    @Test
    @Tag("slow")
    void a_full_disk_refuses_at_once_keeps_what_was_acknowledged_and_is_forgotten_when_there_is_space()
            throws Exception {
        final var acknowledged = new ArrayList<Long>();
        try (var node = new StoreNode(directory)) {
            final var ledger = node.ledger("alice~bob");
            fill(node, ledger, 1, 100);
            node.pagesAtMost(node.count("PRAGMA page_count"));
            long refused = 0;
            for (int i = 0; refused < 12; i++) { // more than open the circuit breaker
                final long from = System.nanoTime();
                final long answer = StoreNode.await(node.enter(ledger, "entry " + i + "x".repeat(1_000)));
                if (answer == Ledger.NOT_STORED) {
                    refused++;
                    assertTrue(System.nanoTime() - from < TimeUnit.SECONDS.toNanos(5));
                } else {
                    acknowledged.add(answer);
                }
            }
            assertEquals(
                    100 + acknowledged.size(),
                    seqs(node, "alice~bob", 1, 1_000, 1_000).size()); // still readable
            node.pagesAtMost(1_000_000);
            final long from = System.nanoTime();
            long answer = Ledger.NOT_STORED;
            while (answer == Ledger.NOT_STORED) {
                assertTrue(System.nanoTime() - from < TimeUnit.SECONDS.toNanos(8));
                answer = StoreNode.await(node.enter(ledger, "space"));
            }
            acknowledged.add(answer);
            assertEquals(numbers(101, 100 + acknowledged.size()), acknowledged);
        }
        try (var node = new StoreNode(directory)) {
            assertEquals(
                    100 + acknowledged.size(),
                    node.sum(node.ledger("alice~bob")).entries());
        }
    }

    private static void fill(
            final StoreNode node, final ActorRef<Ledger.Command> ledger, final long first, final long last) {
        final var answers = LongStream.rangeClosed(first, last)
                .mapToObj(i -> node.enter(ledger, "entry " + i))
                .toList();
        assertEquals(
                numbers(first, last), answers.stream().map(StoreNode::await).toList());
    }

    private static List<Long> seqs(
            final StoreNode node, final String id, final long from, final long to, final int limit) {
        return StoreNode.await(node.reader().read(id, from, to, limit)).stream()
                .map(JournalReader.Stored::seq)
                .toList();
    }

    private static List<Long> numbers(final long first, final long last) {
        return LongStream.rangeClosed(first, last).boxed().toList();
    }

    private static Logger logger(final String name) {
        return (Logger) LoggerFactory.getLogger(name);
    }
}
