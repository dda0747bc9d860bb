package io.parley.local;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// What a cluster on this machine is made of.
///
/// @param cassandra the ring below it
/// @param nodes one entry a Parley node, in the order of their numbers; the first three are the seed nodes
/// @param network what is between the nodes
public record LocalClusterSettings(CassandraSettings cassandra, List<NodeSettings> nodes, Network network) {
    /// What nodes reach each other by.
    public enum Network {
        /// As it is; it cannot be broken.
        PLAIN,
        /// Through a [ClusterProxy].
        PROXIES,
        /// Past a [PacketFilter]: only as root, in a network namespace of its own.
        PACKETS
    }

    private static final int REPLICAS_MAX = 3;
    private static final int SEEDS_MAX = 3;

    /// Beside the addresses of Cassandra's nodes.
    private static final int FIRST_HOST = 11;

    public LocalClusterSettings {
        nodes = List.copyOf(nodes);
        if (nodes.isEmpty()) {
            throw new LocalTrouble("a cluster has at least one node");
        }
    }

    /// Where one looks for it: nodes at `http://127.0.0.1:8081` and so on.
    public static LocalClusterSettings usual(final int nodes, final int cassandras) {
        return new LocalClusterSettings(
                CassandraSettings.usual(cassandras), places(NodeSettings.usual(), nodes), Network.PLAIN);
    }

    /// At addresses of its own that nobody listens on now, so that others run beside it. For tests.
    public static LocalClusterSettings aside(final int nodes, final int cassandras) {
        final var ring = CassandraSettings.aside(cassandras);
        final var address = ring.addresses().getFirst();
        final var first = address.substring(0, address.lastIndexOf('.') + 1) + FIRST_HOST;
        return new LocalClusterSettings(ring, places(NodeSettings.at(first), nodes), Network.PLAIN);
    }

    private static List<NodeSettings> places(final NodeSettings first, final int count) {
        return Stream.iterate(first, NodeSettings::next).limit(count).toList();
    }

    /// With a change to every node.
    public LocalClusterSettings withNodes(final UnaryOperator<NodeSettings> change) {
        return new LocalClusterSettings(cassandra, nodes.stream().map(change).toList(), network);
    }

    /// With a change to one node.
    ///
    /// @param number from 1
    public LocalClusterSettings withNode(final int number, final UnaryOperator<NodeSettings> change) {
        return new LocalClusterSettings(
                cassandra,
                IntStream.rangeClosed(1, nodes.size())
                        .mapToObj(each -> each == number ? change.apply(nodes.get(each - 1)) : nodes.get(each - 1))
                        .toList(),
                network);
    }

    /// With a network between the nodes that can be broken: [LocalCluster#network].
    public LocalClusterSettings withBreakableNetwork() {
        return with(Network.PROXIES);
    }

    /// With something else between the nodes.
    public LocalClusterSettings with(final Network other) {
        final var changed = switch (other) {
            case PLAIN -> this;
            case PROXIES -> withNodes(NodeSettings::behindProxy);
            case PACKETS -> withNodes(NodeSettings::fromOwnAddress);
        };
        return new LocalClusterSettings(cassandra, changed.nodes, other);
    }

    /// With a change to the ring.
    public LocalClusterSettings withCassandra(final UnaryOperator<CassandraSettings> change) {
        return new LocalClusterSettings(change.apply(cassandra), nodes, network);
    }

    /// How many copies of each row there are.
    int replicas() {
        return Math.min(REPLICAS_MAX, cassandra.nodes());
    }

    /// What every node is told, as `PARLEY_SEED_NODES`.
    String seeds() {
        return String.join(
                ",", nodes.stream().limit(SEEDS_MAX).map(NodeSettings::seed).toList());
    }

    /// What every node is told, as `PARLEY_NODES`.
    String clientAddresses() {
        return String.join(",", nodes.stream().map(NodeSettings::address).toList());
    }

    /// What every node is told, as `PARLEY_CASSANDRA`.
    String contactPoints() {
        return String.join(
                ",",
                cassandra.addresses().stream()
                        .map(address -> address + ":" + cassandra.nativePort())
                        .toList());
    }
}
