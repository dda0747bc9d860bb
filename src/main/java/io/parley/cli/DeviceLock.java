package io.parley.cli;

import io.parley.client.PrivateFile;
import io.parley.client.PrivateFile.Lasting;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// A lock between processes, which ends with its holder however that ends. Two commands on one device would
/// throw each other out (4409), and two refreshes of one token would cost the device.
final class DeviceLock {
    private final Path file;

    DeviceLock(final Path file) {
        this.file = file;
    }

    /// Held until it is closed.
    static final class Held implements AutoCloseable {
        private final FileChannel channel;

        private Held(final FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (final IOException gone) {
                // the system lets go of it anyway
            }
        }
    }

    /// Takes it, or returns empty if somebody has it.
    ///
    /// @param who for the message to others
    Optional<Held> tryTake(final String who) throws IOException {
        final var channel = open();
        try {
            final FileLock lock = channel.tryLock();
            if (lock != null) {
                PrivateFile.write(
                        holder(),
                        "parley " + who + ", process " + ProcessHandle.current().pid(),
                        Lasting.PROCESS);
                return Optional.of(new Held(channel));
            }
        } catch (final OverlappingFileLockException ours) {
            // somebody in this very process has it
        } catch (final IOException failed) {
            channel.close();
            throw failed;
        }
        channel.close();
        return Optional.empty();
    }

    /// Takes it, or says who has it.
    Held take(final String who) throws Stop, IOException {
        final var held = tryTake(who);
        if (held.isEmpty()) {
            throw inUse();
        }
        return held.get();
    }

    /// Waits for it. Not from two threads of one process.
    Held await() throws IOException {
        final var channel = open();
        try {
            channel.lock();
            return new Held(channel);
        } catch (final IOException failed) {
            channel.close();
            throw failed;
        }
    }

    Stop inUse() throws IOException {
        final var holder = PrivateFile.read(holder()).map(Printable::of).orElse("another parley");
        return new Stop(
                ExitCode.IN_USE,
                holder + " has this device's connection; a device has one at a time. End it first, or log in with"
                        + " another XDG_STATE_HOME, which makes a device of its own");
    }

    private FileChannel open() throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private Path holder() {
        return file.resolveSibling(file.getFileName() + ".holder");
    }
}
