package io.parley.scenario;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.local.FreePorts;
import io.parley.local.Management;
import io.parley.local.ParleyProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A node in a process of its own. It keeps its ports and its data directory when it is started again.
final class NodeProcess implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofSeconds(90);
    private static final Duration STOP_MAX = Duration.ofSeconds(10);
    private static final int HEAP_MIB = 512;
    private static final Duration POLL = Duration.ofMillis(50);

    private final Path data;
    private final int port;
    private final int managementPort;
    private final Map<String, String> environment;
    private final Path output;
    private Process process;
    private String written = ""; // once it is closed
    private volatile boolean closed;

    private NodeProcess(final Path data, final int port, final int managementPort, final Map<String, String> settings)
            throws IOException {
        this.data = data;
        this.port = port;
        this.managementPort = managementPort;
        this.environment = new HashMap<>(settings);
        environment.put("PARLEY_DATA_DIR", data.toString());
        environment.put("PARLEY_PORT", Integer.toString(port));
        environment.put("PARLEY_MANAGEMENT_PORT", Integer.toString(managementPort));
        environment.putAll(settings);
        this.output = Files.createTempFile("parley-node", ".log");
        this.process = launch();
    }

    /// Starts a node and returns when it is ready.
    ///
    /// @param settings environment variables, such as `PARLEY_RATE_LIMITS`
    static NodeProcess start(final Path data, final Map<String, String> settings) {
        final var node = begin(data, settings);
        node.awaitReady();
        return node;
    }

    /// Starts a node that is not expected to become ready.
    static NodeProcess begin(final Path data, final Map<String, String> settings) {
        try {
            final var ports = FreePorts.find();
            final var node = new NodeProcess(data, ports.first(), ports.second(), settings);
            NodeOutput.begins(node);
            return node;
        } catch (final IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private Process launch() throws IOException {
        return launch(environment, output);
    }

    private static Process launch(final Map<String, String> environment, final Path output, final String... words)
            throws IOException {
        final var command = ParleyProgram.forTests(HEAP_MIB, List.of(words));
        final var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        builder.environment().keySet().removeIf(name -> name.startsWith("PARLEY_"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    /// What became of a command of `io.parley.Main`.
    record Ended(int status, String output) {}

    /// Runs a command of `io.parley.Main`, or a node that ends by itself, to its end.
    static Ended command(final Map<String, String> settings, final String... words) {
        try (var running = beginCommand(settings, words)) {
            return new Ended(running.awaitEnd(START_MAX), running.output());
        }
    }

    /// Begins a command of `io.parley.Main`.
    static Command beginCommand(final Map<String, String> settings, final String... words) {
        try {
            final var output = Files.createTempFile("parley-command", ".log");
            return new Command(launch(settings, output, words), output);
        } catch (final IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// A command that runs.
    record Command(Process process, Path written) implements AutoCloseable {
        /// All it has written so far.
        String output() {
            try {
                return Files.readString(written);
            } catch (final IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        /// Waits for its end and returns its exit code.
        int awaitEnd(final Duration atMost) {
            return NodeProcess.awaitEnd(process, atMost);
        }

        /// `kill -9`.
        void killHard() {
            process.destroyForcibly();
            awaitEnd(STOP_MAX);
        }

        @Override
        public void close() {
            killHard();
            try {
                Files.deleteIfExists(written);
            } catch (final IOException kept) {
                throw new UncheckedIOException(kept);
            }
        }
    }

    private void awaitReady() {
        final long deadline = System.nanoTime() + START_MAX.toNanos();
        while (!isReady()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new AssertionError("the node did not become ready");
            }
            pause();
        }
    }

    private void pause() {
        try {
            if (process.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("the node ended");
            }
        } catch (final InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new AssertionError("stopped while waiting for the node", stopped);
        }
    }

    /// What `/health/ready` says; no when nobody answers.
    boolean isReady() {
        return management().isReady();
    }

    /// A number of `/metrics`; 0 where it does not stand there.
    long metric(final String name) {
        return management().metric(name);
    }

    /// What the management port counts.
    String metrics() {
        return management().metrics().orElseThrow(() -> new AssertionError("the management port does not answer"));
    }

    private Management management() {
        return new Management(URI.create("http://127.0.0.1:" + managementPort), Duration.ofSeconds(5));
    }

    int port() {
        return port;
    }

    int managementPort() {
        return managementPort;
    }

    long pid() {
        return process.pid();
    }

    boolean isClosed() {
        return closed;
    }

    Path data() {
        return data;
    }

    /// All it has written so far.
    String output() {
        if (closed) {
            return written;
        }
        try {
            return Files.readString(output);
        } catch (final IOException failed) {
            return "(no output: " + failed.getMessage() + ")";
        }
    }

    /// `kill -9`.
    void killHard() {
        process.destroyForcibly();
        awaitEnd(STOP_MAX);
    }

    /// SIGTERM, without waiting.
    void askToStop() {
        process.destroy();
    }

    /// SIGTERM; the process ends within 10 s. Returns its exit code.
    int terminate() {
        askToStop();
        return awaitEnd(STOP_MAX);
    }

    /// Waits for the process's end and returns its exit code.
    int awaitEnd(final Duration atMost) {
        return awaitEnd(process, atMost);
    }

    private static int awaitEnd(final Process process, final Duration atMost) {
        try {
            assertTrue(
                    process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS),
                    () -> "the node did not end in " + atMost);
            return process.exitValue();
        } catch (final InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new AssertionError("stopped while waiting for the node's end", stopped);
        }
    }

    /// Starts it again after its end, on the same ports, with these settings beside those it has.
    void restart(final Map<String, String> settings) {
        environment.putAll(settings);
        restart();
    }

    /// Starts it again after its end, on the same data and ports.
    void restart() {
        try {
            process = launch();
        } catch (final IOException failed) {
            throw new UncheckedIOException(failed);
        }
        awaitReady();
    }

    /// Ends the process at once, if it still runs.
    @Override
    public void close() {
        process.destroyForcibly();
        awaitEnd(STOP_MAX);
        written = output();
        closed = true;
        try {
            Files.deleteIfExists(output);
        } catch (final IOException kept) {
            throw new UncheckedIOException(kept);
        }
    }
}
