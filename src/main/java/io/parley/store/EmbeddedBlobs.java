package io.parley.store;

import io.parley.content.Octets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;

/// Blobs in the embedded store's one file, in two tables: names and times are small rows that change, the bytes
/// (a page of 4 KiB each 4 KiB) are written once and only go.
///
/// Written through the connection of the journal, one transaction and sync each; read on a connection of their
/// own, beside the writer. Checks nothing: [BoundedBlobs] stands before it.
final class EmbeddedBlobs implements Blobs, AutoCloseable {
    /// Blobs removed in one transaction, at most: 8 MiB of pages to be walked while events wait.
    static final int SWEPT_AT_ONCE = 8;

    private static final String PUT = "INSERT INTO blob (scope, sha256, expires) VALUES (?, ?, ?)"
            + " ON CONFLICT (scope, sha256) DO UPDATE SET expires = excluded.expires WHERE expires IS NOT NULL";
    private static final String PUT_BYTES = "INSERT INTO blob_bytes (id, bytes)"
            + " SELECT id, ? FROM blob WHERE scope = ? AND sha256 = ? ON CONFLICT (id) DO NOTHING";
    private static final String BIND =
            "UPDATE blob SET expires = NULL" + " WHERE scope = ? AND sha256 = ? AND (expires IS NULL OR expires > ?)";
    private static final String GET = "SELECT bytes FROM blob JOIN blob_bytes USING (id)"
            + " WHERE scope = ? AND sha256 = ? AND (expires IS NULL OR expires > ?)";
    private static final String DELETE_BYTES =
            "DELETE FROM blob_bytes WHERE id IN (SELECT id FROM blob WHERE scope = ? AND sha256 = ?)";
    private static final String DELETE = "DELETE FROM blob WHERE scope = ? AND sha256 = ?";
    private static final String EXPIRED = "SELECT id FROM blob WHERE expires <= ? ORDER BY expires LIMIT ?";

    private final JournalConnection writer;
    private final ReadingConnection reader;
    private final Duration unboundFor;
    private final InstantSource clock;

    /// @param file       of the store, open
    /// @param unboundFor how long an unbound blob stays after it was put last
    EmbeddedBlobs(
            final Path file, final JournalConnection writer, final Duration unboundFor, final InstantSource clock) {
        this.writer = writer;
        this.reader = new ReadingConnection(file, "blob-reader");
        this.unboundFor = unboundFor;
        this.clock = clock;
    }

    @Override
    public CompletionStage<Done> put(final String scope, final Octets sha256, final byte[] bytes) {
        return writer.transact(connection -> {
            try (var name = connection.prepareStatement(PUT);
                    var content = connection.prepareStatement(PUT_BYTES)) {
                name.setString(1, scope);
                name.setBytes(2, sha256.toArray());
                name.setLong(3, clock.instant().plus(unboundFor).toEpochMilli());
                name.executeUpdate();
                content.setBytes(1, bytes);
                content.setString(2, scope);
                content.setBytes(3, sha256.toArray());
                content.executeUpdate();
            }
            return Done.done();
        });
    }

    @Override
    public CompletionStage<Boolean> bind(final String scope, final Set<Octets> sha256s) {
        return writer.transact(connection -> bound(connection, scope, sha256s))
                .exceptionallyCompose(failure -> failure instanceof Missing
                        ? CompletableFuture.completedStage(false)
                        : CompletableFuture.failedStage(failure));
    }

    /// Takes the transaction back.
    private static final class Missing extends RuntimeException {
        @java.io.Serial
        private static final long serialVersionUID = 1L;

        Missing() {
            super("a blob is missing", null, false, false);
        }
    }

    private boolean bound(final Connection connection, final String scope, final Set<Octets> sha256s)
            throws SQLException {
        try (var bind = connection.prepareStatement(BIND)) {
            bind.setLong(3, clock.millis());
            for (final var sha256 : sha256s) {
                name(bind, scope, sha256);
                if (bind.executeUpdate() == 0) {
                    throw new Missing();
                }
            }
        }
        return true;
    }

    private static void name(final PreparedStatement statement, final String scope, final Octets sha256)
            throws SQLException {
        statement.setString(1, scope);
        statement.setBytes(2, sha256.toArray());
    }

    @Override
    public CompletionStage<Optional<byte[]>> get(final String scope, final Octets sha256) {
        return reader.run(connection -> {
            try (var get = connection.prepareStatement(GET)) {
                name(get, scope, sha256);
                get.setLong(3, clock.millis());
                try (var result = get.executeQuery()) {
                    return result.next() ? Optional.of(result.getBytes(1)) : Optional.empty();
                }
            }
        });
    }

    @Override
    public CompletionStage<Done> delete(final String scope, final Set<Octets> sha256s) {
        return writer.transact(connection -> {
            try (var content = connection.prepareStatement(DELETE_BYTES);
                    var names = connection.prepareStatement(DELETE)) {
                for (final var sha256 : sha256s) {
                    name(content, scope, sha256);
                    content.executeUpdate();
                    name(names, scope, sha256);
                    names.executeUpdate();
                }
            }
            return Done.done();
        });
    }

    /// Removes what has expired, in steps between which events are written.
    ///
    /// @return how many blobs that were
    CompletionStage<Long> sweep() {
        return sweep(0);
    }

    private CompletionStage<Long> sweep(final long before) {
        return writer.transact(this::sweepSome)
                .thenCompose(swept -> swept < SWEPT_AT_ONCE
                        ? CompletableFuture.completedStage(before + swept)
                        : sweep(before + swept));
    }

    private int sweepSome(final Connection connection) throws SQLException {
        final var ids = new ArrayList<Long>();
        try (var expired = connection.prepareStatement(EXPIRED)) {
            expired.setLong(1, clock.millis());
            expired.setInt(2, SWEPT_AT_ONCE);
            try (var result = expired.executeQuery()) {
                while (result.next()) {
                    ids.add(result.getLong(1));
                }
            }
        }
        for (final var table : new String[] {"blob_bytes", "blob"}) {
            try (var delete = connection.prepareStatement("DELETE FROM " + table + " WHERE id = ?")) {
                for (final long id : ids) {
                    delete.setLong(1, id);
                    delete.executeUpdate();
                }
            }
        }
        return ids.size();
    }

    /// Ends the reading connection; to be called before the store is closed.
    @Override
    public void close() {
        reader.close();
    }
}
