package io.parley.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The exclusive lock on a data directory. The system takes it back when the process ends, however it ends.
final class DirectoryLock implements AutoCloseable {
    private static final String FILE = "parley.lock";

    /// What this JVM holds. Asked before the file is opened, because closing any second channel on it would
    /// silently give up the lock of the first (POSIX).
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel channel;
    private final FileLock lock;

    private DirectoryLock(final Path directory, final FileChannel channel, final FileLock lock) {
        this.directory = directory;
        this.channel = channel;
        this.lock = lock;
    }

    /// Empty if somebody else holds it.
    static Optional<DirectoryLock> tryLock(final Path directory) throws IOException {
        final var real = directory.toRealPath();
        if (!HELD.add(real)) {
            return Optional.empty();
        }
        Optional<DirectoryLock> held = Optional.empty();
        try {
            held = lockFile(real);
            return held;
        } finally {
            if (held.isEmpty()) {
                HELD.remove(real);
            }
        }
    }

    private static Optional<DirectoryLock> lockFile(final Path real) throws IOException {
        final var channel = FileChannel.open(real.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            final var lock = channel.tryLock();
            if (lock != null) {
                return Optional.of(new DirectoryLock(real, channel, lock));
            }
        } catch (final IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        return Optional.empty();
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            lock.release();
        } finally {
            HELD.remove(directory);
        }
    }
}
