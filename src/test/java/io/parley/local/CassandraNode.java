package io.parley.local;

import io.parley.local.LocalProcess.Signal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// One Cassandra node, a process of its own. What it stores stands in its directory and is there when it is
/// started again.
public final class CassandraNode {
    private static final Duration START_MAX = Duration.ofMinutes(4);
    private static final Duration STOP_MAX = Duration.ofSeconds(30);
    private static final Duration KILL_MAX = Duration.ofSeconds(10);
    private static final int LAST_LINES = 15;

    private final CassandraSettings ring;
    private final int number;
    private final Path directory;
    private final Lifetime lifetime;

    CassandraNode(final CassandraSettings ring, final int number, final Path directory, final Lifetime lifetime) {
        this.ring = ring;
        this.number = number;
        this.directory = directory.toAbsolutePath().normalize();
        this.lifetime = lifetime;
    }

    /// Starts it, without waiting for more: [#awaitUp].
    public void start() {
        process().ifPresent(runs -> {
            throw new LocalTrouble(this + " runs already, as process " + runs.pid());
        });
        checkPorts();
        try {
            Files.createDirectories(directory.resolve("tmp"));
            Files.writeString(directory.resolve("cassandra.yaml"), CassandraFiles.yaml(ring, number));
            Files.writeString(directory.resolve("logback.xml"), CassandraFiles.logback(log()));
            final var command = CassandraFiles.command(ring, number, directory);
            LocalProcess.launch(command, directory, output(), lifetime).write(processFile());
        } catch (final IOException failed) {
            throw new LocalTrouble("cannot write into " + directory + ": " + failed.getMessage(), failed);
        }
    }

    /// Finds out before Cassandra does, which would take seconds and say it with a stack trace.
    void checkPorts() {
        for (final int port : List.of(ring.nativePort(), ring.storagePort())) {
            if (!CassandraSettings.isFree(host(), port)) {
                throw new LocalTrouble("cannot start " + this + ": " + host() + ":" + port
                        + " is taken by another program, or is no address of this machine");
            }
        }
    }

    /// Waits until it answers CQL, whatever it knows of the others.
    public void awaitUp() {
        awaitAlive(1);
    }

    /// Waits until it works with so many nodes, itself among them.
    void awaitAlive(final int nodes) {
        Waiting.until(
                START_MAX,
                () -> {
                    if (!isRunning()) {
                        throw new LocalTrouble(
                                this + " ended while it was waited for; its last words:\n" + lastWords());
                    }
                    return ask().alive() >= nodes;
                },
                () -> this + " is not up with " + nodes + " of " + ring.nodes() + " nodes: " + ask().said()
                        + "; its last words:\n" + lastWords());
    }

    private CassandraProbe.Answer ask() {
        return CassandraProbe.ask(address(), ring.nodes());
    }

    /// How many nodes it works with, itself among them; 0 when it does not answer.
    public int alive() {
        return ask().alive();
    }

    /// SIGTERM: it writes its memory to disk, tells the others, and has ended when this returns.
    public void stop() {
        askToStop();
        awaitEnd(STOP_MAX);
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

    void awaitEnd() {
        awaitEnd(STOP_MAX);
    }

    private void awaitEnd(final Duration atMost) {
        process().ifPresent(runs -> {
            if (!runs.endsWithin(atMost)) {
                throw new LocalTrouble(this + ", process " + runs.pid() + ", does not end");
            }
        });
    }

    /// SIGSTOP: it holds its connections and says nothing.
    public void pause() {
        running().send(Signal.STOP);
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
        try {
            return LocalProcess.read(processFile()).filter(LocalProcess::isAlive);
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

    /// Where it speaks CQL.
    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.ofLiteral(host()), ring.nativePort());
    }

    private String host() {
        return ring.addresses().get(number - 1);
    }

    /// Its configuration, data, commit log and hints.
    public Path directory() {
        return directory;
    }

    /// What Cassandra logs.
    public Path log() {
        return directory.resolve("system.log");
    }

    /// What comes on its standard output and error: little, unless it does not start.
    public Path output() {
        return directory.resolve("output.log");
    }

    private String lastWords() {
        return Stream.concat(
                        last(log()).filter(line -> line.contains(" WARN ") || line.contains(" ERROR ")), last(output()))
                .reduce((before, line) -> before + "\n" + line)
                .orElse("(none)");
    }

    private static Stream<String> last(final Path file) {
        try {
            final var lines = Files.readAllLines(file);
            return lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()).stream();
        } catch (final IOException nothing) {
            return Stream.empty();
        }
    }

    @Override
    public String toString() {
        return "Cassandra node " + number + " (" + host() + ")";
    }
}
