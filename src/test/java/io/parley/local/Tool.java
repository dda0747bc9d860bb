package io.parley.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// A program that does one thing and ends, such as `keytool`.
final class Tool {
    private static final int MOST_SECONDS = 60;

    private Tool() {}

    /// Waits for one that runs already; it is killed when it takes too long.
    ///
    /// @param name as it is called in what is wrong
    /// @param said what it has written, asked when it failed
    static void awaitSuccess(
            final LocalProcess process, final String name, final Duration atMost, final Supplier<String> said) {
        if (!process.endsWithin(atMost)) {
            process.send(LocalProcess.Signal.KILL);
            throw new LocalTrouble("`" + name + "` did not end in " + atMost.toSeconds() + " s");
        }
        if (process.exitCode().orElse(0) != 0) {
            throw new LocalTrouble("`" + name + "` failed: " + said.get());
        }
    }

    /// Runs it, and returns when it has done what it should.
    ///
    /// @param packageName what to install where it is missing
    static void run(final List<String> command, final String packageName) {
        try {
            final var process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            final var said = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
            if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new LocalTrouble("`" + String.join(" ", command) + "` failed: " + said);
            }
        } catch (final IOException missing) {
            throw new LocalTrouble(
                    "cannot run " + command.getFirst() + " (of " + packageName + "): " + missing.getMessage(), missing);
        } catch (final InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new LocalTrouble("stopped while running " + command.getFirst(), stopped);
        }
    }
}
