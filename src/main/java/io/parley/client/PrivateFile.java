package io.parley.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;

/// Small files for the owner's eyes alone (mode 600, in directories of mode 700), each replaced as a whole:
/// whoever reads one, or is killed while writing, finds the old contents or the new ones.
public final class PrivateFile {
    private static final String TEMPORARY = ".new";

    /// Whether the contents must have reached the disk when a write returns, or only outlive the process.
    public enum Lasting {
        PROCESS,
        POWER_LOSS
    }

    private PrivateFile() {}

    /// Makes a directory that only the owner can look into, and those above it that are missing.
    public static void makeDirectory(final Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        final var parent = directory.getParent();
        if (parent != null) {
            makeDirectory(parent);
        }
        try {
            Files.createDirectory(directory, owners(directory, "rwx------"));
        } catch (final FileAlreadyExistsException made) {
            // by another process, just now
        }
    }

    /// Replaces the contents of `file`, or makes it.
    public static void write(final Path file, final String contents, final Lasting lasting) throws IOException {
        final var temporary = file.resolveSibling(
                file.getFileName() + "." + ProcessHandle.current().pid() + TEMPORARY);
        Files.deleteIfExists(temporary); // of an earlier process of the same number
        final var options = EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (var channel = FileChannel.open(temporary, options, owners(file, "rw-------"))) {
            final var bytes = ByteBuffer.wrap(contents.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            if (lasting == Lasting.POWER_LOSS) {
                channel.force(true);
            }
        }
        try {
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (final AtomicMoveNotSupportedException foreign) { // some network file systems
            Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
        }
        if (lasting == Lasting.POWER_LOSS) {
            forceDirectory(file);
        }
    }

    /// The name in the directory must last as well.
    private static void forceDirectory(final Path file) {
        final var directory = file.toAbsolutePath().getParent();
        if (directory == null) {
            return;
        }
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (final IOException unsupported) {
            // not every system opens directories; there the move itself has to do
        }
    }

    /// The contents; empty if there is no such file.
    public static Optional<String> read(final Path file) throws IOException {
        try {
            return Optional.of(Files.readString(file));
        } catch (final NoSuchFileException none) {
            return Optional.empty();
        }
    }

    /// The process that was writing a file under this name before it moves to its own; empty if it is none
    /// such.
    static Optional<Long> writer(final Path file) {
        final var name = file.getFileName().toString();
        if (!name.endsWith(TEMPORARY)) {
            return Optional.empty();
        }
        final var before = name.substring(0, name.length() - TEMPORARY.length());
        final var pid = before.substring(before.lastIndexOf('.') + 1);
        return pid.matches("[0-9]{1,18}") ? Optional.of(Long.parseLong(pid)) : Optional.empty();
    }

    private static FileAttribute<?>[] owners(final Path where, final String permissions) {
        return where.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}
