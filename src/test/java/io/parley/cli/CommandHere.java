package io.parley.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A command of `parley` in the JVM of a test: what a process of its own does between its start and its end,
/// with the same arguments, variables and files.
public final class CommandHere {
    private CommandHere() {}

    /// How a command ended.
    public record Ended(int code, List<String> out, String err) {}

    /// Runs a command to its end, without input.
    public static Ended run(final Map<String, String> environment, final String... arguments) {
        final var out = new ByteArrayOutputStream();
        final var err = new ByteArrayOutputStream();
        final int code = ParleyCommand.run(
                Surroundings.ofThisProcess(
                        new Terminal(
                                InputStream.nullInputStream(),
                                new PrintStream(out, true, UTF_8),
                                new PrintStream(err, true, UTF_8),
                                false,
                                false,
                                false,
                                _ -> Optional.empty()),
                        environment),
                arguments);
        return new Ended(code, out.toString(UTF_8).lines().toList(), err.toString(UTF_8));
    }
}
