package io.parley.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.tools.ToolProvider;

/// The program with some thoughts changed: one that breaks a promise, which a judge must find, or one of
/// another day. What is changed is compiled, and put before the rest on a node's class path
/// ([NodeSettings#withClassPathPrefix]).
///
/// @param changes in this order; several may be of one file
public record ChangedProgram(List<Change> changes) {
    public ChangedProgram {
        changes = List.copyOf(changes);
    }

    public static ChangedProgram of(final Change... changes) {
        return new ChangedProgram(List.of(changes));
    }

    /// One thought.
    ///
    /// @param file below `io/parley`
    /// @param is   stands there once
    /// @param then stands there instead
    public record Change(String file, String is, String then) {
        private String in(final String source) {
            final int at = source.indexOf(is);
            if (at < 0 || source.indexOf(is, at + 1) >= 0) {
                throw new IllegalStateException("not once in " + file + ": " + is);
            }
            return source.substring(0, at) + then + source.substring(at + is.length());
        }
    }

    /// With these changes after the others.
    public ChangedProgram and(final Change... more) {
        final var all = new ArrayList<>(changes);
        all.addAll(List.of(more));
        return new ChangedProgram(all);
    }

    /// Compiles what is changed.
    ///
    /// @param sources those of the program, `src/main/java`
    /// @param into    an empty directory: sources and classes come into directories of their own below it
    /// @return the directory of the classes
    public Path compile(final Path sources, final Path into) {
        final Map<Path, String> changed = new LinkedHashMap<>();
        final var classes = into.resolve("classes");
        try {
            for (final var change : changes) {
                final var file = Path.of("io", "parley").resolve(change.file());
                final var before = changed.get(file);
                changed.put(file, change.in(before == null ? Files.readString(sources.resolve(file)) : before));
            }
            Files.createDirectories(classes);
            final var words = new ArrayList<>(List.of(
                    "-parameters",
                    "-proc:none",
                    "-nowarn",
                    "-cp",
                    ParleyProgram.classPath(List.of()),
                    "-d",
                    classes.toString()));
            for (final var file : changed.entrySet()) {
                final var source = into.resolve("sources").resolve(file.getKey());
                Files.createDirectories(source.getParent());
                Files.writeString(source, file.getValue());
                words.add(source.toString());
            }
            if (ToolProvider.getSystemJavaCompiler().run(null, null, null, words.toArray(String[]::new)) != 0) {
                throw new IllegalStateException("does not compile: " + changed.keySet());
            }
        } catch (final IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return classes;
    }
}
