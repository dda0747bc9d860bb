package io.parley.store;

import io.parley.content.Octets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/// The data directory of a node that has stopped, to be read from one end to the other. It is locked against
/// nodes while this is open, and what is in it stays as it is.
///
/// Everything comes in order of persistence id and number, one row at a time: nothing here grows with the
/// store. For one thread.
public final class EmbeddedSource implements AutoCloseable {
    private static final String RESTORE = "; restore it from a backup";

    private final Path directory;
    private final DirectoryLock lock;
    private final Connection connection;

    private EmbeddedSource(final Path directory, final DirectoryLock lock, final Connection connection) {
        this.directory = directory;
        this.lock = lock;
        this.connection = connection;
    }

    /// An entity that has events.
    ///
    /// @param first its first event that was not deleted; one more than `last` if there is none
    /// @param last  its newest number
    public record Entity(String persistenceId, long first, long last) {
        /// How many events there are of it.
        public long events() {
            return last - first + 1;
        }

        /// What comes before the first `|` of the persistence id.
        public String kind() {
            final int bar = persistenceId.indexOf('|');
            return bar < 0 ? persistenceId : persistenceId.substring(0, bar);
        }
    }

    /// An event or a snapshot, as it is stored.
    ///
    /// @param seq          its number
    /// @param millis       when it was written
    /// @param serializerId how to read `payload`
    /// @param manifest     how to read `payload`
    public record Stored(long seq, long millis, int serializerId, String manifest, ByteBuffer payload) {}

    /// A blob, as it is stored.
    ///
    /// @param number  its place in the order of the blobs
    /// @param expires when it ends; empty if it is bound
    /// @param bytes   whose SHA-256 that is: this was looked at
    public record StoredBlob(long number, String scope, Octets sha256, Optional<Instant> expires, ByteBuffer bytes) {}

    /// All there is.
    ///
    /// @param entities    how many, by kind
    /// @param blobs       how many, expired ones too
    /// @param fingerprint of which entities and blobs there are, how far they go, and when that was written:
    ///     another one says that a node has written since
    public record Inventory(Map<String, Long> entities, long events, long snapshots, long blobs, String fingerprint) {}

    /// Opens the store in `directory`.
    ///
    /// @throws StoreException if there is none, it is in use, or it is not one that this version can read
    public static EmbeddedSource open(final Path directory) throws StoreException {
        final var absolute = directory.toAbsolutePath().normalize();
        final var file = absolute.resolve(EmbeddedStore.FILE);
        if (!Files.exists(file)) {
            throw new StoreException("There is no " + file + ": name the directory of the node with PARLEY_DATA_DIR");
        }
        final var lock = EmbeddedStore.lock(absolute);
        try {
            return new EmbeddedSource(absolute, lock, connect(file));
        } catch (final SQLException e) {
            throw EmbeddedStore.closing(lock, new StoreException(EmbeddedStore.described(file, e), e));
        } catch (final StoreException e) {
            throw EmbeddedStore.closing(lock, e);
        }
    }

    private static Connection connect(final Path file) throws SQLException, StoreException {
        final var settings = new SQLiteConfig();
        settings.setReadOnly(true);
        settings.resetOpenMode(SQLiteOpenMode.CREATE);
        settings.setBusyTimeout(2_000);
        return EmbeddedStore.connect(settings, file, EmbeddedSource::check);
    }

    private static void check(final Connection connection, final Path file) throws SQLException, StoreException {
        final var application = (int) Long.parseLong(EmbeddedStore.pragma(connection, "application_id"));
        if (application != Schema.APPLICATION_ID) {
            throw new StoreException("The file " + file + " is not a store of Parley's");
        }
        final var version = (int) Long.parseLong(EmbeddedStore.pragma(connection, "user_version"));
        if (version != Schema.VERSION) {
            throw new StoreException("The store " + file + " has format " + version + ", this Parley reads "
                    + Schema.VERSION + ": use the Parley that wrote it, or start and stop this one on it first");
        }
    }

    /// The data directory, absolute.
    public Path directory() {
        return directory;
    }

    /// Looks at each entity: that it could be recovered, and how far it goes.
    ///
    /// @throws StoreException if one could not be recovered
    public Inventory inventory() throws StoreException {
        final var kinds = new TreeMap<String, Long>();
        final var digest = Checksum.sha256();
        long events = 0;
        long snapshots = 0;
        final long blobs;
        try (var lastWritten = prepared(
                        "SELECT write_timestamp FROM event_journal WHERE persistence_id = ? AND sequence_number = ?");
                var taken = prepared("SELECT sequence_number, created FROM snapshot WHERE persistence_id = ?"
                        + " ORDER BY sequence_number");
                var entities = entities("")) {
            for (var next = entities.next(); next.isPresent(); next = entities.next()) {
                final var entity = next.get();
                kinds.merge(entity.kind(), 1L, Long::sum);
                events += entity.events();
                digest.update(entity.persistenceId().getBytes(StandardCharsets.UTF_8));
                update(digest, entity.first(), entity.last(), lastWritten(lastWritten, entity));
                snapshots += snapshots(taken, entity, digest);
            }
            final long all = number("SELECT count(*) FROM snapshot");
            if (all != snapshots) {
                throw new StoreException(
                        "The store in " + directory + " has snapshots of entities without events" + RESTORE);
            }
            blobs = countBlobs(digest);
        } catch (final SQLException e) {
            throw failed(e);
        }
        return new Inventory(kinds, events, snapshots, blobs, HexFormat.of().formatHex(digest.digest()));
    }

    /// How many there are of an entity; what was deleted must be in the newest.
    private int snapshots(final PreparedStatement taken, final Entity entity, final MessageDigest digest)
            throws SQLException, StoreException {
        int count = 0;
        long newest = 0;
        taken.setString(1, entity.persistenceId());
        try (var result = taken.executeQuery()) {
            while (result.next()) {
                count++;
                newest = result.getLong(1);
                update(digest, newest, result.getLong(2));
            }
        }
        if (newest > entity.last()) {
            throw damaged(entity.persistenceId(), "has a snapshot behind its newest event");
        }
        if (newest < entity.first() - 1) {
            throw damaged(
                    entity.persistenceId(), "has neither the events before " + entity.first() + " nor a snapshot");
        }
        return count;
    }

    private long countBlobs(final MessageDigest digest) throws SQLException {
        long count = 0;
        try (var statement = prepared("SELECT id, ifnull(expires, -1), scope, sha256 FROM blob ORDER BY id");
                var result = statement.executeQuery()) {
            while (result.next()) {
                count++;
                update(digest, result.getLong(1), result.getLong(2));
                digest.update(result.getString(3).getBytes(StandardCharsets.UTF_8));
                digest.update(result.getBytes(4));
            }
        }
        return count;
    }

    private static void update(final MessageDigest digest, final long... numbers) {
        final var bytes = ByteBuffer.allocate(numbers.length * Long.BYTES);
        for (final long number : numbers) {
            bytes.putLong(number);
        }
        digest.update(bytes.array());
    }

    private static long lastWritten(final PreparedStatement statement, final Entity entity) throws SQLException {
        statement.setString(1, entity.persistenceId());
        statement.setLong(2, entity.last());
        try (var result = statement.executeQuery()) {
            return result.next() ? result.getLong(1) : 0;
        }
    }

    private long number(final String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            return result.next() ? result.getLong(1) : 0;
        }
    }

    /// The entities from that persistence id on, in order.
    public Rows<Entity> entities(final String from) throws StoreException {
        try {
            return new Entities(from);
        } catch (final SQLException e) {
            throw failed(e);
        }
    }

    /// Rows that come one at a time.
    public abstract static class Rows<R> implements AutoCloseable {
        private final PreparedStatement statement;
        final ResultSet result;

        Rows(final PreparedStatement statement) throws SQLException {
            this.statement = statement;
            this.result = statement.executeQuery();
        }

        /// The next one; empty behind the last.
        ///
        /// @throws StoreException if it cannot be read, or others should stand before it
        public abstract Optional<R> next() throws StoreException;

        @Override
        public void close() throws StoreException {
            try (statement;
                    result) {
                // both
            } catch (final SQLException e) {
                throw new StoreException("The store could not be read: " + e.getMessage(), e);
            }
        }
    }

    private final class Entities extends Rows<Entity> {
        private final PreparedStatement firstLeft = prepared("SELECT sequence_number FROM event_journal"
                + " WHERE persistence_id = ? AND deleted = 0 ORDER BY sequence_number LIMIT 1");

        Entities(final String from) throws SQLException {
            super(filled(
                    prepared("SELECT persistence_id, min(sequence_number), max(sequence_number), count(*)"
                            + " FROM event_journal WHERE persistence_id >= ? GROUP BY persistence_id"
                            + " ORDER BY persistence_id"),
                    from));
        }

        @Override
        public Optional<Entity> next() throws StoreException {
            try {
                if (!result.next()) {
                    return Optional.empty();
                }
                final var persistenceId = result.getString(1);
                final long last = result.getLong(3);
                if (last - result.getLong(2) + 1 != result.getLong(4)) {
                    throw damaged(persistenceId, "lacks events");
                }
                return Optional.of(new Entity(persistenceId, first(persistenceId, last + 1), last));
            } catch (final SQLException e) {
                throw failed(e);
            }
        }

        private long first(final String persistenceId, final long otherwise) throws SQLException {
            firstLeft.setString(1, persistenceId);
            try (var found = firstLeft.executeQuery()) {
                return found.next() ? found.getLong(1) : otherwise;
            }
        }

        @Override
        public void close() throws StoreException {
            try (firstLeft) {
                super.close();
            } catch (final SQLException e) {
                throw failed(e);
            }
        }
    }

    /// The blobs behind that number, in order, bound or not, without those that have ended at `now`.
    public Rows<StoredBlob> blobs(final long after, final Instant now) throws StoreException {
        try {
            return new StoredBlobs(after, now);
        } catch (final SQLException e) {
            throw failed(e);
        }
    }

    private final class StoredBlobs extends Rows<StoredBlob> {
        StoredBlobs(final long after, final Instant now) throws SQLException {
            final var statement = prepared("SELECT blob.id, scope, sha256, expires, bytes"
                    + " FROM blob LEFT JOIN blob_bytes ON blob_bytes.id = blob.id"
                    + " WHERE blob.id > ? AND (expires IS NULL OR expires > ?) ORDER BY blob.id");
            statement.setLong(1, after);
            statement.setLong(2, now.toEpochMilli());
            super(statement);
        }

        @Override
        public Optional<StoredBlob> next() throws StoreException {
            try {
                if (!result.next()) {
                    return Optional.empty();
                }
                final var scope = result.getString(2);
                final var sha256 = result.getBytes(3);
                final long expires = result.getLong(4);
                final boolean isBound = result.wasNull();
                final var bytes = result.getBytes(5);
                if (bytes == null || !Arrays.equals(sha256, Checksum.sha256().digest(bytes))) {
                    throw damaged(
                            scope,
                            "has a blob whose bytes are not those of its SHA-256 "
                                    + HexFormat.of().formatHex(sha256));
                }
                return Optional.of(new StoredBlob(
                        result.getLong(1),
                        scope,
                        Octets.of(sha256),
                        isBound ? Optional.empty() : Optional.of(Instant.ofEpochMilli(expires)),
                        ByteBuffer.wrap(bytes)));
            } catch (final SQLException e) {
                throw failed(e);
            }
        }
    }

    private StoreException damaged(final String persistenceId, final String how) {
        return new StoreException("The store in " + directory + " is damaged: " + persistenceId + " " + how + RESTORE);
    }

    /// The events of an entity from that number on, in order, without those that are marked as deleted.
    public Rows<Stored> events(final Entity entity, final long from) throws StoreException {
        try {
            return new Events(entity, Math.max(from, entity.first()));
        } catch (final SQLException e) {
            throw failed(e);
        }
    }

    private final class Events extends Rows<Stored> {
        private final Entity entity;
        private long expected;

        Events(final Entity entity, final long from) throws SQLException {
            final var statement = prepared("SELECT sequence_number, write_timestamp, event_ser_id, event_ser_manifest,"
                    + " event_payload, meta_ser_id FROM event_journal"
                    + " WHERE persistence_id = ? AND sequence_number >= ? AND deleted = 0 ORDER BY sequence_number");
            statement.setString(1, entity.persistenceId());
            statement.setLong(2, from);
            super(statement);
            this.entity = entity;
            this.expected = from;
        }

        @Override
        public Optional<Stored> next() throws StoreException {
            try {
                if (!result.next()) {
                    if (expected != entity.last() + 1) {
                        throw damaged(entity.persistenceId(), "lacks event " + expected);
                    }
                    return Optional.empty();
                }
                final var event = stored(result);
                if (event.seq() != expected) {
                    throw damaged(entity.persistenceId(), "lacks event " + expected);
                }
                result.getInt(6);
                if (!result.wasNull()) { // no Parley has written any
                    throw damaged(entity.persistenceId(), "has metadata with event " + expected);
                }
                expected++;
                return Optional.of(event);
            } catch (final SQLException e) {
                throw failed(e);
            }
        }
    }

    private static Stored stored(final ResultSet row) throws SQLException {
        final var bytes = row.getBytes(5);
        final var payload = ByteBuffer.wrap(bytes == null ? new byte[0] : bytes); // SQLite's empty blob is a null here
        return new Stored(row.getLong(1), row.getLong(2), row.getInt(3), row.getString(4), payload);
    }

    /// The snapshots of an entity, oldest first: as many as entities keep, two or three.
    public List<Stored> snapshots(final String persistenceId) throws StoreException {
        final var found = new ArrayList<Stored>();
        try (var statement = filled(
                        prepared("SELECT sequence_number, created, snapshot_ser_id, snapshot_ser_manifest,"
                                + " snapshot_payload FROM snapshot WHERE persistence_id = ?"
                                + " ORDER BY sequence_number"),
                        persistenceId);
                var result = statement.executeQuery()) {
            while (result.next()) {
                found.add(stored(result));
            }
        } catch (final SQLException e) {
            throw failed(e);
        }
        return found;
    }

    private PreparedStatement prepared(final String sql) throws SQLException {
        return connection.prepareStatement(sql);
    }

    private static PreparedStatement filled(final PreparedStatement statement, final String parameter)
            throws SQLException {
        statement.setString(1, parameter);
        return statement;
    }

    /// When each life of the node last gave a sign.
    public Map<String, Instant> lives() throws StoreException {
        try {
            return LifeRecords.read(directory);
        } catch (final IOException e) {
            throw new StoreException("The file of lives in " + directory + " cannot be read: " + e.getMessage(), e);
        }
    }

    /// Writes down where everything went: no node starts on the directory from now on.
    ///
    /// @param where one line for the person who tries
    public void moved(final String where) throws StoreException {
        try {
            MovedMark.write(directory, where);
        } catch (final IOException e) {
            throw new StoreException(
                    "The file " + MovedMark.in(directory) + " cannot be written: " + e.getMessage(), e);
        }
    }

    private StoreException failed(final SQLException e) {
        return new StoreException(EmbeddedStore.described(directory.resolve(EmbeddedStore.FILE), e), e);
    }

    @Override
    public void close() throws StoreException {
        try (lock;
                connection) {
            // both
        } catch (final SQLException | IOException e) {
            throw new StoreException("The store in " + directory + " could not be closed: " + e.getMessage(), e);
        }
    }
}
