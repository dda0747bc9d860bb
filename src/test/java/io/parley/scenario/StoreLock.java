package io.parley.scenario;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/// Another program that holds the write lock of a node's database. The node's writes wait for it, for 2 s; then
/// each fails.
final class StoreLock implements AutoCloseable {
    private final Connection connection;

    private StoreLock(final Connection connection) {
        this.connection = connection;
    }

    /// Takes the lock of the store in a data directory.
    static StoreLock take(final Path data) {
        try {
            final var connection =
                    DriverManager.getConnection("jdbc:sqlite:" + data.resolve("parley.db") + "?busy_timeout=10000");
            try (var statement = connection.createStatement()) {
                statement.execute("BEGIN IMMEDIATE");
            }
            return new StoreLock(connection);
        } catch (final SQLException failed) {
            throw new AssertionError("the lock cannot be had", failed);
        }
    }

    /// Gives it back; nothing was written.
    @Override
    public void close() {
        try (connection;
                var statement = connection.createStatement()) {
            statement.execute("ROLLBACK");
        } catch (final SQLException failed) {
            throw new AssertionError("the lock cannot be given back", failed);
        }
    }
}
