package io.parley.store.cassandra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.datastax.oss.driver.api.core.CqlSession;
import io.parley.content.Octets;
import io.parley.store.Checksum;
import io.parley.store.StoreException;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/// A keyspace that was made before there were blobs, and what becomes of it.
@Tag("slow")
@DisabledIfSystemProperty(named = "parley.cassandra.skip", matches = "true")
@Order(8)
final class CassandraSchemaTest {
    private static final String KEYSPACE = "parley_before";

    /// All of the first script, and nothing of the second.
    @BeforeEach
    void the_version_before_has_made_the_tables() throws StoreException {
        schema();
        try (var cassandra = OneCassandra.session()) {
            for (final var statement : List.of(
                    "DROP TABLE " + KEYSPACE + ".blobs",
                    "DROP TABLE " + KEYSPACE + ".unbound_blobs",
                    "ALTER TABLE " + KEYSPACE + ".moves DROP at_blob",
                    "DELETE FROM " + KEYSPACE + ".schema_version WHERE id = 'parley-additions'")) {
                cassandra.execute(statement);
            }
        }
    }

    private static void schema() throws StoreException {
        OneCassandra.makeTables(KEYSPACE);
    }

    private static CassandraSchema.Found look(final CqlSession cassandra) {
        return JournalSystem.await(CassandraSchema.look(cassandra, KEYSPACE));
    }

    @Test
    void a_node_says_which_command_adds_what_it_lacks_and_starts_when_that_has_been_run() throws Exception {
        final var refused = assertThrows(CompletionException.class, () -> new JournalSystem(KEYSPACE, ""));
        assertTrue(String.valueOf(refused.getMessage()).contains("run its command `schema` first"));
        schema();
        schema(); // may be repeated
        try (var system = new JournalSystem(KEYSPACE, "")) {
            final var bytes = new byte[] {1};
            JournalSystem.await(
                    system.store().blobs().put("a", Octets.of(Checksum.sha256().digest(bytes)), bytes));
        }
    }

    @Test
    void nodes_of_the_version_before_find_the_version_that_they_know() throws Exception {
        try (var cassandra = OneCassandra.session()) {
            assertEquals(new CassandraSchema.Found(1, 1), look(cassandra));
            schema();
            assertEquals(new CassandraSchema.Found(1, 2), look(cassandra));
            final var known = cassandra
                    .execute("SELECT version FROM " + KEYSPACE + ".schema_version WHERE id = 'parley'")
                    .map(row -> row.getInt(0))
                    .all();
            assertEquals(List.of(1), known);
        }
    }
}
