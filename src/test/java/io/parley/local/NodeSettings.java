package io.parley.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What one Parley node of a local cluster is started with. Everything it listens on is at one address.
///
/// @param host its address: of clients, of operators and of the other nodes
/// @param clusterPort where the others reach it
/// @param clusterBoundPort where it listens for them: the same, unless something stands before it
/// @param heapMiB its Java heap; it takes some 250 MiB beside it
/// @param flags of the JVM, after those that every Parley has: `-Dparley.…=…`, `-XX:…`
/// @param classPathPrefix directories and jars before all others: a changed class counts; a directory with all
///     of Parley, such as another version, stands in the place of the one that is compiled here
/// @param environment settings, `PARLEY_…`; they count before those the cluster gives its nodes
public record NodeSettings(
        String host,
        int port,
        int managementPort,
        int clusterPort,
        int clusterBoundPort,
        int heapMiB,
        List<String> flags,
        List<Path> classPathPrefix,
        Map<String, String> environment) {
    private static final String SHARED_HOST = "127.0.0.1";
    private static final int HEAP_MIB = 400;

    /// From the port that the others know to the one behind the proxy.
    private static final int BEHIND = 10_000;

    public NodeSettings {
        flags = List.copyOf(flags);
        classPathPrefix = List.copyOf(classPathPrefix);
        environment = Map.copyOf(environment);
    }

    /// The first of several where one looks for them: `http://127.0.0.1:8081`.
    static NodeSettings usual() {
        return new NodeSettings(SHARED_HOST, 8081, 7631, 7355, 7355, HEAP_MIB, List.of(), List.of(), Map.of());
    }

    /// The first of several with addresses of their own, at the usual ports. For tests: it starts soon rather
    /// than computes fast, and its passwords are cheap to guess.
    static NodeSettings at(final String host) {
        return new NodeSettings(host, 8080, 7626, 7355, 7355, HEAP_MIB, ParleyProgram.TEST_FLAGS, List.of(), Map.of());
    }

    /// The same in the next place: the next address, or the next ports of the address that all share.
    NodeSettings next() {
        if (host.equals(SHARED_HOST)) {
            return new NodeSettings(
                    host,
                    port + 1,
                    managementPort + 1,
                    clusterPort + 1,
                    clusterBoundPort + 1,
                    heapMiB,
                    flags,
                    classPathPrefix,
                    environment);
        }
        final int dot = host.lastIndexOf('.') + 1;
        final var following = host.substring(0, dot) + (Integer.parseInt(host.substring(dot)) + 1);
        return new NodeSettings(
                following,
                port,
                managementPort,
                clusterPort,
                clusterBoundPort,
                heapMiB,
                flags,
                classPathPrefix,
                environment);
    }

    public NodeSettings withHeapMiB(final int other) {
        return new NodeSettings(
                host, port, managementPort, clusterPort, clusterBoundPort, other, flags, classPathPrefix, environment);
    }

    /// Listening at another port than the one the others know, for a [ClusterProxy] at that one.
    NodeSettings behindProxy() {
        return new NodeSettings(
                        host,
                        port,
                        managementPort,
                        clusterPort,
                        clusterPort + BEHIND,
                        heapMiB,
                        flags,
                        classPathPrefix,
                        environment)
                .withFlag("-Dpekko.remote.artery.bind.hostname=" + host)
                .withFlag("-Dpekko.remote.artery.bind.port=" + (clusterPort + BEHIND))
                .fromOwnAddress();
    }

    /// Connecting to the others from its own address, by which a [BreakableNetwork] knows who it is.
    NodeSettings fromOwnAddress() {
        if (host.equals(SHARED_HOST)) {
            throw new LocalTrouble("on a network that can be broken each node needs an address of its own");
        }
        return withFlag("-Dpekko.remote.artery.advanced.tcp.outbound-client-hostname=" + host);
    }

    boolean isBehindProxy() {
        return clusterBoundPort != clusterPort;
    }

    /// One flag of the JVM more.
    public NodeSettings withFlag(final String flag) {
        final var more = new ArrayList<>(flags);
        more.add(flag);
        return new NodeSettings(
                host, port, managementPort, clusterPort, clusterBoundPort, heapMiB, more, classPathPrefix, environment);
    }

    /// One entry before the class path, and before those that stand there already.
    public NodeSettings withClassPathPrefix(final Path entry) {
        final var more = new ArrayList<Path>();
        more.add(entry);
        more.addAll(classPathPrefix);
        return new NodeSettings(
                host, port, managementPort, clusterPort, clusterBoundPort, heapMiB, flags, more, environment);
    }

    /// One variable more, or another value for it.
    public NodeSettings with(final String variable, final String value) {
        return with(Map.of(variable, value));
    }

    /// Some variables more, or other values for them.
    public NodeSettings with(final Map<String, String> variables) {
        final var more = new HashMap<>(environment);
        more.putAll(variables);
        return new NodeSettings(
                host, port, managementPort, clusterPort, clusterBoundPort, heapMiB, flags, classPathPrefix, more);
    }

    /// Where clients connect.
    String address() {
        return "http://" + host + ":" + port;
    }

    /// What the others name it by.
    String seed() {
        return host + ":" + clusterPort;
    }

    /// Its place, as settings of the node.
    Map<String, String> place() {
        return Map.of(
                "PARLEY_BIND",
                host,
                "PARLEY_PORT",
                Integer.toString(port),
                "PARLEY_MANAGEMENT_BIND",
                host,
                "PARLEY_MANAGEMENT_PORT",
                Integer.toString(managementPort),
                "PARLEY_CLUSTER_HOST",
                host,
                "PARLEY_CLUSTER_PORT",
                Integer.toString(clusterPort));
    }
}
