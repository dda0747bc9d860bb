package io.parley.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.cli.CommandHere;
import io.parley.cli.CommandHere.Ended;
import io.parley.local.ParleyProgram;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// A person at a command line of their own, with a directory for its state: `parley` as a process, or in this
/// JVM where only what it does matters and not its start, its streams, or how it ends.
final class Cli {
    private static final Duration PATIENCE = Duration.ofSeconds(60); // a JVM starts slowly on a busy machine

    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final String user;
    private final Path state;
    private final String nodes;

    private Cli(final String user, final Path state, final String nodes) {
        this.user = user;
        this.state = state;
        this.nodes = nodes;
    }

    /// Somebody without an account.
    static Cli stranger(final String user, final Path directory, final int... ports) {
        final var nodes = Arrays.stream(ports)
                .mapToObj(port -> "http://127.0.0.1:" + port)
                .collect(Collectors.joining(","));
        return new Cli(user, directory.resolve(user), nodes);
    }

    /// Somebody who has registered and is logged in.
    static Cli person(final String user, final Path directory, final int... ports) {
        final var cli = stranger(user, directory, ports);
        cli.gets(0, "register", user);
        return cli;
    }

    String user() {
        return user;
    }

    /// Runs a command to its end, which must be this exit code.
    Ended gets(final int code, final String... arguments) {
        return expect(
                code, assertTimeoutPreemptively(PATIENCE, () -> CommandHere.run(environment(), arguments)), arguments);
    }

    /// The same as a process of its own.
    Ended ends(final int code, final String... arguments) {
        try (var running = start(arguments)) {
            running.endsInput();
            return expect(code, running.awaitEnd(), arguments);
        }
    }

    private static Ended expect(final int code, final Ended ended, final String... arguments) {
        assertEquals(code, ended.code(), () -> String.join(" ", arguments) + ": " + ended);
        return ended;
    }

    /// What a command that ends well prints, line by line.
    List<String> prints(final String... arguments) {
        return gets(0, arguments).out();
    }

    /// Starts a command.
    Running start(final String... arguments) {
        final var command = new ArrayList<String>(List.of(
                ParleyProgram.java(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(entry -> !entry.endsWith("test-classes"))
                        .collect(Collectors.joining(File.pathSeparator)),
                "io.parley.cli.ParleyCommand"));
        command.addAll(List.of(arguments));
        try {
            return new Running(builder(command).start());
        } catch (final IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// The same by the script that people start.
    Ended script(final String... arguments) {
        final var command =
                new ArrayList<>(List.of(Path.of("bin/parley").toAbsolutePath().toString()));
        command.addAll(List.of(arguments));
        final var builder = builder(command);
        builder.environment().put("JAVA25_HOME", System.getProperty("java.home"));
        try (var running = new Running(builder.start())) {
            running.endsInput();
            return running.awaitEnd();
        } catch (final IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private ProcessBuilder builder(final List<String> command) {
        final var builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("PARLEY_"));
        builder.environment().putAll(environment());
        return builder;
    }

    private Map<String, String> environment() {
        return Map.of("PARLEY_NODES", nodes, "PARLEY_PASSWORD", World.PASSWORD, "XDG_STATE_HOME", state.toString());
    }

    /// Waits until so many messages are kept that have not been answered.
    void keeps(final int count) {
        final long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (unsent() != count) {
            assertTrue(System.nanoTime() < deadline, () -> unsent() + " messages are kept, not " + count);
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    private long unsent() {
        if (!Files.isDirectory(state)) {
            return 0;
        }
        try (var all = Files.walk(state)) {
            return all.filter(file -> file.toString().contains("/unsent/")
                            && file.toString().endsWith(".json"))
                    .count();
        } catch (final IOException | UncheckedIOException changing) { // a file went while we looked
            return -1;
        }
    }

    /// A command that runs.
    static final class Running implements AutoCloseable {
        private final Process process;
        private final List<String> out = new ArrayList<>(); // guarded by itself, as is what follows
        private final StringBuilder err = new StringBuilder();
        private final List<Thread> readers = new ArrayList<>();

        private Running(final Process process) {
            this.process = process;
            readers.add(Thread.ofVirtual()
                    .start(() -> read(process.inputReader(StandardCharsets.UTF_8), line -> {
                        synchronized (out) {
                            out.add(line);
                            out.notifyAll();
                        }
                    })));
            readers.add(Thread.ofVirtual()
                    .start(() -> read(process.errorReader(StandardCharsets.UTF_8), line -> {
                        synchronized (out) {
                            err.append(line).append('\n');
                        }
                    })));
        }

        private static void read(final BufferedReader from, final Consumer<String> into) {
            try {
                for (var line = from.readLine(); line != null; line = from.readLine()) {
                    into.accept(line);
                }
            } catch (final IOException ended) {
                // with the process
            }
        }

        void types(final String line) {
            try {
                process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
                process.getOutputStream().flush();
            } catch (final IOException gone) {
                throw new AssertionError(lines() + error(), gone);
            }
        }

        void endsInput() {
            try {
                process.getOutputStream().close();
            } catch (final IOException gone) {
                throw new UncheckedIOException(gone);
            }
        }

        List<String> lines() {
            synchronized (out) {
                return List.copyOf(out);
            }
        }

        private String error() {
            synchronized (out) {
                return err.toString();
            }
        }

        /// Waits until it has printed a line like this.
        void shows(final Predicate<String> line, final String what) {
            awaits(lines -> lines.stream().anyMatch(line), what);
        }

        void shows(final String line) {
            shows(line::equals, line);
        }

        /// Waits until what it has printed is like this.
        void awaits(final Predicate<List<String>> lines, final String what) {
            final long deadline = System.nanoTime() + PATIENCE.toNanos();
            synchronized (out) {
                while (!lines.test(out)) {
                    final long millis = (deadline - System.nanoTime()) / 1_000_000;
                    if (millis <= 0) {
                        throw new AssertionError("not printed: " + what + "; but " + out + " and " + err);
                    }
                    try {
                        out.wait(millis);
                    } catch (final InterruptedException stopped) {
                        Thread.currentThread().interrupt();
                        throw new AssertionError("stopped while waiting", stopped);
                    }
                }
            }
        }

        /// What it has printed, each line read as JSON.
        List<JsonNode> json() {
            return lines().stream().map(Rest::parse).toList();
        }

        /// `kill -9`.
        void killHard() {
            process.destroyForcibly();
            awaitEnd();
        }

        /// SIGTERM, as Ctrl-C does.
        Ended stops() {
            process.toHandle().destroy(); // the process's own would close what it still prints into
            return awaitEnd();
        }

        Ended awaitEnd() {
            try {
                assertTrue(
                        process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS),
                        () -> "it does not end; printed: " + lines() + error());
                for (final var reader : readers) {
                    assertTrue(reader.join(PATIENCE), "its output does not end");
                }
            } catch (final InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new AssertionError("stopped while waiting", stopped);
            }
            return new Ended(process.exitValue(), lines(), error());
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
