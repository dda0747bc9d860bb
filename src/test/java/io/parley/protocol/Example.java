package io.parley.protocol;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// One stored frame: a line of `docs/protocol/client` or `docs/protocol/server`.
///
/// @param name its path below `docs/protocol`, such as `client/send.json`
record Example(String name, String frame) {
    private static final Path DOCS = Path.of("docs");

    static List<Example> fromClients() {
        return in("client");
    }

    static List<Example> fromServers() {
        return in("server");
    }

    /// The page that explains them.
    static String page() {
        return read(DOCS.resolve("protocol.md"));
    }

    @Override
    public String toString() {
        return name;
    }

    private static List<Example> in(final String side) {
        try (var files = Files.list(DOCS.resolve("protocol").resolve(side))) {
            return files.sorted()
                    .map(file -> new Example(side + "/" + file.getFileName(), line(read(file))))
                    .toList();
        } catch (final IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static String line(final String content) {
        if (content.indexOf('\n') != content.length() - 1) {
            throw new IllegalStateException("an example is one line, with its end");
        }
        return content.substring(0, content.length() - 1);
    }

    private static String read(final Path file) {
        try {
            return Files.readString(file);
        } catch (final IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
