package io.parley.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// The tables of the embedded store, as pekko-persistence-jdbc's default DAOs read and write them, and their
/// version.
///
/// Changing them means a new version here, with the statements that lead from the last one to it; a file of an
/// older version is brought forward when it is opened, one of a newer version is refused.
final class Schema {
    /// Kept in the file (`PRAGMA user_version`).
    static final int VERSION = 1;

    /// Says that a SQLite file is Parley's (`PRAGMA application_id`): "Parl" in ASCII.
    static final int APPLICATION_ID = 0x5061726C;

    /// `ordering` is the row id: without AUTOINCREMENT, because the newest event of an entity is never deleted
    /// (only marked), so no number is given twice. The unique index forbids two events of one number, and is
    /// what every query of the plug-in goes through.
    private static final List<String> TABLES = List.of(
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

    private Schema() {}

    /// Writes the tables and the version in one transaction, or, where they are, the version again: either way
    /// the file has been written and synced when this returns.
    static void write(final Connection connection, final int found) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            if (found == 0) {
                for (final var table : TABLES) {
                    statement.execute(table);
                }
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
        return found.equals(TABLES);
    }
}
