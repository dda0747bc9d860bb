package io.parley.store.cassandra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.uuid.Uuids;
import io.parley.local.Waiting;
import io.parley.store.JournalReader;
import io.parley.store.Ledger;
import io.parley.store.StoreException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/// What entities rely on, through real entities on a real Cassandra, also where two take themselves for the
/// writer.
@Tag("slow")
@DisabledIfSystemProperty(named = "parley.cassandra.skip", matches = "true")
@Order(9)
final class CassandraJournalTest {
    private static final RetentionCriteria SNAPSHOTS = RetentionCriteria.snapshotEvery(10, 2);

    private final String keyspace = OneCassandra.keyspace();
    private final String id = OneCassandra.freshId();

    private JournalSystem open() throws StoreException {
        return new JournalSystem(keyspace, "");
    }

    private static void fill(
            final JournalSystem system, final ActorRef<Ledger.Command> ledger, final long from, final long to) {
        final var entered = new ArrayList<CompletionStage<Long>>();
        LongStream.rangeClosed(from, to).forEach(n -> entered.add(system.enter(ledger, "entry " + n)));
        for (int i = 0; i < entered.size(); i++) {
            assertEquals(from + i, JournalSystem.await(entered.get(i)));
        }
    }

    private List<Object> texts(final JournalSystem system, final long from, final long to, final int limit) {
        return JournalSystem.await(system.reader().read(id, from, to, limit)).stream()
                .map(JournalReader.Stored::event)
                .map(event -> (Object) ((Ledger.Entered) event).text())
                .toList();
    }

    private static List<Object> entries(final long from, final long to) {
        return LongStream.rangeClosed(from, to)
                .mapToObj(n -> (Object) ("entry " + n))
                .toList();
    }

    @Test
    void what_was_entered_is_there_after_a_restart_and_in_pages() throws Exception {
        final Ledger.Sum before;
        try (var system = open()) {
            final var ledger = system.ledger(id);
            fill(system, ledger, 1, 300);
            before = system.sum(ledger);
            assertEquals(entries(100, 149), texts(system, 100, 300, 50));
            assertEquals(entries(290, 300), texts(system, 290, 10_000, 200));
        }
        try (var system = open()) {
            final var ledger = system.ledger(id);
            assertEquals(before, system.sum(ledger));
            fill(system, ledger, 301, 301);
        }
    }

    @Test
    void a_recovery_reads_the_newest_snapshot_and_only_what_came_after_it() throws Exception {
        final Ledger.Sum before;
        try (var system = open()) {
            final var ledger = system.ledger(id, SNAPSHOTS);
            fill(system, ledger, 1, 105);
            before = system.sum(ledger);
            awaitSnapshots(List.of(100L, 90L));
        }
        try (var cassandra = OneCassandra.session()) { // were an older one read, it would show
            for (long n = 1; n < 100; n++) {
                damage(cassandra, n);
            }
        }
        try (var system = open()) {
            assertEquals(before, system.sum(system.ledger(id, SNAPSHOTS)));
        }
    }

    @Test
    void behind_what_was_deleted_to_the_last_snapshot_a_log_is_found_and_goes_on() throws Exception {
        final Ledger.Sum before;
        try (var system = open()) {
            final var ledger = system.ledger(id, SNAPSHOTS);
            fill(system, ledger, 1, 40);
            before = system.sum(ledger);
            awaitSnapshots(List.of(40L, 30L));
            system.deleteEarlier(ledger, id, 40);
            awaitSnapshots(List.of(40L));
            awaitRows(List.of(40L));
        }
        try (var system = open()) {
            final var ledger = system.ledger(id, SNAPSHOTS);
            assertEquals(before, system.sum(ledger));
            system.deleteEarlier(ledger, id, 40); // ordered again, it is done
            fill(system, ledger, 41, 42);
        }
        try (var system = open()) {
            assertEquals(42, system.sum(system.ledger(id, SNAPSHOTS)).entries());
            awaitRows(List.of(40L, 41L, 42L));
        }
    }

    @Test
    void a_long_log_is_spread_over_partitions_and_read_back_across_them() throws Exception {
        final var small = "pekko.persistence.cassandra.journal.target-partition-size = 25";
        final Ledger.Sum before;
        try (var system = new JournalSystem(keyspace, small)) {
            final var ledger = system.ledger(id);
            fill(system, ledger, 1, 120);
            before = system.sum(ledger);
            assertEquals(entries(20, 80), texts(system, 20, 80, 61));
            assertEquals(entries(25, 26), texts(system, 25, 26, 10));
            assertEquals(entries(26, 30), texts(system, 26, 30, 10));
        }
        try (var system = new JournalSystem(keyspace, small);
                var cassandra = OneCassandra.session()) {
            assertEquals(before, system.sum(system.ledger(id)));
            final var third = cassandra
                    .execute(
                            "SELECT count(*) FROM " + keyspace
                                    + ".messages WHERE persistence_id = ? AND partition_nr = 2",
                            id)
                    .one();
            assertEquals(25, third == null ? 0 : third.getLong(0));
        }
    }

    @Test
    void of_two_that_take_themselves_for_the_writer_the_one_that_came_later_is_believed() throws Exception {
        final Ledger.Sum expected;
        try (var asleep = open()) {
            final var old = asleep.ledger(id);
            fill(asleep, old, 1, 3);
            try (var awake = open()) {
                final var owner = awake.ledger(id);
                fill(awake, owner, 4, 6);
                expected = awake.sum(owner);
                // The first has slept through the hand-over; its numbers 4 and 5 reach the database last.
                assertEquals(4, JournalSystem.await(asleep.enter(old, "late")));
                assertEquals(5, JournalSystem.await(asleep.enter(old, "later")));
                assertEquals(entries(1, 6), texts(awake, 1, 6, 10));
            }
        }
        try (var system = open()) {
            assertEquals(expected, system.sum(system.ledger(id)));
            assertEquals(2, system.store().passedOver());
            assertEquals(entries(1, 6), texts(system, 1, 6, 10));
        }
    }

    @Test
    void a_row_that_arrives_late_loses_also_where_its_clock_was_a_day_ahead() throws Exception {
        final Ledger.Sum expected;
        try (var first = open()) {
            fill(first, first.ledger(id), 1, 2); // epoch 1
        }
        try (var second = open()) {
            final var ledger = second.ledger(id); // epoch 2
            fill(second, ledger, 3, 4);
            expected = second.sum(ledger);
        }
        try (var cassandra = OneCassandra.session()) {
            copy(cassandra, 2, 3, Duration.ofDays(1));
        }
        try (var third = open()) {
            final var ledger = third.ledger(id);
            assertEquals(expected, third.sum(ledger));
            fill(third, ledger, 5, 5);
            assertEquals(entries(1, 5), texts(third, 1, 5, 10));
        }
    }

    @Test
    void rows_of_a_former_owner_behind_the_end_of_the_log_do_not_lengthen_it() throws Exception {
        final Ledger.Sum expected;
        try (var first = open()) {
            fill(first, first.ledger(id, SNAPSHOTS), 1, 8);
        }
        try (var second = open()) {
            final var ledger = second.ledger(id, SNAPSHOTS);
            fill(second, ledger, 9, 10); // the snapshot is taken at 10
            expected = second.sum(ledger);
            awaitSnapshots(List.of(10L));
        }
        try (var cassandra = OneCassandra.session()) {
            copy(cassandra, 1, 11, Duration.ZERO);
            copy(cassandra, 1, 12, Duration.ZERO);
        }
        try (var third = open()) {
            final var ledger = third.ledger(id, SNAPSHOTS);
            assertEquals(expected, third.sum(ledger));
            assertEquals(2, third.store().passedOver());
            fill(third, ledger, 11, 13);
            assertEquals(entries(1, 13), texts(third, 1, 13, 20));
        }
        try (var fourth = open()) {
            assertEquals(13, fourth.sum(fourth.ledger(id, SNAPSHOTS)).entries());
        }
    }

    @Test
    void what_a_former_owner_wrote_and_the_next_one_read_stays() throws Exception {
        try (var first = open()) {
            fill(first, first.ledger(id), 1, 2);
        }
        try (var cassandra = OneCassandra.session()) {
            copy(cassandra, 2, 3, Duration.ZERO); // written, and the answer lost
        }
        try (var second = open()) {
            final var ledger = second.ledger(id);
            assertEquals(3, second.sum(ledger).entries());
            assertEquals(4, JournalSystem.await(second.enter(ledger, "entry 4")));
        }
        try (var third = open()) {
            assertEquals(4, third.sum(third.ledger(id)).entries());
            assertEquals(0, third.store().passedOver());
        }
    }

    @Test
    void a_row_of_an_owner_in_between_does_not_displace_what_a_later_one_has_taken_over() throws Exception {
        try (var first = open()) {
            fill(first, first.ledger(id), 1, 2);
        }
        final Ledger.Sum expected;
        final Writer former;
        try (var cassandra = OneCassandra.session()) {
            former = writerOf(cassandra, 2);
        }
        try (var second = open()) {
            assertEquals(2, second.sum(second.ledger(id)).entries()); // writes nothing that arrives yet
        }
        try (var third = open()) {
            expected = third.sum(third.ledger(id)); // and tells clients of what it has found
        }
        try (var cassandra = OneCassandra.session()) {
            final var between = new Term(former.term().epoch() + 1, 1);
            copy(cassandra, 2, 1, Duration.ofHours(1), new Writer(between, Optional.of(Term.NONE)).text());
            copy(cassandra, 2, 2, Duration.ofHours(1), new Writer(between, Optional.empty()).text());
        }
        try (var fourth = open()) {
            final var ledger = fourth.ledger(id);
            assertEquals(expected, fourth.sum(ledger));
            assertEquals(entries(1, 2), texts(fourth, 1, 2, 10));
            fill(fourth, ledger, 3, 3);
            assertEquals(entries(1, 3), texts(fourth, 1, 3, 10));
        }
    }

    private Writer writerOf(final CqlSession cassandra, final long number) {
        final var row = cassandra
                .execute(
                        "SELECT writer_uuid FROM " + keyspace
                                + ".messages WHERE persistence_id = ? AND partition_nr = 0 AND sequence_nr = ?",
                        id,
                        number)
                .one();
        return Writer.parse(row == null ? "" : String.valueOf(row.getString("writer_uuid")));
    }

    @Test
    void without_the_lease_nothing_is_written_and_with_it_again_all_goes_on() throws Exception {
        try (var system = open()) {
            final var ledger = system.ledger(id);
            fill(system, ledger, 1, 1);
            system.lease = false;
            assertEquals(Ledger.NOT_STORED, JournalSystem.await(system.enter(ledger, "refused")));
            assertEquals(entries(1, 1), texts(system, 1, 10, 10));
            system.lease = true;
            assertEquals(2, JournalSystem.await(system.enter(ledger, "entry 2")));
            assertEquals(entries(1, 2), texts(system, 1, 10, 10));
        }
    }

    @Test
    void the_session_itself_refuses_to_write_without_the_lease() throws Exception {
        try (var system = open()) {
            final var session = new FencedSession(OneCassandra.session(), () -> system.lease);
            final var insert = "INSERT INTO " + keyspace + ".all_persistence_ids (persistence_id) VALUES ('x')";
            session.execute(insert);
            system.lease = false;
            assertThrows(FencedSession.NoLease.class, () -> session.execute(insert));
            final var refused = assertThrows(
                    CompletionException.class,
                    () -> session.executeAsync(insert).toCompletableFuture().join());
            assertTrue(refused.getCause() instanceof FencedSession.NoLease);
            final var prepared = session.prepare(insert);
            assertThrows(FencedSession.NoLease.class, () -> session.execute(prepared.bind()));
            session.execute("SELECT persistence_id FROM " + keyspace + ".all_persistence_ids");
            session.close();
        }
    }

    @Test
    void a_log_with_a_gap_is_not_opened_rather_than_shortened() throws Exception {
        try (var system = open()) {
            fill(system, system.ledger(id), 1, 5);
        }
        try (var cassandra = OneCassandra.session()) {
            cassandra.execute(
                    "DELETE FROM " + keyspace
                            + ".messages WHERE persistence_id = ? AND partition_nr = 0 AND sequence_nr = 3",
                    id);
        }
        try (var system = open()) {
            final var ledger = system.ledger(id);
            assertThrows(
                    CompletionException.class,
                    () -> system.enter(ledger, "x")
                            .toCompletableFuture()
                            .orTimeout(3, TimeUnit.SECONDS)
                            .join());
        }
    }

    @Test
    void each_claim_of_a_shard_is_higher_than_all_before_it_also_of_many_at_once() {
        try (var cassandra = OneCassandra.session()) {
            final var epochs = new WriterEpochs(CompletableFuture.completedStage(cassandra), keyspace);
            final var a = "a" + id;
            assertEquals(1, JournalSystem.await(epochs.claim(a)));
            assertEquals(2, JournalSystem.await(epochs.claim(a)));
            assertEquals(1, JournalSystem.await(epochs.claim("b" + id)));
            final var many = new ArrayList<CompletionStage<Long>>();
            for (int i = 0; i < 4; i++) {
                many.add(epochs.claim(a));
            }
            final var claimed = many.stream().map(JournalSystem::await).sorted().toList();
            assertEquals(List.of(3L, 4L, 5L, 6L), claimed);
        }
    }

    @Test
    void a_second_cluster_finds_the_keyspace_taken_until_the_first_is_gone() {
        try (var cassandra = OneCassandra.session()) {
            final var claim = new KeyspaceClaim(CompletableFuture.completedStage(cassandra), keyspace);
            final var one = new UUID(1, 1);
            final var other = new UUID(2, 2);
            assertEquals(one, JournalSystem.await(claim.renew(one)));
            assertEquals(one, JournalSystem.await(claim.renew(one)));
            assertEquals(one, JournalSystem.await(claim.renew(other)));
            assertEquals(false, JournalSystem.await(claim.release(other)));
            assertEquals(true, JournalSystem.await(claim.release(one)));
            assertEquals(other, JournalSystem.await(claim.renew(other)));
        }
    }

    /// A row of the journal as the writer of number `from` would have written it: that event as number `to`, at
    /// another time.
    private void copy(final CqlSession cassandra, final long from, final long to, final Duration ahead) {
        copy(cassandra, from, to, ahead, new Writer(writerOf(cassandra, from).term(), Optional.empty()).text());
    }

    private void copy(
            final CqlSession cassandra, final long from, final long to, final Duration ahead, final String writer) {
        final var row = cassandra
                .execute(
                        "SELECT * FROM " + keyspace
                                + ".messages WHERE persistence_id = ? AND partition_nr = 0 AND sequence_nr = ?",
                        id,
                        from)
                .one();
        if (row == null) {
            throw new AssertionError("there is no row " + from);
        }
        final var time = new UUID(
                Uuids.startOf(Instant.now().plus(ahead).toEpochMilli()).getMostSignificantBits(), Long.MIN_VALUE | to);
        cassandra.execute(
                "INSERT INTO " + keyspace
                        + ".messages (persistence_id, partition_nr, sequence_nr, timestamp, timebucket,"
                        + " writer_uuid, ser_id, ser_manifest, event_manifest, event) VALUES (?,?,?,?,?,?,?,?,?,?)",
                id,
                0L,
                to,
                time,
                "0",
                writer,
                row.getInt("ser_id"),
                Objects.requireNonNull(row.getString("ser_manifest")),
                Objects.requireNonNull(row.getString("event_manifest")),
                Objects.requireNonNull(row.getByteBuffer("event")));
    }

    private void damage(final CqlSession cassandra, final long number) {
        final var time = cassandra
                .execute(
                        "SELECT timestamp FROM " + keyspace
                                + ".messages WHERE persistence_id = ? AND partition_nr = 0 AND sequence_nr = ?",
                        id,
                        number)
                .one();
        if (time == null) {
            throw new AssertionError("there is no row " + number);
        }
        cassandra.execute(
                "UPDATE " + keyspace + ".messages SET event = ? WHERE persistence_id = ? AND partition_nr = 0"
                        + " AND sequence_nr = ? AND timestamp = ?",
                ByteBuffer.wrap(new byte[] {1}),
                id,
                number,
                Objects.requireNonNull(time.getUuid("timestamp")));
    }

    private void awaitSnapshots(final List<Long> numbers) {
        try (var cassandra = OneCassandra.session()) {
            Waiting.until(
                    JournalSystem.PATIENCE,
                    () -> snapshots(cassandra).equals(numbers),
                    () -> "snapshots " + snapshots(cassandra) + " instead of " + numbers);
        }
    }

    private void awaitRows(final List<Long> numbers) {
        try (var cassandra = OneCassandra.session()) {
            Waiting.until(
                    JournalSystem.PATIENCE,
                    () -> rows(cassandra).equals(numbers),
                    () -> "rows " + rows(cassandra) + " instead of " + numbers);
        }
    }

    private List<Long> rows(final CqlSession cassandra) {
        return cassandra
                .execute(
                        "SELECT sequence_nr FROM " + keyspace
                                + ".messages WHERE persistence_id = ? AND partition_nr = 0",
                        id)
                .map(row -> row.getLong("sequence_nr"))
                .all();
    }

    private List<Long> snapshots(final CqlSession cassandra) {
        return cassandra
                .execute("SELECT sequence_nr FROM " + keyspace + ".snapshots WHERE persistence_id = ?", id)
                .map(row -> row.getLong("sequence_nr"))
                .all();
    }
}
