package io.parley.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;

/// One node without rate limits for all stories that leave it as it is; it ends with the tests.
final class SharedNode {
    private static final NodeProcess NODE = begin();

    private SharedNode() {}

    private static NodeProcess begin() {
        try {
            final var data = Files.createTempDirectory("parley-shared");
            final var node = NodeProcess.start(data, Map.of("PARLEY_RATE_LIMITS", "off"));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                node.close();
                delete(data);
            }));
            return node;
        } catch (final IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void delete(final Path directory) {
        try (var files = Files.walk(directory)) {
            for (final var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (final IOException left) {
            System.err.println(directory + " stays behind: " + left.getMessage());
        }
    }

    /// The people of a new story on it.
    static World world() {
        return new World(NODE);
    }
}
