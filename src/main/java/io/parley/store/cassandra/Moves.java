package io.parley.store.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.servererrors.InvalidQueryException;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// The one [Move] into a keyspace, if there was one.
final class Moves {
    private static final String COLUMNS =
            "fingerprint, begun, events, done, at_persistence_id, at_seq, at_blob, finished";

    private final CqlSession session;
    private final String table;

    /// That of `keyspace`.
    Moves(final CqlSession session, final String keyspace) {
        this.session = session;
        this.table = keyspace + ".moves";
    }

    /// Fails with [InvalidQueryException] if there is no table for it, or an older one.
    CompletionStage<Optional<Move>> read() {
        return session.executeAsync(statement("SELECT " + COLUMNS + " FROM " + table + " WHERE id = 'embedded'"))
                .thenApply(found -> Optional.ofNullable(found.one()).map(Moves::move));
    }

    /// Whether one was begun and not finished. In a keyspace of before there were moves it was not.
    CompletionStage<Boolean> unfinished() {
        return read().thenApply(
                        found -> found.filter(move -> move.finished().isEmpty()).isPresent())
                .exceptionallyCompose(failure -> Patience.cause(failure) instanceof InvalidQueryException
                        ? CompletableFuture.completedStage(false)
                        : CompletableFuture.failedStage(failure));
    }

    private static Move move(final Row row) {
        return new Move(
                text(row, "fingerprint"),
                Objects.requireNonNull(row.getInstant("begun"), "a move without its beginning"),
                row.getLong("events"),
                row.getLong("done"),
                new Move.Place(text(row, "at_persistence_id"), row.getLong("at_seq"), row.getLong("at_blob")),
                Optional.ofNullable(row.getInstant("finished")));
    }

    private static String text(final Row row, final String column) {
        return Objects.requireNonNullElse(row.getString(column), "");
    }

    /// Stores it.
    CompletionStage<?> write(final Move move) {
        final @Nullable Instant finished = move.finished().orElse(null);
        return session.executeAsync(statement(
                "INSERT INTO " + table + " (id, " + COLUMNS + ") VALUES ('embedded', ?, ?, ?, ?, ?, ?, ?, ?)",
                move.fingerprint(),
                move.begun(),
                move.events(),
                move.done(),
                move.at().persistenceId(),
                move.at().seq(),
                move.at().blob(),
                finished));
    }

    private static SimpleStatement statement(final String query, final @Nullable Object... values) {
        final var builder = SimpleStatement.builder(query);
        for (final var value : values) {
            builder.addPositionalValue(value);
        }
        return builder.setExecutionProfileName(CassandraStore.CLAIMS).build();
    }
}
