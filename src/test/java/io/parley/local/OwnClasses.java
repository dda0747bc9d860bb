package io.parley.local;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;

/// A copy of the compiled classes for one node, made before it starts: a build replaces them under the feet of
/// nodes that run, and a class is read when it is first needed.
final class OwnClasses {
    private OwnClasses() {}

    /// Makes it anew.
    static void copy(final Path to) {
        try {
            delete(to);
            final var from = compiled();
            if (from.isPresent()) {
                copy(from.get(), to);
            }
        } catch (final IOException failed) {
            throw new LocalTrouble("cannot copy the compiled classes to " + to + ": " + failed.getMessage(), failed);
        }
    }

    /// Whether the web client has been built into them.
    static boolean haveWebClient() {
        return compiled()
                .filter(classes -> Files.isDirectory(classes.resolve("web")))
                .isPresent();
    }

    private static Optional<Path> compiled() {
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
