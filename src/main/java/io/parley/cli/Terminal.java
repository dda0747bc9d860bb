package io.parley.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Where a command reads and prints, always in UTF-8. Lines that came together stay together, whichever threads
/// print.
final class Terminal {
    private final BufferedReader in;
    private final PrintStream out;
    private final PrintStream err;
    private final boolean inIsTerminal;
    private final boolean errIsTerminal;
    private final boolean colour;
    private final Function<String, Optional<char[]>> hidden;
    private int rewritten; // how wide the line is that is written over; guarded by this

    /// @param inIsTerminal whether a person types
    /// @param errIsTerminal whether what is about the command goes to a terminal
    /// @param colour       whether the output goes to a terminal that wants colours
    /// @param hidden       asks a person for a line without showing it; empty where that is not possible
    Terminal(
            final InputStream in,
            final PrintStream out,
            final PrintStream err,
            final boolean inIsTerminal,
            final boolean errIsTerminal,
            final boolean colour,
            final Function<String, Optional<char[]>> hidden) {
        this.in = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        this.out = out;
        this.err = err;
        this.inIsTerminal = inIsTerminal;
        this.errIsTerminal = errIsTerminal;
        this.colour = colour;
        this.hidden = hidden;
    }

    boolean inIsTerminal() {
        return inIsTerminal;
    }

    boolean errIsTerminal() {
        return errIsTerminal;
    }

    boolean colour() {
        return colour;
    }

    /// Prints a result.
    synchronized void print(final String line) {
        out.println(line);
    }

    /// Prints results. Whether somebody still reads them.
    synchronized boolean print(final List<String> lines) {
        lines.forEach(out::println);
        return !out.checkError();
    }

    /// Prints what is about the command, not its result.
    synchronized void note(final String line) {
        err.println(line);
    }

    /// Writes a line over the last one that was written so; an empty one takes it away. Only to a terminal.
    synchronized void rewrite(final String line) {
        if (line.isEmpty() && rewritten == 0) {
            return;
        }
        final int width = line.codePointCount(0, line.length());
        err.print("\r" + line + " ".repeat(Math.max(0, rewritten - width)) + (line.isEmpty() ? "\r" : ""));
        err.flush();
        rewritten = width;
    }

    PrintStream out() {
        return out;
    }

    PrintStream err() {
        return err;
    }

    /// The next line of the input; empty at its end.
    Optional<String> readLine() throws IOException {
        return Optional.ofNullable(in.readLine());
    }

    /// All that is left of the input.
    String readAll() throws IOException {
        final var all = new StringBuilder();
        final var buffer = new char[8_192];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            all.append(buffer, 0, count);
        }
        return all.toString();
    }

    /// Asks for a line that is not shown while it is typed; empty where that is not possible.
    Optional<String> readHidden(final String prompt) {
        return hidden.apply(prompt).map(String::new);
    }
}
