package io.parley.store.cassandra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.parley.store.EntityNames.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/// The list of entities in Cassandra, among those of other tests.
@Tag("slow")
@DisabledIfSystemProperty(named = "parley.cassandra.skip", matches = "true")
final class CassandraEntityNamesTest {
    private static final List<String> OURS = List.of("list.ada", "list.bo", "list.bo-2", "list.bob", "list.zoe");

    private static void fill(final CqlSession cassandra) {
        for (final var kind : List.of("account", "accounting", "user", "conversation")) {
            for (final var name : OURS) {
                cassandra.execute(SimpleStatement.newInstance(
                        "INSERT INTO " + OneCassandra.keyspace() + ".all_persistence_ids (persistence_id) VALUES (?)",
                        kind + "|" + name));
            }
        }
    }

    @Test
    void pages_of_any_size_come_to_each_name_once() {
        try (var cassandra = OneCassandra.session()) {
            fill(cassandra);
            final var names =
                    new CassandraEntityNames(CompletableFuture.completedStage(cassandra), OneCassandra.keyspace());
            for (int limit = 1; limit <= 6; limit++) {
                final var found = new ArrayList<String>();
                Optional<String> next = Optional.empty();
                do {
                    final var page = names.page(new Query("account", "list.", next, limit))
                            .toCompletableFuture()
                            .join();
                    assertTrue(page.names().size() <= limit, page.toString());
                    found.addAll(page.names());
                    next = page.next();
                } while (next.isPresent());
                assertEquals(OURS.size(), found.size(), found.toString());
                assertEquals(new TreeSet<>(OURS), new TreeSet<>(found), "by " + limit);
            }
        }
    }

    @Test
    void a_prefix_is_a_prefix() {
        try (var cassandra = OneCassandra.session()) {
            fill(cassandra);
            final var names =
                    new CassandraEntityNames(CompletableFuture.completedStage(cassandra), OneCassandra.keyspace());
            final var page = names.page(new Query("account", "list.bo", Optional.empty(), 100))
                    .toCompletableFuture()
                    .join();
            assertEquals(new TreeSet<>(List.of("list.bo", "list.bo-2", "list.bob")), new TreeSet<>(page.names()));
        }
    }
}
