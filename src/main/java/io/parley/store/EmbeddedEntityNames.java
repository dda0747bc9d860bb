package io.parley.store;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import org.sqlite.SQLiteConfig;

/// The names of entities in the embedded store, in ASCII order.
///
/// Each page has a connection of its own that can only read, so that it neither waits for the writer nor takes
/// a connection from those who read history. It jumps from one entity to the next in the index: what a page
/// costs does not depend on how many events there are.
final class EmbeddedEntityNames implements EntityNames {
    private static final int AT_ONCE = 2;

    /// Above every character that names and prefixes may have.
    private static final String END = "\u007f";

    private static final String NAMES = """
            WITH RECURSIVE entity(id) AS (
              SELECT min(persistence_id) FROM event_journal
                WHERE persistence_id >= ?1 AND persistence_id > ?2 AND persistence_id < ?3
              UNION ALL
              SELECT (SELECT min(persistence_id) FROM event_journal
                        WHERE persistence_id > entity.id AND persistence_id < ?3)
                FROM entity WHERE entity.id IS NOT NULL
            )
            SELECT id FROM entity WHERE id IS NOT NULL LIMIT ?4""";

    private final Path file;
    private final Semaphore places = new Semaphore(AT_ONCE);

    EmbeddedEntityNames(final Path file) {
        this.file = file;
    }

    @Override
    public CompletionStage<Page> page(final Query query) {
        if (!places.tryAcquire()) {
            return CompletableFuture.failedStage(new RejectedExecutionException("the store is being listed already"));
        }
        final var page = new CompletableFuture<Page>();
        Thread.ofPlatform().daemon().name("entity-names").start(() -> {
            try {
                final var read = read(query);
                places.release(); // first: who has a page may ask for the next at once
                page.complete(read);
            } catch (final SQLException | RuntimeException failed) {
                places.release();
                page.completeExceptionally(failed);
            }
        });
        return page.minimalCompletionStage();
    }

    private Page read(final Query query) throws SQLException {
        final var settings = new SQLiteConfig();
        settings.setReadOnly(true);
        settings.setBusyTimeout(2_000);
        final var found = new ArrayList<String>();
        try (var connection = settings.createConnection("jdbc:sqlite:" + file);
                var statement = connection.prepareStatement(NAMES)) {
            statement.setString(1, query.begin());
            statement.setString(2, query.after().orElse(""));
            statement.setString(3, query.begin() + END);
            statement.setInt(4, query.limit() + 1); // one more says whether there are more
            try (var result = statement.executeQuery()) {
                while (result.next()) {
                    found.add(result.getString(1));
                }
            }
        }
        final boolean more = found.size() > query.limit();
        final var here = more ? found.subList(0, query.limit()) : found;
        return new Page(here.stream().map(query::name).toList(), more ? Optional.of(here.getLast()) : Optional.empty());
    }
}
