package io.parley.build;

import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.ImportOrderer;
import com.palantir.javaformat.java.JavaFormatterOptions;
import com.palantir.javaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Writes every source file as the formatter would: `mvn -q test-compile exec:exec@format`. [FormatTest] holds
/// the build to it. A program of the build's own because the formatter parses with the JDK it runs on, and
/// Maven may run on one that is too old for our sources.
public final class Format {
    private static final int COLUMNS = 112;

    private Format() {}

    public static void main(final String[] args) throws IOException {
        boolean allParsed = true;
        for (final var file : sources()) {
            final var before = Files.readString(file);
            try {
                final var after = formatted(file, before);
                if (!after.equals(before)) {
                    Files.writeString(file, after);
                    System.out.println("formatted " + file);
                }
            } catch (final UncheckedIOException broken) {
                allParsed = false;
                System.err.println(
                        broken.getMessage() + ": " + broken.getCause().getCause());
            }
        }
        if (!allParsed) {
            System.exit(1);
        }
    }

    static List<Path> sources() throws IOException {
        try (var main = Files.walk(Path.of("src", "main", "java"));
                var test = Files.walk(Path.of("src", "test", "java"))) {
            return java.util.stream.Stream.concat(main, test)
                    .filter(path -> path.toString().endsWith(".java"))
                    .sorted()
                    .toList();
        }
    }

    static String formatted(final Path file, final String source) {
        final var options = JavaFormatterOptions.builder()
                .style(JavaFormatterOptions.Style.PALANTIR)
                .build();
        try {
            final var used = RemoveUnusedImports.removeUnusedImports(wrapped(source));
            final var ordered = ImportOrderer.reorderImports(used, JavaFormatterOptions.Style.PALANTIR);
            return Formatter.createFormatter(options).formatSource(ordered);
        } catch (final FormatterException broken) {
            throw new UncheckedIOException(new IOException(file + " cannot be parsed", broken));
        }
    }

    /// Breaks comment lines that are too long at a space: the formatter would break them as if they were code,
    /// and with them the file.
    private static String wrapped(final String source) {
        final var lines = new ArrayList<String>();
        for (final var line : source.split("\n", -1)) {
            var rest = line;
            while (rest.strip().startsWith("///") && rest.length() > COLUMNS) {
                final int from = rest.indexOf("///");
                final int at = rest.lastIndexOf(' ', COLUMNS);
                if (at <= from + 4) {
                    break; // one long word
                }
                lines.add(rest.substring(0, at));
                rest = rest.substring(0, from) + "/// " + rest.substring(at + 1);
            }
            lines.add(rest);
        }
        return String.join("\n", lines);
    }
}
