package io.parley.local;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/// Cassandra nodes that form one ring, in one directory:
///
/// ```
/// ring.properties          the settings it was made with
/// node1/cassandra.yaml     written anew at each start
/// node1/process            pid and start of the process
/// node1/system.log         its log; output.log what else it says
/// node1/nodetool           its nodetool, if the ring has JMX
/// node1/data, commitlog, hints, …
/// ```
public final class CassandraRing implements AutoCloseable {
    /// Of all nodes: clients ask for those near them.
    public static final String DATACENTER = "datacenter1";

    private final CassandraSettings settings;
    private final List<CassandraNode> nodes;

    private CassandraRing(final Path directory, final CassandraSettings settings, final Lifetime lifetime) {
        this.settings = settings;
        this.nodes = IntStream.rangeClosed(1, settings.nodes())
                .mapToObj(number -> new CassandraNode(settings, number, directory.resolve("node" + number), lifetime))
                .toList();
    }

    /// Makes a ring in a directory that has none, and does not start it.
    public static CassandraRing create(
            final Path directory, final CassandraSettings settings, final Lifetime lifetime) {
        final var file = directory.resolve("ring.properties");
        if (Files.exists(file)) {
            throw new LocalTrouble("there is a ring in " + directory + " already");
        }
        final var ring = new CassandraRing(directory, settings, lifetime);
        ring.nodes.forEach(CassandraNode::checkPorts);
        try {
            Files.createDirectories(directory);
            settings.write(file);
        } catch (final IOException failed) {
            throw new LocalTrouble("cannot write into " + directory + ": " + failed.getMessage(), failed);
        }
        return ring;
    }

    /// The ring that was made in a directory, with the processes that run it now.
    public static Optional<CassandraRing> open(final Path directory, final Lifetime lifetime) {
        final var file = directory.resolve("ring.properties");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new CassandraRing(directory, CassandraSettings.read(file), lifetime));
        } catch (final IOException failed) {
            throw new LocalTrouble("cannot read " + file, failed);
        }
    }

    /// Makes a ring and returns when it is up.
    public static CassandraRing start(final Path directory, final CassandraSettings settings, final Lifetime lifetime) {
        final var ring = create(directory, settings, lifetime);
        try {
            ring.start();
            return ring;
        } catch (final LocalTrouble failed) {
            ring.close();
            throw failed;
        }
    }

    /// Starts the nodes that do not run, and returns when all are up. The first one goes ahead: they find each
    /// other sooner when there is somebody to find.
    public void start() {
        final var waiting =
                nodes.stream().filter(Predicate.not(CassandraNode::isRunning)).toList();
        if (waiting.size() == nodes.size()) {
            nodes.getFirst().start();
            nodes.getFirst().awaitUp();
        }
        waiting.stream().filter(Predicate.not(CassandraNode::isRunning)).forEach(CassandraNode::start);
        awaitUp();
    }

    /// Waits until every node works with every other one.
    public void awaitUp() {
        nodes.forEach(node -> node.awaitAlive(nodes.size()));
    }

    /// Ends all nodes in good order.
    public void stop() {
        nodes.forEach(CassandraNode::askToStop);
        nodes.forEach(CassandraNode::awaitEnd);
    }

    /// `kill -9` to all, one right after the other.
    public void kill() {
        nodes.forEach(CassandraNode::kill);
    }

    /// Ends what still runs, at once. The directory stays.
    @Override
    public void close() {
        kill();
    }

    /// One of them.
    ///
    /// @param number from 1
    public CassandraNode node(final int number) {
        if (number < 1 || number > nodes.size()) {
            throw new LocalTrouble("there is no node " + number + ": the ring has 1 to " + nodes.size());
        }
        return nodes.get(number - 1);
    }

    public List<CassandraNode> nodes() {
        return nodes;
    }

    public CassandraSettings settings() {
        return settings;
    }

    /// Where clients connect: any one node is enough to find the others.
    public List<InetSocketAddress> contactPoints() {
        return nodes.stream().map(CassandraNode::address).toList();
    }
}
