package io.parley.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/// Parley nodes that form one cluster on a ring of Cassandra nodes, in one directory:
///
/// ```
/// cassandra/         the ring (CassandraRing)
/// token-keys.json    the keys that sign access tokens, of all nodes
/// media/             what people upload, for all nodes
/// commands.log       what the commands said that made tables and keys
/// node1/process      pid and start of the process
/// node1/node.log     what it says
/// ```
public final class LocalCluster implements AutoCloseable {
    /// What all nodes of a cluster are told, whatever each one is told besides.
    static final Set<String> SHARED =
            Set.of("PARLEY_STORE", "PARLEY_CASSANDRA", "PARLEY_SEED_NODES", "PARLEY_NODES", "PARLEY_TOKEN_KEYS");

    private static final String BUCKET = "PARLEY_MEDIA_S3_BUCKET";

    private static final Duration COMMAND_MAX = Duration.ofMinutes(2);

    private final Path directory;
    private final LocalClusterSettings settings;
    private final Lifetime lifetime;
    private final CassandraRing ring;
    private final List<ParleyNode> nodes;
    private final Optional<BreakableNetwork> network;

    private LocalCluster(
            final Path directory,
            final LocalClusterSettings settings,
            final CassandraRing ring,
            final Lifetime lifetime) {
        this.directory = directory.toAbsolutePath().normalize();
        this.settings = settings;
        this.lifetime = lifetime;
        this.ring = ring;
        this.nodes = IntStream.rangeClosed(1, settings.nodes().size())
                .mapToObj(number -> node(number, settings.nodes().get(number - 1)))
                .toList();
        this.network = switch (settings.network()) {
            case PLAIN -> Optional.empty();
            case PROXIES -> Optional.of(ClusterProxy.listen(settings.nodes()));
            case PACKETS -> Optional.of(PacketFilter.between(settings.nodes()));
        };
    }

    private ParleyNode node(final int number, final NodeSettings place) {
        final var shared = new TreeMap<>(Map.of(
                "PARLEY_STORE", "cassandra",
                "PARLEY_CASSANDRA", settings.contactPoints(),
                "PARLEY_SEED_NODES", settings.seeds(),
                "PARLEY_NODES", settings.clientAddresses(),
                "PARLEY_TOKEN_KEYS", keys().toString()));
        if (!place.environment().containsKey(BUCKET)) { // all nodes see one file system
            shared.put("PARLEY_MEDIA_DIR", directory.resolve("media").toString());
        }
        return new ParleyNode(number, place, shared, directory.resolve("node" + number), lifetime);
    }

    /// The keys that sign access tokens.
    Path keys() {
        return directory.resolve("token-keys.json");
    }

    /// The cluster in a directory, with the processes that run it now. A ring that is there counts, whatever
    /// the settings say of it; one that is not is made, and not started.
    public static LocalCluster in(final Path directory, final LocalClusterSettings settings, final Lifetime lifetime) {
        final var below = directory.resolve("cassandra");
        final var ring = CassandraRing.open(below, lifetime)
                .orElseGet(() -> CassandraRing.create(below, settings.cassandra(), lifetime));
        return new LocalCluster(directory, settings.withCassandra(_ -> ring.settings()), ring, lifetime);
    }

    /// Makes a cluster and returns when it is ready.
    public static LocalCluster start(
            final Path directory, final LocalClusterSettings settings, final Lifetime lifetime) {
        final var cluster = in(directory, settings, lifetime);
        try {
            cluster.start();
            return cluster;
        } catch (final LocalTrouble failed) {
            cluster.close();
            throw failed;
        }
    }

    /// Starts what does not run, and returns when all nodes are ready. Before the first node, tables and keys
    /// are made where they are missing.
    public void start() {
        final var waiting =
                nodes.stream().filter(Predicate.not(ParleyNode::isRunning)).toList();
        waiting.forEach(ParleyNode::checkPorts);
        ring.start();
        if (waiting.size() == nodes.size()) {
            prepare();
        }
        waiting.forEach(ParleyNode::start);
        awaitReady();
    }

    /// Makes tables and keys where they are missing; the ring runs, and no node does.
    void prepare() {
        command(List.of("schema", Integer.toString(settings.replicas())));
        if (!Files.exists(keys())) {
            command(List.of("token-keys", keys().toString()));
        }
    }

    /// What is done once for all nodes, by the program that they are.
    private void command(final List<String> words) {
        final var output = directory.resolve("commands.log");
        final var process = LocalProcess.launch(
                ParleyProgram.toDo(words),
                Map.of("PARLEY_CASSANDRA", settings.contactPoints()),
                directory,
                output,
                lifetime);
        Tool.awaitSuccess(process, String.join(" ", words), COMMAND_MAX, () -> lastLine(output));
    }

    private static String lastLine(final Path file) {
        try {
            final var lines = Files.readAllLines(file);
            return lines.isEmpty() ? "it said nothing" : lines.getLast();
        } catch (final IOException failed) {
            throw new LocalTrouble("cannot read " + file, failed);
        }
    }

    /// Waits until every node is ready.
    public void awaitReady() {
        nodes.forEach(ParleyNode::awaitReady);
    }

    /// Every node stops and starts, one after the other, each when the one before is ready again.
    public void restartOneByOne() {
        nodes.forEach(ParleyNode::restart);
    }

    /// Ends all nodes in good order, then the ring.
    public void stop() {
        nodes.forEach(ParleyNode::askToStop);
        nodes.forEach(ParleyNode::awaitEnd);
        ring.stop();
    }

    /// Ends what still runs, at once. The directory stays.
    @Override
    public void close() {
        nodes.forEach(ParleyNode::kill);
        ring.close();
        network.ifPresent(BreakableNetwork::close);
    }

    /// A node with the same Cassandra and the same keys that does not belong to it, in a place of its own; not
    /// started, and closed by whoever asked for it.
    ///
    /// @param change to what it is started with, for which it belongs elsewhere
    public ParleyNode outsider(final UnaryOperator<NodeSettings> change) {
        return node(nodes.size() + 1, change.apply(settings.nodes().getLast().next()));
    }

    /// One of its nodes.
    ///
    /// @param number from 1
    public ParleyNode node(final int number) {
        if (number < 1 || number > nodes.size()) {
            throw new LocalTrouble("there is no node " + number + ": the cluster has 1 to " + nodes.size());
        }
        return nodes.get(number - 1);
    }

    public List<ParleyNode> nodes() {
        return nodes;
    }

    /// What is between its nodes, where that can be broken.
    public BreakableNetwork network() {
        return network.orElseThrow(() -> new LocalTrouble("the network of this cluster cannot be broken"));
    }

    public CassandraRing ring() {
        return ring;
    }

    public LocalClusterSettings settings() {
        return settings;
    }
}
