package io.parley.store.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/// The rows of the journal, read with this package's own statement: pekko-persistence-cassandra's query ends at
/// the first row of the number it was asked for, and so never sees that there are two.
///
/// Knows the plug-in's layout (1.1): an entity's first `target-partition-size` numbers are in partition 0, the
/// next in partition 1, and so on ([FencedJournal] lets no write cross from one to the next).
final class JournalRows {
    /// A row.
    ///
    /// @param seq          the entity's number for it
    /// @param writer       who wrote it
    /// @param serializerId how to read `event`
    /// @param manifest     how to read `event`
    /// @param event        the event's bytes
    record StoredRow(long seq, Writer writer, int serializerId, String manifest, ByteBuffer event)
            implements Lineage.Row {
        /// A copy of the event's bytes.
        byte[] bytes() {
            final var bytes = new byte[event.remaining()];
            event.duplicate().get(bytes);
            return bytes;
        }
    }

    private final CompletionStage<CqlSession> session;
    private final CompletionStage<PreparedStatement> select;
    private final long partitionSize;

    /// Rows of `keyspace`.
    ///
    /// @param partitionSize numbers a partition; never changes once there is data
    JournalRows(final CompletionStage<CqlSession> session, final String keyspace, final long partitionSize) {
        this.session = session;
        this.partitionSize = partitionSize;
        this.select = session.thenCompose(connected -> connected.prepareAsync("SELECT sequence_nr, writer_uuid,"
                + " ser_id, ser_manifest, event FROM " + keyspace
                + ".messages WHERE persistence_id = ? AND partition_nr = ?"
                + " AND sequence_nr >= ? AND sequence_nr <= ?"));
    }

    /// Gives `each` the rows of `persistenceId` with numbers from `from` to `to`, both included, ascending;
    /// then completes. One call of `each` at a time, on whichever thread.
    ///
    /// Fails with the driver's error, or with what `each` throws.
    CompletionStage<Void> read(
            final String persistenceId,
            final long from,
            final long to,
            final int pageSize,
            final Consumer<StoredRow> each) {
        return partition(new Reading(persistenceId, from, to, pageSize, each), from - 1);
    }

    private record Reading(String persistenceId, long from, long to, int pageSize, Consumer<StoredRow> each) {}

    /// @param known numbers up to here are in partitions read before
    private CompletionStage<Void> partition(final Reading reading, final long known) {
        final long number = known / partitionSize; // of the number after it
        return select.thenCombine(
                        session,
                        (statement, connected) -> connected.executeAsync(statement
                                .bind(reading.persistenceId(), number, reading.from(), reading.to())
                                .setPageSize(reading.pageSize())
                                .setExecutionProfileName(CassandraStore.JOURNAL)))
                .thenCompose(asked -> asked)
                .thenCompose(page -> pages(page, reading, known))
                .thenCompose(last -> last == (number + 1) * partitionSize && last < reading.to()
                        ? partition(reading, last)
                        : CompletableFuture.completedStage(null));
    }

    /// @return the last number seen
    private static CompletionStage<Long> pages(final AsyncResultSet page, final Reading reading, final long before) {
        long last = before;
        for (final Row row : page.currentPage()) {
            final var stored = stored(row);
            last = stored.seq();
            reading.each().accept(stored);
        }
        final long seen = last;
        return page.hasMorePages()
                ? page.fetchNextPage().thenCompose(next -> pages(next, reading, seen))
                : CompletableFuture.completedStage(seen);
    }

    private static StoredRow stored(final Row row) {
        return new StoredRow(
                row.getLong("sequence_nr"),
                Writer.parse(Objects.requireNonNullElse(row.getString("writer_uuid"), "")),
                row.getInt("ser_id"),
                Objects.requireNonNullElse(row.getString("ser_manifest"), ""),
                Objects.requireNonNull(row.getByteBuffer("event"), "a row without its event"));
    }
}
