package io.parley.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

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
        WholeFile.write(in(directory), where + "\n");
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
