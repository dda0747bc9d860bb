package io.parley.store.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Statement;
import com.datastax.oss.driver.api.core.uuid.Uuids;
import io.parley.store.EmbeddedSource;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// Writes rows as pekko-persistence-cassandra (1.1) and [FencedJournal] would have written them, had they been
/// here from the beginning. Everything that is in a row follows from what is moved, its write timestamp from
/// when the move was begun: written twice it is the same row.
final class MovedRows {
    /// Rows of before all claims: whoever takes an entity over finds them as its log ([Lineage]).
    private static final String WRITER = Writer.UNKNOWN.text();

    private static final long HOUR_MILLIS = 3_600_000;

    private final CqlSession session;
    private final long partitionSize;
    private final long timestamp;
    private final PreparedStatement event;
    private final PreparedStatement snapshot;
    private final PreparedStatement entity;
    private final PreparedStatement deletedTo;
    private final PreparedStatement life;
    private final PreparedStatement bound;
    private final PreparedStatement unbound;

    /// Prepares what is to be said to Cassandra, and waits for that.
    ///
    /// @param partitionSize numbers a partition
    /// @param begun         when the move was begun
    MovedRows(final CqlSession session, final String keyspace, final long partitionSize, final Instant begun) {
        this.session = session;
        this.partitionSize = partitionSize;
        this.timestamp = begun.toEpochMilli() * 1_000;
        this.event = session.prepare("INSERT INTO " + keyspace + ".messages (persistence_id, partition_nr, sequence_nr,"
                + " timestamp, timebucket, writer_uuid, ser_id, ser_manifest, event_manifest, event)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', ?)");
        this.snapshot = session.prepare("INSERT INTO " + keyspace + ".snapshots (persistence_id, sequence_nr,"
                + " timestamp, ser_id, ser_manifest, snapshot_data) VALUES (?, ?, ?, ?, ?, ?)");
        this.entity = session.prepare("INSERT INTO " + keyspace + ".all_persistence_ids (persistence_id) VALUES (?)");
        this.deletedTo =
                session.prepare("INSERT INTO " + keyspace + ".metadata (persistence_id, deleted_to) VALUES (?, ?)");
        this.life = session.prepare("INSERT INTO " + keyspace + ".lives (all_in, life, alive) VALUES ('lives', ?, ?)");
        this.bound = session.prepare("INSERT INTO " + keyspace + ".blobs (scope, sha256, bytes) VALUES (?, ?, ?)");
        this.unbound = session.prepare(
                "INSERT INTO " + keyspace + ".unbound_blobs (scope, sha256, bytes) VALUES (?, ?, ?) USING TTL ?");
    }

    /// The partition of that number's row.
    long partition(final long seq) {
        return (seq - 1) / partitionSize;
    }

    /// Stores events of one entity and one partition.
    CompletionStage<?> events(final String persistenceId, final List<EmbeddedSource.Stored> events) {
        if (events.size() == 1) {
            return write(row(persistenceId, events.getFirst()));
        }
        return write(BatchStatement.newInstance(BatchType.UNLOGGED)
                .addAll(events.stream().map(each -> row(persistenceId, each)).toList()));
    }

    private BoundStatement row(final String persistenceId, final EmbeddedSource.Stored each) {
        return event.bind(
                persistenceId,
                partition(each.seq()),
                each.seq(),
                Uuids.startOf(each.millis()), // part of the key: the same each time
                Long.toString(each.millis() - each.millis() % HOUR_MILLIS),
                WRITER,
                each.serializerId(),
                each.manifest(),
                each.payload().duplicate());
    }

    /// Stores a snapshot.
    CompletionStage<?> snapshot(final String persistenceId, final EmbeddedSource.Stored each) {
        return write(snapshot.bind(
                persistenceId,
                each.seq(),
                each.millis(),
                each.serializerId(),
                each.manifest(),
                each.payload().duplicate()));
    }

    /// Stores that there is this entity.
    CompletionStage<?> entity(final String persistenceId) {
        return write(entity.bind(persistenceId));
    }

    /// Stores up to where its events were deleted.
    CompletionStage<?> deletedTo(final String persistenceId, final long seq) {
        return write(deletedTo.bind(persistenceId, seq));
    }

    /// Stores when a life of the node last gave a sign.
    CompletionStage<?> life(final String name, final Instant alive) {
        return session.executeAsync(life.bind(name, alive).setExecutionProfileName(CassandraStore.JOURNAL));
    }

    /// Stores a blob; one that is not bound for as long as it had left at `now`.
    CompletionStage<?> blob(final EmbeddedSource.StoredBlob each, final Instant now) {
        final var sha256 = ByteBuffer.wrap(each.sha256().toArray());
        final var bytes = each.bytes().duplicate();
        return write(each.expires()
                .map(end -> unbound.bind(each.scope(), sha256, bytes, secondsLeft(end, now)))
                .orElseGet(() -> bound.bind(each.scope(), sha256, bytes)));
    }

    private static int secondsLeft(final Instant end, final Instant now) {
        return Math.toIntExact(Math.max(1, Duration.between(now, end).toSeconds()));
    }

    private <S extends Statement<S>> CompletionStage<?> write(final S statement) {
        return session.executeAsync(
                statement.setQueryTimestamp(timestamp).setExecutionProfileName(CassandraStore.JOURNAL));
    }
}
