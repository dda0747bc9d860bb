package io.parley.store.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// The newest [Seal] of each entity. Written with the owner's term as the write's timestamp, so that of two the
/// database itself keeps the one by the higher term, in whatever order they arrive.
final class Seals {
    private final CompletionStage<CqlSession> session;
    private final CompletionStage<PreparedStatement> select;
    private final CompletionStage<PreparedStatement> insert;

    /// Those in `keyspace`.
    Seals(final CompletionStage<CqlSession> session, final String keyspace) {
        this.session = session;
        final var table = keyspace + ".log_seals";
        this.select = session.thenCompose(connected ->
                connected.prepareAsync("SELECT by_term, seq, last_term FROM " + table + " WHERE persistence_id = ?"));
        this.insert = session.thenCompose(connected -> connected.prepareAsync("INSERT INTO " + table
                + " (persistence_id, by_term, seq, last_term) VALUES (?, ?, ?, ?) USING TIMESTAMP ?"));
    }

    /// The newest of that entity; [Seal#NONE] if there is none.
    CompletionStage<Seal> of(final String persistenceId) {
        return select.thenCombine(
                        session,
                        (statement, connected) -> connected.executeAsync(
                                statement.bind(persistenceId).setExecutionProfileName(CassandraStore.JOURNAL)))
                .thenCompose(asked -> asked)
                .thenApply(found -> seal(found.one()));
    }

    private static Seal seal(final @Nullable Row row) {
        return row == null ? Seal.NONE : new Seal(term(row, "by_term"), row.getLong("seq"), term(row, "last_term"));
    }

    private static Term term(final Row row, final String column) {
        final var text = Objects.requireNonNullElse(row.getString(column), "");
        return Term.parse(text).orElseThrow(() -> new IllegalStateException("a seal with " + column + " " + text));
    }

    /// Stores it, where it is the newest.
    CompletionStage<?> put(final String persistenceId, final Seal seal) {
        return insert.thenCombine(
                        session,
                        (statement, connected) -> connected.executeAsync(statement
                                .bind(
                                        persistenceId,
                                        seal.by().text(),
                                        seal.seq(),
                                        seal.last().text(),
                                        seal.by().asTimestamp())
                                .setExecutionProfileName(CassandraStore.JOURNAL)))
                .thenCompose(asked -> asked);
    }
}
