package io.parley.store.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Which cluster a keyspace belongs to: a row with a short life that the cluster's oldest member renews and the
/// others read. A second cluster on the same keyspace finds it taken, and never becomes ready; it would be a
/// second writer of everything. When all members die, the row does, [#TTL_SECONDS] later.
final class KeyspaceClaim {
    /// How long the claim of a cluster outlives its last renewal.
    static final int TTL_SECONDS = 12;

    private final CompletionStage<CqlSession> session;
    private final String table;

    /// The claim on `keyspace`.
    KeyspaceClaim(final CompletionStage<CqlSession> session, final String keyspace) {
        this.session = session;
        this.table = keyspace + ".keyspace_claim";
    }

    /// Renews or makes the claim of `cluster`.
    ///
    /// @return who holds it now: `cluster`, or another one
    CompletionStage<UUID> renew(final UUID cluster) {
        return session.thenCompose(connected -> set(connected, cluster, cluster).thenCompose(first -> {
            if (first.wasApplied()) {
                return CompletableFuture.completedStage(cluster);
            }
            final var holder = holder(first.one());
            return holder.map(CompletableFuture::completedStage)
                    .orElseGet(() -> set(connected, cluster, null)
                            .thenApply(second -> second.wasApplied()
                                    ? cluster
                                    : holder(second.one()).orElse(cluster)));
        }));
    }

    private CompletionStage<AsyncResultSet> set(
            final CqlSession connected, final UUID cluster, final @Nullable UUID before) {
        final var statement = SimpleStatement.builder("UPDATE " + table + " USING TTL " + TTL_SECONDS
                        + " SET cluster = ? WHERE id = 'parley' IF cluster = ?")
                .addPositionalValue(cluster)
                .addPositionalValue(before)
                .setExecutionProfileName(CassandraStore.CLAIMS)
                .build();
        return connected.executeAsync(statement);
    }

    /// Who holds it; empty if nobody does.
    CompletionStage<Optional<UUID>> holder() {
        return session.thenCompose(connected -> connected.executeAsync(
                        SimpleStatement.newInstance("SELECT cluster FROM " + table + " WHERE id = 'parley'")
                                .setExecutionProfileName(CassandraStore.CLAIMS)))
                .thenApply(found -> holder(found.one()));
    }

    /// Gives the claim up, if it is `cluster`'s: so a restart of all members need not wait for its end.
    CompletionStage<Boolean> release(final UUID cluster) {
        return session.thenCompose(connected -> connected.executeAsync(SimpleStatement.newInstance(
                                "DELETE cluster FROM " + table + " WHERE id = 'parley' IF cluster = ?", cluster)
                        .setExecutionProfileName(CassandraStore.CLAIMS)))
                .thenApply(AsyncResultSet::wasApplied);
    }

    private static Optional<UUID> holder(final @Nullable Row row) {
        return row == null || !row.getColumnDefinitions().contains("cluster")
                ? Optional.empty()
                : Optional.ofNullable(row.getUuid("cluster"));
    }
}
