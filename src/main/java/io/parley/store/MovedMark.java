package io.parley.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// A file in a data directory whose events live elsewhere now. A node that went on here would give out numbers
/// that have been given out there.
final class MovedMark {
    private static final String FILE = "moved-to-cassandra";

    private MovedMark() {}

    static Path in(final Path directory) {
        return directory.resolve(FILE);
    }

    /// @param where one line
    static void write(final Path directory, final String where) throws IOException {
        final var aside = directory.resolve(FILE + ".new");
        try (var channel = FileChannel.open(
                aside, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            final var bytes = ByteBuffer.wrap((where + "\n").getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(aside, in(directory), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /// @throws StoreException if there is one
    static void refuse(final Path directory) throws StoreException {
        final var file = in(directory);
        if (!Files.exists(file)) {
            return;
        }
        String where = "to Cassandra";
        try {
            where = Files.readString(file).strip();
        } catch (final IOException unreadable) {
            // it is there, which is enough
        }
        throw new StoreException(
                "What was in " + directory + " has moved " + where + ": start with PARLEY_STORE=cassandra."
                        + " To go back to what was here, and without all that came after the move, remove " + file);
    }
}
