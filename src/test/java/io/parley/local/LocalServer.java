package io.parley.local;

import io.parley.local.LocalProcess.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// A server in a process of its own, in a directory where it is written down which: so another JVM finds it
/// again. Started again it has the same place.
abstract sealed class LocalServer permits CassandraNode, ParleyNode, S3Server {
    private static final Duration KILL_MAX = Duration.ofSeconds(10);

    private final int number;
    private final Path directory;
    private final Duration stopMax;

    /// @param number  from 1
    /// @param stopMax how long it may take to end in good order
    LocalServer(final int number, final Path directory, final Duration stopMax) {
        this.number = number;
        this.directory = directory.toAbsolutePath().normalize();
        this.stopMax = stopMax;
    }

    /// Where it listens.
    abstract String host();

    /// Where it listens, on that host.
    abstract List<Integer> ports();

    /// The end of what it has written, for whoever must know why it failed.
    abstract String lastWords();

    /// Launches it in its directory, which is there; it does not run.
    abstract LocalProcess launch() throws IOException;

    /// Starts it, without waiting for more.
    public void start() {
        process().ifPresent(runs -> {
            throw new LocalTrouble(this + " runs already, as process " + runs.pid());
        });
        checkPorts();
        try {
            Files.createDirectories(directory);
            launch().write(processFile());
        } catch (final IOException failed) {
            throw new LocalTrouble("cannot write into " + directory + ": " + failed.getMessage(), failed);
        }
    }

    /// Finds out before the server does, which would take seconds.
    void checkPorts() {
        for (final int port : ports()) {
            if (!CassandraSettings.isFree(host(), port)) {
                throw new LocalTrouble("cannot start " + this + ": " + host() + ":" + port
                        + " is taken by another program, or is no address of this machine");
            }
        }
    }

    /// Looks again until `holds`, which only a server that runs can make true.
    void awaitRunning(final Duration atMost, final BooleanSupplier holds, final Supplier<String> otherwise) {
        Waiting.until(
                atMost,
                () -> {
                    if (!isRunning()) {
                        throw new LocalTrouble(
                                this + " ended while it was waited for; its last words:\n" + lastWords());
                    }
                    return holds.getAsBoolean();
                },
                () -> this + " " + otherwise.get() + "; its last words:\n" + lastWords());
    }

    /// SIGTERM: it ends in good order, and has ended when this returns.
    ///
    /// @return its exit code; empty where it did not run or another JVM has started it
    public OptionalInt stop() {
        askToStop();
        return awaitEnd();
    }

    void askToStop() {
        process().ifPresent(runs -> {
            runs.send(Signal.TERM);
            runs.send(Signal.CONT); // one that is paused would not notice
        });
    }

    /// `kill -9`; it has ended when this returns.
    public void kill() {
        process().ifPresent(runs -> runs.send(Signal.KILL));
        awaitEnd(KILL_MAX);
    }

    OptionalInt awaitEnd() {
        return awaitEnd(stopMax);
    }

    /// Waits until it has ended.
    ///
    /// @return its exit code; empty where it never ran or another JVM has started it
    public OptionalInt awaitEnd(final Duration atMost) {
        final var last = lastProcess();
        if (last.isPresent() && !last.get().endsWithin(atMost)) {
            throw new LocalTrouble(
                    this + ", process " + last.get().pid() + ", does not end; its last words:\n" + lastWords());
        }
        return last.map(LocalProcess::exitCode).orElseGet(OptionalInt::empty);
    }

    /// SIGSTOP: it holds its connections and says nothing. Returns when all its threads stand still.
    public void pause() {
        final var process = running();
        process.send(Signal.STOP);
        if (process.showsItsState()) {
            Waiting.until(KILL_MAX, process::isPaused, () -> this + " does not stand still");
        }
    }

    /// SIGCONT.
    public void resume() {
        running().send(Signal.CONT);
    }

    private LocalProcess running() {
        return process().orElseThrow(() -> new LocalTrouble(this + " does not run"));
    }

    public boolean isRunning() {
        return process().isPresent();
    }

    /// The process that runs it now, paused or not.
    public Optional<LocalProcess> process() {
        return lastProcess().filter(LocalProcess::isAlive);
    }

    private Optional<LocalProcess> lastProcess() {
        try {
            return LocalProcess.read(processFile());
        } catch (final IOException failed) {
            throw new LocalTrouble("cannot read " + processFile(), failed);
        }
    }

    private Path processFile() {
        return directory.resolve("process");
    }

    /// From 1.
    public int number() {
        return number;
    }

    /// All that belongs to it.
    public Path directory() {
        return directory;
    }
}
