package io.parley.store.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.parley.store.EntityNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;

/// The names of entities in Cassandra, in the order of their tokens: none that a person would see. There is one
/// list for all kinds and no index by name, so a page reads through it, [#READ_MAX] names at most, and may come
/// back short.
final class CassandraEntityNames implements EntityNames {
    /// Names read for one page.
    static final int READ_MAX = 20_000;

    private static final int AT_ONCE = 2;
    private static final int ROWS = 1_000;

    private final CompletionStage<CqlSession> session;
    private final String select;
    private final Semaphore places = new Semaphore(AT_ONCE);

    CassandraEntityNames(final CompletionStage<CqlSession> session, final String keyspace) {
        this.session = session;
        this.select = "SELECT persistence_id FROM " + keyspace + ".all_persistence_ids";
    }

    @Override
    public CompletionStage<Page> page(final Query query) {
        if (!places.tryAcquire()) {
            return CompletableFuture.failedStage(new RejectedExecutionException("the store is being listed already"));
        }
        return session.thenCompose(connected -> connected.executeAsync(statement(query)))
                .thenCompose(first -> gather(first, query, new ArrayList<>(), 0))
                .whenComplete((_, _) -> places.release());
    }

    private SimpleStatement statement(final Query query) {
        final var all = query.after()
                .map(after -> SimpleStatement.newInstance(select + " WHERE token(persistence_id) > token(?)", after))
                .orElseGet(() -> SimpleStatement.newInstance(select));
        return all.setPageSize(ROWS).setExecutionProfileName(CassandraStore.JOURNAL);
    }

    private static CompletionStage<Page> gather(
            final AsyncResultSet rows, final Query query, final List<String> names, final int readBefore) {
        int read = readBefore;
        for (final var row : rows.currentPage()) {
            final var id = row.getString("persistence_id");
            read++;
            if (id != null && id.startsWith(query.begin())) {
                names.add(query.name(id));
            }
            if (id != null && (names.size() == query.limit() || read == READ_MAX)) {
                return CompletableFuture.completedStage(new Page(names, Optional.of(id)));
            }
        }
        final int soFar = read;
        return rows.hasMorePages()
                ? rows.fetchNextPage().thenCompose(next -> gather(next, query, names, soFar))
                : CompletableFuture.completedStage(new Page(names, Optional.empty()));
    }
}
