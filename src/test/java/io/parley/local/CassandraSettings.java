package io.parley.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/// What a ring is made of. All nodes share the port numbers and differ in the address.
///
/// @param addresses one a node, in the order of their numbers
/// @param nativePort where clients speak CQL
/// @param storagePort where the nodes speak to each other
/// @param jmxPort where `nodetool` connects, on 127.0.0.1: the first node's, the others have the ones that
///     follow; or none
/// @param heapMiB the Java heap of each node; a node takes a few hundred MiB more
/// @param shortLived its code is compiled at once rather than well: it starts with two thirds of the processor
///     time, and is no measure for how fast Cassandra is
public record CassandraSettings(
        List<String> addresses,
        int nativePort,
        int storagePort,
        OptionalInt jmxPort,
        int heapMiB,
        CommitLog commitLog,
        boolean shortLived) {
    private static final int NATIVE_PORT = 9042;
    private static final int STORAGE_PORT = 7000;
    private static final int JMX_PORT = 7199;
    private static final int HEAP_MIB = 512;
    private static final int TRIES = 100;

    /// When a write is acknowledged: before it is synced to the disk, or after, each by itself or in groups.
    public enum CommitLog {
        /// Synced every 10 s, acknowledged before: the fastest. A loss of power on all nodes loses the last of
        /// it, and so does a `kill -9` of all of them: what was written since the last marker, one each 100 ms,
        /// is not replayed.
        PERIODIC,
        /// Synced before it is acknowledged.
        BATCH,
        /// As [#BATCH], all writes of a few milliseconds together.
        GROUP;

        static CommitLog named(final String name) {
            try {
                return valueOf(name.toUpperCase(Locale.ROOT));
            } catch (final IllegalArgumentException unknown) {
                throw new LocalTrouble("the commit log is periodic, batch or group, not " + name, unknown);
            }
        }
    }

    public CassandraSettings {
        addresses = List.copyOf(addresses);
        if (addresses.isEmpty()) {
            throw new LocalTrouble("a ring has at least one node");
        }
        if (heapMiB < 256) {
            throw new LocalTrouble("Cassandra does not come up with less than 256 MiB of heap");
        }
    }

    /// A ring where one looks for it: 127.0.0.1 and so on, port 9042.
    public static CassandraSettings usual(final int nodes) {
        return at("127.0.0", nodes);
    }

    /// A ring at the usual ports of other addresses, such as 127.0.7.1 and so on.
    ///
    /// @param block the first three parts of all addresses
    public static CassandraSettings at(final String block, final int nodes) {
        return new CassandraSettings(
                block(block, nodes),
                NATIVE_PORT,
                STORAGE_PORT,
                OptionalInt.of(freeJmxPorts(nodes)),
                HEAP_MIB,
                CommitLog.GROUP,
                false);
    }

    /// These are on 127.0.0.1 for every ring.
    private static int freeJmxPorts(final int nodes) {
        return IntStream.iterate(JMX_PORT, port -> port + nodes)
                .limit(TRIES)
                .filter(first -> IntStream.range(first, first + nodes).allMatch(port -> isFree("127.0.0.1", port)))
                .findFirst()
                .orElseThrow(() -> new LocalTrouble("no ports for JMX are free from " + JMX_PORT + " on"));
    }

    /// A short-lived ring on addresses of its own that nobody listens on now, so that others run beside it.
    public static CassandraSettings aside(final int nodes) {
        for (int tried = 0; tried < TRIES; tried++) {
            final var random = ThreadLocalRandom.current();
            final var addresses = block("127." + random.nextInt(64, 128) + "." + random.nextInt(1, 255), nodes);
            if (addresses.stream().allMatch(each -> isFree(each, NATIVE_PORT) && isFree(each, STORAGE_PORT))) {
                return new CassandraSettings(
                        addresses, NATIVE_PORT, STORAGE_PORT, OptionalInt.empty(), HEAP_MIB, CommitLog.GROUP, true);
            }
        }
        throw new LocalTrouble("this machine has no free addresses 127.x.y.1 to " + nodes
                + ", which a ring needs: Linux has them all by itself, macOS after ifconfig lo0 alias");
    }

    private static List<String> block(final String prefix, final int nodes) {
        return IntStream.rangeClosed(1, nodes)
                .mapToObj(number -> prefix + "." + number)
                .toList();
    }

    /// Whether a server could listen there now.
    static boolean isFree(final String address, final int port) {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true); // connections that just ended do not count
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral(address), port), 1);
            return true;
        } catch (final IOException taken) {
            return false;
        }
    }

    public int nodes() {
        return addresses.size();
    }

    public CassandraSettings withHeapMiB(final int other) {
        return new CassandraSettings(addresses, nativePort, storagePort, jmxPort, other, commitLog, shortLived);
    }

    public CassandraSettings withCommitLog(final CommitLog other) {
        return new CassandraSettings(addresses, nativePort, storagePort, jmxPort, heapMiB, other, shortLived);
    }

    /// With `nodetool`.
    public CassandraSettings withJmx() {
        return new CassandraSettings(
                addresses,
                nativePort,
                storagePort,
                OptionalInt.of(freeJmxPorts(nodes())),
                heapMiB,
                commitLog,
                shortLived);
    }

    /// Where one node's `nodetool` connects.
    ///
    /// @param number from 1
    OptionalInt jmxPortOf(final int number) {
        return jmxPort.isPresent() ? OptionalInt.of(jmxPort.getAsInt() + number - 1) : jmxPort;
    }

    public CassandraSettings withShortLived(final boolean other) {
        return new CassandraSettings(addresses, nativePort, storagePort, jmxPort, heapMiB, commitLog, other);
    }

    void write(final Path file) throws IOException {
        Files.writeString(file, """
                addresses=%s
                nativePort=%d
                storagePort=%d
                jmxPort=%d
                heapMiB=%d
                commitLog=%s
                shortLived=%s
                """.formatted(
                        String.join(",", addresses),
                        nativePort,
                        storagePort,
                        jmxPort.orElse(0),
                        heapMiB,
                        commitLog,
                        shortLived));
    }

    static CassandraSettings read(final Path file) throws IOException {
        final var written = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            written.load(reader);
        }
        final int jmxPort = Integer.parseInt(written.getProperty("jmxPort"));
        return new CassandraSettings(
                List.of(written.getProperty("addresses").split(",")),
                Integer.parseInt(written.getProperty("nativePort")),
                Integer.parseInt(written.getProperty("storagePort")),
                jmxPort == 0 ? OptionalInt.empty() : OptionalInt.of(jmxPort),
                Integer.parseInt(written.getProperty("heapMiB")),
                CommitLog.named(written.getProperty("commitLog")),
                Boolean.parseBoolean(written.getProperty("shortLived")));
    }
}
