package io.parley.history;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// `bin/check-history FILE`: judges a stored history, prints the report and draws `FILE.svg`.
public final class HistoryMain {
    static final int HOLDS = 0;
    static final int BROKEN = 1;
    static final int USAGE = 2;

    private HistoryMain() {}

    public static void main(final String[] args) {
        System.exit(run(args, new PrintStream(System.out, true, StandardCharsets.UTF_8)));
    }

    static int run(final String[] args, final PrintStream out) {
        if (args.length != 1 || args[0].startsWith("-") || !Files.isRegularFile(Path.of(args[0]))) {
            out.println("""
                    bin/check-history FILE
                    FILE is a history, one event a line. Prints what it shows and draws FILE.svg.
                    Exit code: 0 everything holds, 1 something is broken or could not be judged, 2 no such history.""");
            return USAGE;
        }
        final var file = Path.of(args[0]);
        try {
            final var history = HistoryFile.read(file);
            final var verdict = Checker.check(history);
            out.print(Report.of(history, verdict));
            Files.writeString(Path.of(file + ".svg"), Picture.of(history, verdict));
            return verdict.holds() ? HOLDS : BROKEN;
        } catch (final IOException unreadable) {
            out.println(unreadable.getMessage());
            return USAGE;
        }
    }
}
