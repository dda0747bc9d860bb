package io.parley.store.cassandra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.datastax.oss.driver.api.core.CqlSession;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.parley.content.Octets;
import io.parley.local.Waiting;
import io.parley.store.Blobs;
import io.parley.store.Checksum;
import io.parley.store.EmbeddedLedgers;
import io.parley.store.EmbeddedSource;
import io.parley.store.JournalReader;
import io.parley.store.Ledger;
import io.parley.store.StoreException;
import io.parley.store.cassandra.MoveToCassandra.Wish;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.LongStream;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;
import org.apache.pekko.persistence.typed.javadsl.SnapshotCountRetentionCriteria;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Entities of an embedded store, moved to a real Cassandra.
@Tag("slow")
@DisabledIfSystemProperty(named = "parley.cassandra.skip", matches = "true")
@Order(8)
final class MoveToCassandraTest {
    private static final String SMALL = "pekko.persistence.cassandra.journal.target-partition-size = 25";
    private static final SnapshotCountRetentionCriteria SNAPSHOTS = RetentionCriteria.snapshotEvery(10, 2);
    private static final RetentionCriteria DELETING = SNAPSHOTS.withDeleteEventsOnSnapshot();
    private static final String KEYSPACE = "parley_moves";
    private static final Config CONFIG = JournalSystem.config(KEYSPACE, SMALL);

    /// Those that a move or a node writes to.
    private static final List<String> TABLES = List.of(
            "messages",
            "snapshots",
            "all_persistence_ids",
            "metadata",
            "log_seals",
            "lives",
            "moves",
            "blobs",
            "unbound_blobs");

    private static final Wish MOVE = new Wish(false, 0);
    private static final Wish COMPARE = new Wish(true, 0);

    @TempDir
    private static Path original;

    private static Octets bound = Octets.of(new byte[0]);
    private static Octets large = bound;
    private static Octets loose = bound;

    @TempDir
    private Path directory;

    private final List<String> said = new ArrayList<>();

    /// `a` fills several partitions, of `b` all of the first one was deleted.
    @BeforeAll
    static void a_node_has_run() throws Exception {
        try (var node = new EmbeddedLedgers(original)) {
            node.fill("conversation|a", SNAPSHOTS, 105);
            node.fill("user|b", DELETING, 67);
            node.awaitFirst("user|b", 40);
            node.fill("user|c", DELETING, 1);
            bound = node.put("a", new byte[] {1, 2, 3}, true);
            large = node.put("a", new byte[Blobs.BYTES_MAX], true);
            loose = node.put("b", new byte[] {1, 2, 3}, false);
        }
        Files.writeString(original.resolve("lives"), "once " + Instant.now().toEpochMilli() + "\n");
        OneCassandra.makeTables(KEYSPACE);
    }

    @BeforeEach
    void it_has_stopped_and_an_empty_keyspace_is_there() throws Exception {
        for (final var name : List.of("parley.db", "lives")) {
            Files.copy(original.resolve(name), directory.resolve(name));
        }
        try (var cassandra = OneCassandra.session()) {
            TABLES.forEach(table -> cassandra.execute("TRUNCATE " + KEYSPACE + "." + table));
        }
    }

    private void move(final Wish wish) throws StoreException {
        MoveToCassandra.run(CONFIG, directory, wish, said::add);
    }

    private String refusal(final Wish wish) {
        return String.valueOf(
                assertThrows(StoreException.class, () -> move(wish)).getMessage());
    }

    private boolean hasSaid(final String words) {
        return said.stream().anyMatch(line -> line.contains(words));
    }

    private static CompletionStage<CqlSession> of(final CqlSession session) {
        return CompletableFuture.completedStage(session);
    }

    @Test
    void entities_go_on_where_they_were_also_behind_deleted_events_and_across_partitions() throws Exception {
        move(MOVE);
        assertTrue(hasSaid("Read back and found equal: 1 conversation, 2 users; 133 events"), said.toString());
        var a = entered(105);
        var b = entered(67);
        for (int run = 1; run <= 2; run++) { // the second reads what the first has sealed and written
            try (var system = new JournalSystem(KEYSPACE, SMALL)) {
                final var ledgerA = system.ledger("conversation|a", SNAPSHOTS);
                final var ledgerB = system.ledger("user|b", DELETING);
                assertEquals(a, system.sum(ledgerA));
                assertEquals(b, system.sum(ledgerB));
                a = goesOn(system, ledgerA, a);
                b = goesOn(system, ledgerB, b);
                assertEquals(0, system.store().passedOver());
                assertEquals(entries(20, 80), texts(system, "conversation|a", 20, 80));
                system.store().lives().alive();
                Waiting.until(
                        JournalSystem.PATIENCE,
                        () -> system.store().lives().lastAlive("once").isPresent(),
                        () -> "the earlier node's life is not known");
            }
        }
    }

    private static int length(final JournalSystem system, final String scope, final Octets sha256) {
        return JournalSystem.await(system.store().blobs().get(scope, sha256))
                .map(found -> found.length)
                .orElse(0);
    }

    @Test
    void blobs_are_there_and_those_that_are_not_bound_have_the_time_they_had_left() throws Exception {
        move(MOVE);
        assertTrue(hasSaid("133 events, ") && hasSaid(" snapshots, 3 blobs, "), said.toString());
        try (var system = new JournalSystem(KEYSPACE, SMALL);
                var cassandra = OneCassandra.session()) {
            assertEquals(3, length(system, "a", bound));
            assertEquals(Blobs.BYTES_MAX, length(system, "a", large));
            assertEquals(3, length(system, "b", loose));
            final int left = cassandra
                    .execute("SELECT ttl(bytes) FROM " + KEYSPACE + ".unbound_blobs")
                    .map(row -> row.getInt(0))
                    .all()
                    .getFirst();
            assertTrue(left > 80_000 && left <= 86_400, "ends in " + left + " s");
            assertTrue(JournalSystem.await(system.store().blobs().bind("b", Set.of(loose))));
        }
    }

    @Test
    void blobs_that_are_missing_changed_or_too_many_in_cassandra_are_found() throws Exception {
        move(MOVE);
        final var table = KEYSPACE + ".blobs";
        try (var cassandra = OneCassandra.session()) {
            cassandra.execute("DELETE FROM " + table + " WHERE scope = 'a' AND sha256 = 0x" + hex(large));
            cassandra.execute("UPDATE " + table + " SET bytes = 0x00 WHERE scope = 'a' AND sha256 = 0x" + hex(bound));
            cassandra.execute("TRUNCATE " + KEYSPACE + ".unbound_blobs");
        }
        assertTrue(refusal(COMPARE).contains("4 differences"), said.toString());
        assertTrue(hasSaid("differs: blob a " + hex(large) + " is missing"), said.toString());
        assertTrue(hasSaid("differs: blob a " + hex(bound) + " has other bytes there"), said.toString());
        assertTrue(hasSaid("differs: blob b " + hex(loose) + " is missing"), said.toString());
        assertTrue(hasSaid("differs: table blobs: 1 rows instead of 2"), said.toString());
    }

    private static String hex(final Octets sha256) {
        return HexFormat.of().formatHex(sha256.toArray());
    }

    /// The place says that the first blob is stored, which it is not: it is not written again, and that is
    /// found.
    @Test
    void blobs_go_on_where_they_were() throws Exception {
        try (var cassandra = OneCassandra.session()) {
            final var begun = Move.begin(fingerprint(), Instant.now(), 133).at(Move.Place.BEGIN.blob(1), 0);
            final var moves = new Moves(cassandra, KEYSPACE);
            JournalSystem.await(moves.write(begun));
            assertEquals(begun, JournalSystem.await(moves.read()).orElseThrow());
        }
        assertTrue(refusal(MOVE).contains("2 differences"), said.toString());
        assertTrue(hasSaid("differs: blob a " + hex(bound) + " is missing"), said.toString());
        move(MOVE);
        assertTrue(hasSaid("Read back and found equal"), said.toString());
    }

    @Test
    void a_keyspace_that_holds_but_a_blob_is_left_alone_and_a_damaged_blob_is_not_moved() throws Exception {
        try (var system = new JournalSystem(KEYSPACE, SMALL)) {
            final var bytes = new byte[] {7};
            JournalSystem.await(
                    system.store().blobs().put("z", Octets.of(Checksum.sha256().digest(bytes)), bytes));
        }
        assertTrue(refusal(MOVE).contains("Nothing is mixed"));
        try (var cassandra = OneCassandra.session()) {
            cassandra.execute("TRUNCATE " + KEYSPACE + ".unbound_blobs");
        }
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("parley.db"));
                var statement = connection.createStatement()) {
            statement.execute("UPDATE blob_bytes SET bytes = x'00' WHERE id = 1");
        }
        assertTrue(refusal(MOVE).contains("a has a blob whose bytes are not those of its SHA-256 " + hex(bound)));
    }

    private static Ledger.Sum entered(final int entries) {
        var sum = new Ledger.Sum(0, 0);
        for (int i = 1; i <= entries; i++) {
            sum = sum.and("entry " + i);
        }
        return sum;
    }

    /// Thirty more, over the next snapshots, deletions and partition.
    private static Ledger.Sum goesOn(
            final JournalSystem system, final ActorRef<Ledger.Command> ledger, final Ledger.Sum before) {
        for (long n = before.entries() + 1; n <= before.entries() + 30; n++) {
            assertEquals(n, JournalSystem.await(system.enter(ledger, "entry " + n)));
        }
        return system.sum(ledger);
    }

    private static List<String> texts(final JournalSystem system, final String id, final long from, final long to) {
        return JournalSystem.await(system.reader().read(id, from, to, 200)).stream()
                .map(JournalReader.Stored::event)
                .map(event -> ((Ledger.Entered) event).text())
                .toList();
    }

    private static List<String> entries(final long from, final long to) {
        return LongStream.rangeClosed(from, to).mapToObj(n -> "entry " + n).toList();
    }

    @Test
    void once_done_it_is_only_compared_and_not_even_that_when_nodes_have_written() throws Exception {
        move(MOVE);
        said.clear();
        move(MOVE);
        assertTrue(hasSaid("Already done"), said.toString());
        move(COMPARE);
        assertTrue(hasSaid("Read back and found equal"), said.toString());
        try (var system = new JournalSystem(KEYSPACE, SMALL)) {
            system.sum(system.ledger("conversation|a", SNAPSHOTS));
        }
        assertTrue(refusal(COMPARE).contains("cannot be compared"));
        said.clear();
        move(MOVE);
        assertTrue(hasSaid("Already done"), said.toString());
    }

    @Test
    void what_is_missing_or_changed_in_cassandra_is_found_and_named() throws Exception {
        move(MOVE);
        try (var cassandra = OneCassandra.session()) {
            cassandra.execute("UPDATE " + KEYSPACE + ".snapshots SET ser_manifest = 'x'"
                    + " WHERE persistence_id = 'user|b' AND sequence_nr = 60");
            cassandra.execute("DELETE FROM " + KEYSPACE + ".messages"
                    + " WHERE persistence_id = 'conversation|a' AND partition_nr = 0 AND sequence_nr = 3");
            cassandra.execute("DELETE FROM " + KEYSPACE + ".all_persistence_ids WHERE persistence_id = 'user|c'");
        }
        assertTrue(refusal(COMPARE).contains("3 differences"));
        assertTrue(hasSaid("differs: conversation|a: "), said.toString());
        assertTrue(hasSaid("differs: user|b: "), said.toString());
        assertTrue(hasSaid("differs: table all_persistence_ids"), said.toString());
    }

    @Test
    void what_was_half_written_is_written_to_its_end() throws Exception {
        final var fingerprint = fingerprint();
        final Move begun;
        try (var cassandra = OneCassandra.session()) { // killed when it had written more than it had noted
            begun = Move.begin(fingerprint, Instant.now(), 133);
            JournalSystem.await(new Moves(cassandra, KEYSPACE).write(begun));
            final var rows = new MovedRows(cassandra, KEYSPACE, 25, begun.begun());
            JournalSystem.await(rows.entity("conversation|a"));
            try (var source = EmbeddedSource.open(directory);
                    var events = source.events(new EmbeddedSource.Entity("conversation|a", 1, 105), 1)) {
                JournalSystem.await(
                        rows.events("conversation|a", List.of(events.next().orElseThrow())));
            }
        }
        assertTrue(refusal(COMPARE).contains("not finished"));
        final var refused = assertThrows(CompletionException.class, this::startNode);
        assertTrue(String.valueOf(refused.getMessage()).contains("move-to-cassandra"), refused.getMessage());
        move(MOVE);
        assertTrue(hasSaid("Going on with the move"), said.toString());
        assertTrue(hasSaid("Read back and found equal"), said.toString());
        try (var cassandra = OneCassandra.session()) {
            final var first = cassandra
                    .execute("SELECT writetime(event) FROM " + KEYSPACE + ".messages"
                            + " WHERE persistence_id = 'conversation|a' AND partition_nr = 0 AND sequence_nr = 1")
                    .map(row -> row.getLong(0))
                    .all();
            assertEquals(List.of(begun.begun().toEpochMilli() * 1_000), first);
        }
        startNode();
    }

    private String fingerprint() throws StoreException {
        try (var source = EmbeddedSource.open(directory)) {
            return source.inventory().fingerprint();
        }
    }

    /// As far as a node looks whether it can use the store.
    private void startNode() throws StoreException {
        try (var system = new JournalSystem(KEYSPACE, SMALL)) {
            assertEquals(0, system.store().passedOver());
        }
    }

    @Test
    void a_keyspace_that_holds_anything_else_is_left_alone() throws Exception {
        final Ledger.Sum there;
        try (var system = new JournalSystem(KEYSPACE, SMALL)) {
            there = goesOn(system, system.ledger("conversation|a"), new Ledger.Sum(0, 0));
        }
        assertTrue(refusal(MOVE).contains("Nothing is mixed"));
        assertFalse(Files.exists(directory.resolve("moved-to-cassandra")));
        try (var system = new JournalSystem(KEYSPACE, SMALL)) {
            assertEquals(there, system.sum(system.ledger("conversation|a")));
        }
    }

    @Test
    void what_a_node_wrote_to_the_directory_in_between_is_not_mixed_in() throws Exception {
        move(MOVE);
        Files.delete(directory.resolve("moved-to-cassandra"));
        try (var node = new EmbeddedLedgers(directory)) {
            node.fill("user|d", DELETING, 1);
        }
        assertTrue(refusal(MOVE).contains("move anew"));
    }

    @Test
    void a_keyspace_that_a_cluster_uses_is_refused() throws Exception {
        try (var cassandra = OneCassandra.session()) {
            final var claim = new KeyspaceClaim(of(cassandra), KEYSPACE);
            final var cluster = new UUID(7, 7);
            JournalSystem.await(claim.renew(cluster));
            assertTrue(refusal(MOVE).contains("A cluster uses the keyspace"));
            assertEquals(cluster, JournalSystem.await(claim.holder()).orElseThrow());
            JournalSystem.await(claim.release(cluster));
        }
        move(MOVE);
    }

    @Test
    void without_tables_the_operator_is_told_which_command_makes_them() {
        final var nowhere = ConfigFactory.parseString("parley.cassandra.keyspace = parley_nowhere")
                .withFallback(CONFIG);
        final var refused =
                assertThrows(StoreException.class, () -> MoveToCassandra.run(nowhere, directory, MOVE, said::add));
        assertTrue(String.valueOf(refused.getMessage()).contains("`schema`"), refused.getMessage());
    }

    @Test
    void where_nobody_answers_it_ends_with_a_sentence() {
        final var nobody = ConfigFactory.parseString(
                        "parley { move.patience = 1s, cassandra.contact-points = \"127.0.0.1:1\" }")
                .withFallback(CONFIG);
        final long began = System.nanoTime();
        final var refused =
                assertThrows(StoreException.class, () -> MoveToCassandra.run(nobody, directory, MOVE, said::add));
        assertTrue(String.valueOf(refused.getMessage()).contains("did not answer for 1 s"), refused.getMessage());
        assertTrue(Duration.ofNanos(System.nanoTime() - began).compareTo(Duration.ofSeconds(30)) < 0);
    }
}
