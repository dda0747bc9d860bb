package io.parley.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.parley.store.EntityNames.Page;
import io.parley.store.EntityNames.Query;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The list of entities in a node's one file.
final class EmbeddedEntityNamesTest {
    private final EmbeddedStore store;
    private final EntityNames names;

    EmbeddedEntityNamesTest(@TempDir final Path directory) throws StoreException {
        store = EmbeddedStore.open(directory);
        names = new EmbeddedEntityNames(store.file());
    }

    @BeforeEach
    void fill() throws SQLException {
        for (final var entity : List.of("account", "accounting", "user")) {
            for (final var name : List.of("ada", "bo", "bo-2", "bo.b", "bob", "zoe")) {
                store(entity + "|" + name, 1 + name.length());
            }
        }
        store("conversation|ada~bo", 500);
    }

    @AfterEach
    void close() throws StoreException {
        store.close();
    }

    private void store(final String persistenceId, final int events) throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + store.file());
                var insert = connection.prepareStatement("INSERT INTO event_journal (persistence_id, sequence_number,"
                        + " writer, write_timestamp, adapter_manifest, event_ser_id, event_ser_manifest, event_payload)"
                        + " VALUES (?, ?, '', 0, '', 0, '', x'00')")) {
            connection.setAutoCommit(false);
            for (int seq = 1; seq <= events; seq++) {
                insert.setString(1, persistenceId);
                insert.setInt(2, seq);
                insert.executeUpdate();
            }
            connection.commit();
        }
    }

    private Page page(final String prefix, final Optional<String> after, final int limit) {
        return names.page(new Query("account", prefix, after, limit))
                .toCompletableFuture()
                .join();
    }

    @Test
    void each_entity_of_the_kind_is_named_once_in_order() {
        final var page = page("", Optional.empty(), 100);
        assertEquals(List.of("ada", "bo", "bo-2", "bo.b", "bob", "zoe"), page.names());
        assertEquals(Optional.empty(), page.next());
    }

    @Test
    void pages_of_any_size_come_to_the_whole() {
        for (int limit = 1; limit <= 7; limit++) {
            final var found = new ArrayList<String>();
            Optional<String> next = Optional.empty();
            do {
                final var page = page("", next, limit);
                found.addAll(page.names());
                next = page.next();
            } while (next.isPresent());
            assertEquals(List.of("ada", "bo", "bo-2", "bo.b", "bob", "zoe"), found, "by " + limit);
        }
    }

    @Test
    void a_prefix_is_a_prefix() {
        assertEquals(
                List.of("bo", "bo-2", "bo.b", "bob"),
                page("bo", Optional.empty(), 100).names());
        assertEquals(List.of("bob"), page("bob", Optional.empty(), 100).names());
        assertEquals(List.of(), page("c", Optional.empty(), 100).names());
        assertEquals(List.of("zoe"), page("z", Optional.of("account|bo"), 100).names());
        assertEquals(List.of(), page("a", Optional.of("account|bo"), 100).names());
    }

    @Test
    void what_is_registered_between_two_pages_changes_no_other_name() throws SQLException {
        final var first = page("", Optional.empty(), 3);
        store("account|aaron", 1);
        store("account|carl", 1);
        final var rest = page("", first.next(), 100);
        assertEquals(List.of("bo.b", "bob", "carl", "zoe"), rest.names());
        final var both = new TreeSet<>(first.names());
        both.addAll(rest.names());
        assertEquals(7, both.size());
    }

    @Test
    void a_page_has_a_limit() {
        assertThrows(IllegalArgumentException.class, () -> page("", Optional.empty(), 0));
        assertThrows(IllegalArgumentException.class, () -> page("", Optional.empty(), EntityNames.NAMES_MAX + 1));
    }
}
