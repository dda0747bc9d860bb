package io.parley.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// One Cassandra node, a process of its own. What it stores stands in its directory and is there when it is
/// started again.
public final class CassandraNode extends LocalServer {
    private static final Duration START_MAX = Duration.ofMinutes(4);
    private static final Duration STOP_MAX = Duration.ofSeconds(30);
    private static final int LAST_LINES = 15;

    private final CassandraSettings ring;
    private final Lifetime lifetime;

    CassandraNode(final CassandraSettings ring, final int number, final Path directory, final Lifetime lifetime) {
        super(number, directory, STOP_MAX);
        this.ring = ring;
        this.lifetime = lifetime;
    }

    @Override
    LocalProcess launch() throws IOException {
        Files.createDirectories(directory().resolve("tmp"));
        Files.writeString(directory().resolve("cassandra.yaml"), CassandraFiles.yaml(ring, number()));
        Files.writeString(directory().resolve("logback.xml"), CassandraFiles.logback(log()));
        final var jmxPort = ring.jmxPortOf(number());
        if (jmxPort.isPresent()) {
            Files.writeString(nodetool(), CassandraFiles.nodetool(jmxPort.getAsInt(), directory()));
            Files.setPosixFilePermissions(nodetool(), PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return LocalProcess.launch(
                CassandraFiles.command(ring, number(), directory()), directory(), output(), lifetime);
    }

    @Override
    List<Integer> ports() {
        return List.of(ring.nativePort(), ring.storagePort());
    }

    /// Waits until it answers CQL, whatever it knows of the others.
    public void awaitUp() {
        awaitAlive(1);
    }

    /// Waits until it works with so many nodes, itself among them.
    void awaitAlive(final int nodes) {
        awaitRunning(
                START_MAX,
                () -> ask().alive() >= nodes,
                () -> "is not up with " + nodes + " of " + ring.nodes() + " nodes: " + ask().said());
    }

    private CassandraProbe.Answer ask() {
        return CassandraProbe.ask(address(), ring.nodes());
    }

    /// How many nodes it works with, itself among them; 0 when it does not answer.
    public int alive() {
        return ask().alive();
    }

    /// Where it speaks CQL.
    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.ofLiteral(host()), ring.nativePort());
    }

    @Override
    String host() {
        return ring.addresses().get(number() - 1);
    }

    /// What Cassandra logs.
    public Path log() {
        return directory().resolve("system.log");
    }

    /// The command that administers this node, in a ring with JMX.
    public Path nodetool() {
        return directory().resolve("nodetool");
    }

    /// Where its tables stand.
    public Path data() {
        return directory().resolve("data");
    }

    /// What comes on its standard output and error: little, unless it does not start.
    public Path output() {
        return directory().resolve("output.log");
    }

    @Override
    String lastWords() {
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
        return "Cassandra node " + number() + " (" + host() + ")";
    }
}
