package io.parley.local;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;

/// Directories of compiled classes.
final class ClassFiles {
    private ClassFiles() {}

    /// Whether the web client has been built into what is compiled now.
    static boolean haveWebClient() {
        return compiled()
                .filter(classes -> Files.isDirectory(classes.resolve("web")))
                .isPresent();
    }

    /// Parley, as the build has left it.
    static Optional<Path> compiled() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(entry -> entry.endsWith("classes") && Files.isDirectory(entry))
                .findFirst();
    }

    static void copy(final Path from, final Path to) throws IOException {
        try (var found = Files.walk(from)) {
            for (final var each : found.toList()) {
                final var target = to.resolve(from.relativize(each).toString());
                if (Files.isDirectory(each)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(each, target);
                }
            }
        }
    }

    static void delete(final Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (var found = Files.walk(directory)) {
            for (final var each : found.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
