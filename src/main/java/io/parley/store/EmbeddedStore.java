package io.parley.store;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteException;

/// The data directory of a node that stores on its own disk. Opened before the actor system starts and closed
/// after it has ended; while it is open no other process can open the same directory. The journal, snapshot
/// store and read journal configured in `persistence.conf` then find `parley.db` with its tables there.
///
/// The directory is made for its owner alone if it is missing; its files are the owner's alone in any case,
/// since they hold messages and password hashes.
public final class EmbeddedStore implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedStore.class);
    static final String FILE = "parley.db";

    private final Path directory;
    private final DirectoryLock lock;
    private final Connection connection;

    private EmbeddedStore(final Path directory, final DirectoryLock lock, final Connection connection) {
        this.directory = directory;
        this.lock = lock;
        this.connection = connection;
    }

    /// Opens the store in `directory`, making it if there is none.
    ///
    /// @throws StoreException if it is in use, cannot be written, is not a store that this version can read, or
    ///     was moved to Cassandra; the message says which, in one sentence
    public static EmbeddedStore open(final Path directory) throws StoreException {
        final var absolute = directory.toAbsolutePath().normalize();
        prepare(absolute);
        final var lock = lock(absolute);
        try {
            MovedMark.refuse(absolute);
            return new EmbeddedStore(absolute, lock, connect(absolute));
        } catch (final StoreException e) {
            throw closing(lock, e);
        }
    }

    /// Why it could not be opened, when its lock has been given up.
    static StoreException closing(final DirectoryLock lock, final StoreException why) {
        try {
            lock.close();
        } catch (final IOException unlocking) {
            why.addSuppressed(unlocking);
        }
        return why;
    }

    /// The data directory, absolute.
    public Path directory() {
        return directory;
    }

    /// The file that everything is in.
    Path file() {
        return directory.resolve(FILE);
    }

    /// How large it is: `journal_bytes` of its files, `journal_events` ever written, `disk_free_bytes` left for
    /// it. What cannot be found out now is left out.
    public Map<String, Long> sizes() {
        final var sizes = new HashMap<String, Long>();
        try {
            long bytes = 0;
            for (final var end : List.of("", "-wal", "-shm")) {
                final var file = directory.resolve(FILE + end);
                bytes += Files.exists(file) ? Files.size(file) : 0;
            }
            sizes.put("journal_bytes", bytes);
            sizes.put("disk_free_bytes", Files.getFileStore(directory).getUsableSpace());
            sizes.put("journal_events", eventsWritten());
        } catch (final IOException | SQLException unknown) {
            LOG.debug("the size of the store is not known now", unknown);
        }
        return sizes;
    }

    /// The newest number: none is given twice.
    private long eventsWritten() throws SQLException {
        try (var statement = connection.createStatement();
                var result = statement.executeQuery("SELECT max(ordering) FROM event_journal")) {
            return result.next() ? result.getLong(1) : 0;
        }
    }

    /// Writes the log back into the database file and lets others open the directory. To be called when the
    /// actor system has ended.
    @Override
    public void close() throws StoreException {
        try (lock;
                connection;
                var statement = connection.createStatement()) {
            statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        } catch (final SQLException | IOException e) {
            // What was acknowledged is in the log, and is found there at the next start.
            throw new StoreException("The store in " + directory + " could not be closed cleanly: " + reason(e), e);
        }
    }

    private static void prepare(final Path directory) throws StoreException {
        if (directory.toString().indexOf('?') >= 0) { // where the driver's settings begin
            throw new StoreException("The data directory " + directory + " must not have a ? in its name");
        }
        try {
            if (!Files.exists(directory)) {
                Files.createDirectories(directory);
                ownersAlone(directory, "rwx------");
            }
        } catch (final IOException e) {
            throw new StoreException("The data directory " + directory + " cannot be made: " + reason(e), e);
        }
        if (!Files.isDirectory(directory)) {
            throw new StoreException("The data directory " + directory + " is not a directory");
        }
        if (!Files.isWritable(directory)) {
            throw new StoreException("The data directory " + directory + " cannot be written by this user");
        }
    }

    static DirectoryLock lock(final Path directory) throws StoreException {
        try {
            return DirectoryLock.tryLock(directory)
                    .orElseThrow(
                            () -> new StoreException(
                                    "The data directory " + directory
                                            + " is in use by another Parley: stop that one, or start this one with another PARLEY_DATA_DIR"));
        } catch (final IOException e) {
            throw new StoreException("The data directory " + directory + " cannot be locked: " + reason(e), e);
        }
    }

    private static Connection connect(final Path directory) throws StoreException {
        final var file = directory.resolve(FILE);
        try {
            if (!Files.exists(file)) {
                Files.createFile(file); // ours before SQLite's, whose log files take over its permissions
            }
            ownersAlone(file, "rw-------");
            return connect(settings(), file, EmbeddedStore::check);
        } catch (final SQLException e) {
            throw new StoreException(described(file, e), e);
        } catch (final IOException e) {
            throw new StoreException("The store " + file + " cannot be made: " + reason(e), e);
        }
    }

    /// What a store must be like to be used.
    @FunctionalInterface
    interface Check {
        /// Looks at it, as soon as it is connected.
        ///
        /// @throws StoreException if it is not
        void check(Connection connection, Path file) throws SQLException, StoreException;
    }

    /// A connection to a store that has passed `check`.
    static Connection connect(final SQLiteConfig settings, final Path file, final Check check)
            throws SQLException, StoreException {
        final var connection = settings.createConnection("jdbc:sqlite:" + file);
        try {
            check.check(connection, file);
            return connection;
        } catch (final SQLException | StoreException e) {
            try {
                connection.close();
            } catch (final SQLException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    private static SQLiteConfig settings() {
        final var settings = new SQLiteConfig();
        settings.setPageSize(4096);
        settings.setBusyTimeout(
                2_000); // a moment of another tool reading the file, not another Parley: that has the lock
        settings.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        return settings;
    }

    private static void check(final Connection connection, final Path file) throws SQLException, StoreException {
        final var version = (int) Long.parseLong(pragma(connection, "user_version"));
        final var application = (int) Long.parseLong(pragma(connection, "application_id"));
        final boolean isNew = version == 0
                && application == 0
                && pragma(connection, "schema_version").equals("0");
        if (!isNew && application != Schema.APPLICATION_ID) {
            throw new StoreException(
                    "The file " + file + " is a database of another program: name another PARLEY_DATA_DIR");
        }
        if (version > Schema.VERSION) {
            throw new StoreException("The store " + file + " was written by a newer Parley (format " + version
                    + ", this one reads up to " + Schema.VERSION + "): start that version");
        }
        final var mode = pragma(connection, "journal_mode = WAL");
        if (!mode.equals("wal")) {
            throw new StoreException("The store " + file + " cannot keep a write-ahead log (journal mode is " + mode
                    + "): use a directory on a local disk");
        }
        Schema.write(connection, version);
        if (!Schema.isIn(connection)) {
            throw new StoreException("The store " + file + " does not have the tables of its format " + Schema.VERSION
                    + ": restore it from a backup");
        }
    }

    static String pragma(final Connection connection, final String pragma) throws SQLException {
        try (var statement = connection.createStatement();
                var result = statement.executeQuery("PRAGMA " + pragma)) {
            return result.next() ? result.getString(1) : "";
        }
    }

    static String described(final Path file, final SQLException e) {
        if (!(e instanceof SQLiteException sqlite)) {
            return "The store " + file + " cannot be opened: " + reason(e);
        }
        return switch (sqlite.getResultCode().code & 0xFF) { // the low byte is the primary code
            case 26 -> "The file " + file + " is damaged or not a database: restore it from a backup, or move it away";
            case 11 -> "The store " + file + " is damaged: restore it from a backup";
            case 13 -> "The disk of the store " + file + " is full: make space and start again";
            case 8, 14, 23 -> "The store " + file + " cannot be written by this user";
            case 5, 6 -> "The store " + file + " is locked by another program: stop that one";
            case 10 ->
                isFull(file)
                        ? "The disk of the store " + file + " is full: make space and start again"
                        : "The disk of the store " + file + " fails: " + reason(e);
            default -> "The store " + file + " cannot be opened: " + reason(e);
        };
    }

    /// Where the log's shared memory finds no space, SQLite speaks of a failing disk.
    private static boolean isFull(final Path file) {
        try {
            return Files.getFileStore(file).getUsableSpace() < 1 << 20;
        } catch (final IOException e) {
            return false;
        }
    }

    private static void ownersAlone(final Path path, final String permissions) throws IOException {
        if (Files.getFileStore(path).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
        }
    }

    private static String reason(final Exception e) {
        final var message = e instanceof FileSystemException file ? file.getReason() : e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message.replace('\n', ' ');
    }
}
