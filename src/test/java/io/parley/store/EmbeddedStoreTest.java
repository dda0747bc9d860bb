package io.parley.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EmbeddedStoreTest {
    @TempDir
    Path parent;

    @Test
    void a_missing_directory_is_made_for_its_owner_alone() throws Exception {
        final var directory = parent.resolve("a/b/data");
        try (var store = EmbeddedStore.open(directory)) {
            assertEquals(directory.toAbsolutePath(), store.directory());
            assertEquals("rwx------", permissions(directory));
            try (var files = Files.list(directory)) {
                for (final var file : files.filter(path -> path.toString().contains("parley.db"))
                        .toList()) {
                    assertEquals("rw-------", permissions(file), file.toString());
                }
            }
        }
    }

    @Test
    void the_database_is_the_owners_alone_also_in_a_directory_that_is_not() throws Exception {
        final var directory = Files.createDirectory(parent.resolve("data"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        EmbeddedStore.open(directory).close();
        assertEquals("rwxr-xr-x", permissions(directory));
        assertEquals("rw-------", permissions(directory.resolve("parley.db")));
    }

    @Test
    void a_second_start_on_the_same_directory_is_refused_also_by_another_path_to_it() throws Exception {
        final var directory = parent.resolve("data");
        final var alias = Files.createSymbolicLink(parent.resolve("alias"), directory);
        try (var store = EmbeddedStore.open(directory)) {
            assertEquals(
                    "The data directory " + directory + " is in use by another Parley: stop that one, or start this"
                            + " one with another PARLEY_DATA_DIR",
                    refusal(directory));
            assertTrue(refusal(alias).contains("is in use by another Parley"));
            assertTrue(store.directory().equals(directory));
        }
        EmbeddedStore.open(directory).close();
    }

    @Test
    void another_process_is_refused_also_after_this_one_has_tried_twice() throws Exception {
        final var directory = parent.resolve("data");
        try (var store = EmbeddedStore.open(directory)) {
            assertTrue(refusal(directory).contains("in use")); // must not give up the lock of the first
            final var other = new ChildJvm(OpenAndClose.class, store.directory().toString());
            assertEquals(
                    List.of("refused: The data directory " + directory + " is in use by another Parley: stop that one,"
                            + " or start this one with another PARLEY_DATA_DIR"),
                    other.outputToItsEnd());
        }
        assertEquals(List.of("opened"), new ChildJvm(OpenAndClose.class, directory.toString()).outputToItsEnd());
    }

    @Test
    void a_store_is_opened_again_as_it_was_left() throws Exception {
        final var directory = parent.resolve("data");
        EmbeddedStore.open(directory).close();
        execute(
                directory,
                "INSERT INTO snapshot VALUES ('a', 1, 2, 3, 'm', x'00', NULL, NULL, NULL)",
                "PRAGMA optimize");
        EmbeddedStore.open(directory).close();
        assertEquals("1", query(directory, "SELECT count(*) FROM snapshot"));
        assertEquals("wal", query(directory, "PRAGMA journal_mode"));
        assertEquals(Integer.toString(Schema.VERSION), query(directory, "PRAGMA user_version"));
        assertEquals(Integer.toString(Schema.APPLICATION_ID), query(directory, "PRAGMA application_id"));
    }

    @Test
    void closing_leaves_one_whole_file_that_can_be_copied() throws Exception {
        final var directory = parent.resolve("data");
        EmbeddedStore.open(directory).close();
        assertFalse(Files.exists(directory.resolve("parley.db-wal")));
        assertEquals("ok", query(directory, "PRAGMA integrity_check"));
    }

    @Test
    void an_empty_file_is_a_store_to_be_made() throws Exception {
        final var directory = Files.createDirectory(parent.resolve("data"));
        Files.createFile(directory.resolve("parley.db")); // a start that was killed at once
        EmbeddedStore.open(directory).close();
        assertEquals("0", query(directory, "SELECT count(*) FROM event_journal"));
    }

    @Test
    void a_store_of_a_newer_version_is_refused_and_left_alone() throws Exception {
        final var directory = parent.resolve("data");
        EmbeddedStore.open(directory).close();
        execute(directory, "PRAGMA user_version = 3");
        assertEquals(
                "The store " + directory.resolve("parley.db")
                        + " was written by a newer Parley (format 3, this one reads up to 2): start that version",
                refusal(directory));
        assertEquals("3", query(directory, "PRAGMA user_version"));
    }

    /// As the version before left it: its own statements, and something in each table.
    @Test
    void a_store_of_the_version_before_is_brought_forward_with_all_that_is_in_it() throws Exception {
        final var directory = Files.createDirectory(parent.resolve("data"));
        final var before = Files.readString(Path.of("src/test/resources/store/embedded-1.sql"));
        execute(directory, before.split(";\n", -1));
        EmbeddedStore.open(directory).close();
        assertEquals("2", query(directory, "PRAGMA user_version"));
        assertEquals("hello", query(directory, "SELECT event_payload FROM event_journal WHERE sequence_number = 7"));
        assertEquals("1", query(directory, "SELECT count(*) FROM snapshot"));
        assertEquals("0", query(directory, "SELECT count(*) FROM blob JOIN blob_bytes USING (id)"));
        EmbeddedStore.open(directory).close(); // as it was made by this version
        assertEquals("ok", query(directory, "PRAGMA integrity_check"));
    }

    @Test
    void a_store_of_the_version_before_whose_tables_are_not_ours_is_left_alone() throws Exception {
        final var directory = Files.createDirectory(parent.resolve("data"));
        final var before = Files.readString(Path.of("src/test/resources/store/embedded-1.sql"));
        execute(directory, before.split(";\n", -1));
        execute(directory, "CREATE TABLE blob (recipe TEXT)");
        assertTrue(refusal(directory).contains("cannot be opened"), refusal(directory));
        assertEquals("1", query(directory, "PRAGMA user_version"));
    }

    @Test
    void a_store_whose_tables_are_not_ours_is_refused() throws Exception {
        final var directory = parent.resolve("data");
        EmbeddedStore.open(directory).close();
        execute(directory, "ALTER TABLE event_journal RENAME COLUMN writer TO author");
        assertEquals(
                "The store " + directory.resolve("parley.db") + " does not have the tables of its format 2: restore it"
                        + " from a backup",
                refusal(directory));
    }

    @Test
    void a_database_of_another_program_is_refused_and_left_alone() throws Exception {
        final var directory = Files.createDirectory(parent.resolve("data"));
        execute(directory, "CREATE TABLE recipe (name TEXT)");
        assertEquals(
                "The file " + directory.resolve("parley.db")
                        + " is a database of another program: name another PARLEY_DATA_DIR",
                refusal(directory));
        assertEquals("1", query(directory, "SELECT count(*) FROM sqlite_schema"));
        assertEquals("delete", query(directory, "PRAGMA journal_mode"));
    }

    @Test
    void a_file_that_is_no_database_is_refused_and_left_alone() throws Exception {
        final var directory = Files.createDirectory(parent.resolve("data"));
        final var file = Files.writeString(directory.resolve("parley.db"), "milk, eggs, flour\n".repeat(1_000));
        assertEquals(
                "The file " + file + " is damaged or not a database: restore it from a backup, or move it away",
                refusal(directory));
        assertTrue(Files.readString(file).startsWith("milk"));
    }

    @Test
    void a_store_cut_off_at_its_end_is_refused_as_damaged() throws Exception {
        final var directory = parent.resolve("data");
        EmbeddedStore.open(directory).close();
        final var file = directory.resolve("parley.db");
        final var bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
        assertEquals("The store " + file + " is damaged: restore it from a backup", refusal(directory));
    }

    @Test
    void a_file_in_the_place_of_the_directory_is_refused() throws Exception {
        final var file = Files.createFile(parent.resolve("data"));
        assertEquals("The data directory " + file + " is not a directory", refusal(file));
        assertEquals(
                "The data directory " + file.resolve("below") + " cannot be made: Not a directory",
                refusal(file.resolve("below")));
    }

    @Test
    void a_name_that_the_driver_would_misread_is_refused() {
        assertTrue(refusal(parent.resolve("what?")).endsWith("must not have a ? in its name"));
    }

    @Test
    void a_place_where_nothing_can_be_written_is_refused() {
        // Also for root, whom permissions do not stop.
        assertTrue(refusal(Path.of("/proc/parley")).startsWith("The data directory /proc/parley cannot be made"));
    }

    @Test
    void after_a_refusal_the_directory_is_free() throws Exception {
        final var directory = Files.createDirectory(parent.resolve("data"));
        final var file = Files.writeString(directory.resolve("parley.db"), "not a database".repeat(1_000));
        refusal(directory);
        Files.delete(file);
        EmbeddedStore.open(directory).close();
    }

    private static String refusal(final Path directory) {
        final var message = assertThrows(
                        StoreException.class,
                        () -> EmbeddedStore.open(directory).close())
                .getMessage();
        assertFalse(String.valueOf(message).contains("\n"));
        return String.valueOf(message);
    }

    private static String permissions(final Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static void execute(final Path directory, final String... statements) throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("parley.db"));
                var statement = connection.createStatement()) {
            for (final var sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static String query(final Path directory, final String sql) throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("parley.db"));
                var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            return result.next() ? result.getString(1) : "";
        }
    }

    /// What another process says that opens the store.
    static final class OpenAndClose {
        private OpenAndClose() {}

        public static void main(final String[] arguments) {
            try {
                EmbeddedStore.open(Path.of(arguments[0])).close();
                System.out.println("opened");
            } catch (final StoreException e) {
                System.out.println("refused: " + e.getMessage());
            }
        }
    }
}
