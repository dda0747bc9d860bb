package io.parley.store.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Numbers for whoever begins to write a shard's entities: each claim gets one that is higher than all before
/// it, whoever made them, by one lightweight transaction. So the rows of a later owner outrank those of an
/// earlier one whatever any clock says ([Lineage]). One claim a shard and owner, not one an entity: a thousand
/// entities that move cost one.
///
/// Source of the idea: fencing tokens (Martin Kleppmann, "How to do distributed locking", 2016), here resolved
/// by the reader, since the journal cannot compare and set.
final class WriterEpochs {
    /// Rounds of losing against somebody else, or of not knowing: then the claim fails and whoever wants it
    /// tries again.
    private static final int TRIES = 8;

    private final CompletionStage<CqlSession> session;
    private final String table;

    /// The claims in `keyspace`.
    WriterEpochs(final CompletionStage<CqlSession> session, final String keyspace) {
        this.session = session;
        this.table = keyspace + ".writer_epochs";
    }

    /// The next number for `writer`. Fails if the database does not answer.
    CompletionStage<Long> claim(final String writer) {
        return session.thenCompose(
                connected -> current(connected, writer).thenCompose(now -> from(connected, writer, now, TRIES)));
    }

    private CompletionStage<@Nullable Long> current(final CqlSession connected, final String writer) {
        // Not a serial read: a stale number only costs the transaction below one more round.
        return connected
                .executeAsync(statement("SELECT epoch FROM " + table + " WHERE writer = ?", writer))
                .thenApply(found -> {
                    final var row = found.one();
                    return row == null || row.isNull("epoch") ? null : row.getLong("epoch");
                });
    }

    private CompletionStage<Long> from(
            final CqlSession connected, final String writer, final @Nullable Long now, final int tries) {
        if (tries == 0) {
            return CompletableFuture.failedStage(new IllegalStateException("others claim " + writer + " all the time"));
        }
        final long next = now == null ? 1 : now + 1;
        return connected
                .executeAsync(statement(
                        "UPDATE " + table + " SET epoch = ? WHERE writer = ? IF epoch = ?", next, writer, now))
                .thenCompose(outcome -> outcome.wasApplied()
                        ? CompletableFuture.completedStage(next)
                        : from(connected, writer, epochIn(outcome), tries - 1));
    }

    private static @Nullable Long epochIn(final AsyncResultSet refused) {
        final var row = refused.one();
        return row == null || !row.getColumnDefinitions().contains("epoch") || row.isNull("epoch")
                ? null
                : row.getLong("epoch");
    }

    private static SimpleStatement statement(final String query, final @Nullable Object... values) {
        final var builder = SimpleStatement.builder(query);
        for (final var value : values) {
            builder.addPositionalValue(value);
        }
        return builder.setExecutionProfileName(CassandraStore.EPOCHS).build();
    }
}
