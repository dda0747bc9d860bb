package io.parley.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The tables of the embedded store and their version: those of events and snapshots, as
/// pekko-persistence-jdbc's default DAOs read and write them, and those of [Blobs].
///
/// Changing them means a new version here, with the statements that lead from the last one to it; a file of an
/// older version is brought forward when it is opened, one of a newer version is refused.
final class Schema {
    /// Kept in the file (`PRAGMA user_version`).
    static final int VERSION = 2;

    /// Says that a SQLite file is Parley's (`PRAGMA application_id`): "Parl" in ASCII.
    static final int APPLICATION_ID = 0x5061726C;

    /// `ordering` is the row id: without AUTOINCREMENT, because the newest event of an entity is never deleted
    /// (only marked), so no number is given twice. The unique index forbids two events of one number, and is
    /// what every query of the plug-in goes through.
    private static final List<String> OF_VERSION_1 = List.of(
            """
            CREATE TABLE event_journal (
              ordering INTEGER PRIMARY KEY,
              persistence_id TEXT NOT NULL,
              sequence_number INTEGER NOT NULL,
              deleted INTEGER NOT NULL DEFAULT 0,
              writer TEXT NOT NULL,
              write_timestamp INTEGER NOT NULL,
              adapter_manifest TEXT NOT NULL,
              event_ser_id INTEGER NOT NULL,
              event_ser_manifest TEXT NOT NULL,
              event_payload BLOB NOT NULL,
              meta_ser_id INTEGER,
              meta_ser_manifest TEXT,
              meta_payload BLOB
            ) STRICT""",
            "CREATE UNIQUE INDEX event_journal_by_entity ON event_journal (persistence_id, sequence_number)",
            // Parley tags nothing; the plug-in names this table in its statements.
            """
            CREATE TABLE event_tag (
              event_id INTEGER NOT NULL REFERENCES event_journal (ordering) ON DELETE CASCADE,
              tag TEXT NOT NULL,
              PRIMARY KEY (event_id, tag)
            ) STRICT, WITHOUT ROWID""",
            """
            CREATE TABLE snapshot (
              persistence_id TEXT NOT NULL,
              sequence_number INTEGER NOT NULL,
              created INTEGER NOT NULL,
              snapshot_ser_id INTEGER NOT NULL,
              snapshot_ser_manifest TEXT NOT NULL,
              snapshot_payload BLOB NOT NULL,
              meta_ser_id INTEGER,
              meta_ser_manifest TEXT,
              meta_payload BLOB,
              PRIMARY KEY (persistence_id, sequence_number)
            ) STRICT""");

    /// The bytes stand apart, since a row is written anew as a whole when one of its columns changes its
    /// length; `expires`, in milliseconds since 1970, is NULL for what is bound.
    private static final List<String> ADDED_BY_VERSION_2 = List.of(
            """
            CREATE TABLE blob (
              id INTEGER PRIMARY KEY,
              scope TEXT NOT NULL,
              sha256 BLOB NOT NULL,
              expires INTEGER
            ) STRICT""",
            "CREATE UNIQUE INDEX blob_by_name ON blob (scope, sha256)",
            "CREATE INDEX blob_by_end ON blob (expires) WHERE expires IS NOT NULL",
            """
            CREATE TABLE blob_bytes (
              id INTEGER PRIMARY KEY,
              bytes BLOB NOT NULL
            ) STRICT""");

    private Schema() {}

    /// Writes the tables that a file of version `found` lacks (0: all) and the version, in one transaction;
    /// where none is lacking, the version again: either way the file has been written and synced when this
    /// returns.
    static void write(final Connection connection, final int found) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            for (final var table : found == 0 ? OF_VERSION_1 : List.<String>of()) {
                statement.execute(table);
            }
            for (final var table : found < VERSION ? ADDED_BY_VERSION_2 : List.<String>of()) {
                statement.execute(table);
            }
            statement.execute("PRAGMA application_id = " + APPLICATION_ID);
            statement.execute("PRAGMA user_version = " + VERSION);
            statement.execute("COMMIT");
        }
    }

    /// Whether the tables are exactly those of [#VERSION].
    static boolean isIn(final Connection connection) throws SQLException {
        final var found = new ArrayList<String>();
        try (var statement = connection.createStatement();
                var result = statement.executeQuery("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL"
                        + " AND name NOT LIKE 'sqlite_%' ORDER BY rowid")) { // sqlite_stat1: of PRAGMA optimize
            while (result.next()) {
                found.add(result.getString(1));
            }
        }
        return found.equals(Stream.concat(OF_VERSION_1.stream(), ADDED_BY_VERSION_2.stream())
                .toList());
    }
}
