package io.parley.store.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.parley.store.Lives;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Signs of life of all nodes, in one small partition whose rows end after 60 days. With each sign of its own a
/// node reads those of the others, so what it says of them is a few seconds old.
final class CassandraLives implements Lives {
    private static final Logger LOG = LoggerFactory.getLogger(CassandraLives.class);

    /// More lives than that within 60 days are not read.
    private static final int LIVES_MAX = 5_000;

    private final CompletionStage<CqlSession> session;
    private final String table;
    private final String life;
    private final InstantSource clock;
    private final Runnable failed;
    private final AtomicBoolean underWay = new AtomicBoolean();
    private volatile Map<String, Instant> known = Map.of();

    /// @param life   the name of the life that begins: not used before
    /// @param failed called for each sign that could not be written
    CassandraLives(
            final CompletionStage<CqlSession> session,
            final String keyspace,
            final String life,
            final InstantSource clock,
            final Runnable failed) {
        this.session = session;
        this.table = keyspace + ".lives";
        this.life = life;
        this.clock = clock;
        this.failed = failed;
    }

    @Override
    public String life() {
        return life;
    }

    @Override
    public Optional<Instant> lastAlive(final String of) {
        return of.equals(life) ? Optional.of(clock.instant()) : Optional.ofNullable(known.get(of));
    }

    @Override
    public void alive() {
        if (!underWay.compareAndSet(false, true)) {
            return;
        }
        final var _ = session.thenCompose(this::write).whenComplete((_, failure) -> {
            underWay.set(false);
            if (failure != null) {
                failed.run();
                LOG.warn("the sign of life could not be written: {}", failure.getMessage());
            }
        });
    }

    private CompletionStage<Void> write(final CqlSession connected) {
        return connected
                .executeAsync(statement(
                        "INSERT INTO " + table + " (all_in, life, alive) VALUES ('lives', ?, ?)",
                        life,
                        clock.instant()))
                .thenCompose(_ -> connected.executeAsync(
                        statement("SELECT life, alive FROM " + table + " WHERE all_in = 'lives' LIMIT " + LIVES_MAX)))
                .thenCompose(first -> gather(first, new HashMap<>()));
    }

    private CompletionStage<Void> gather(final AsyncResultSet page, final Map<String, Instant> lives) {
        for (final var row : page.currentPage()) {
            final var name = row.getString("life");
            final var at = row.getInstant("alive");
            if (name != null && at != null) {
                lives.put(name, at);
            }
        }
        if (page.hasMorePages()) {
            return page.fetchNextPage().thenCompose(next -> gather(next, lives));
        }
        known = Map.copyOf(lives);
        return CompletableFuture.completedStage(null);
    }

    private static SimpleStatement statement(final String query, final Object... values) {
        return SimpleStatement.newInstance(query, values).setExecutionProfileName(CassandraStore.CLAIMS);
    }
}
