package io.parley;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The settings under `parley.cluster` and `parley.seed-nodes`; what each means stands beside its default in
/// `application.conf`.
///
/// @param host  the name by which the others reach this node's cluster port
/// @param port  the cluster port; 0: any, where nobody needs to find it
/// @param seeds `host:port` of cluster ports, in order; none: a cluster of this node alone
/// @param tls   how members prove to each other who they are
record ClusterSettings(String host, int port, List<String> seeds, Optional<Tls> tls) {
    private static final int PORT = 7355;

    /// PEM files: this node's certificate and key, and the authority that has signed those of all members.
    record Tls(Path certificate, Path key, Path authority) {}

    /// Reads and checks them, for a node whose events are in Cassandra.
    static ClusterSettings of(final Config parley) throws Settings.Wrong {
        final var seeds = seeds(parley.getString("seed-nodes"));
        final boolean alone = Settings.onOff(parley, "cluster.alone");
        if (seeds.isEmpty() && !alone) {
            throw new Settings.Wrong(
                    "parley.store = cassandra without parley.seed-nodes (PARLEY_SEED_NODES): a second such"
                            + " node would be a second cluster on the same data. Name the seed nodes, or say"
                            + " parley.cluster.alone = on (PARLEY_CLUSTER_ALONE) for a node that stays alone");
        }
        if (!seeds.isEmpty() && alone) {
            throw new Settings.Wrong("parley.cluster.alone = on, and seed nodes are named: unset one of them");
        }
        final var host = parley.getString("cluster.host");
        final var tls = tls(parley);
        if (!seeds.isEmpty() && tls.isEmpty() && !isLoopback(host) && !Settings.onOff(parley, "cluster.insecure")) {
            throw new Settings.Wrong(
                    "the cluster port would listen at " + host + " without TLS, and whoever reaches it can"
                            + " read and change everything: set parley.cluster.tls-cert, -key and -ca (PARLEY_CLUSTER_TLS_CERT, …),"
                            + " or, where the network keeps others away, parley.cluster.insecure = on (PARLEY_CLUSTER_INSECURE)");
        }
        return new ClusterSettings(host, port(parley, alone), seeds, tls);
    }

    private static List<String> seeds(final String list) throws Settings.Wrong {
        final var seeds = Arrays.stream(list.split(","))
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .toList();
        for (final var seed : seeds) {
            if (!seed.matches("(\\[[0-9a-fA-F:]+]|[^:\\s\\[\\]@/]+):[0-9]{1,5}")) {
                throw new Settings.Wrong(
                        "parley.seed-nodes (PARLEY_SEED_NODES) is host:port of cluster ports, comma-separated, not "
                                + seed);
            }
        }
        return seeds;
    }

    private static int port(final Config parley, final boolean alone) throws Settings.Wrong {
        final var text = parley.getString("cluster.port").strip();
        if (text.isEmpty()) {
            return alone ? 0 : PORT;
        }
        try {
            final int port = Integer.parseInt(text);
            if (port >= 0 && port <= 65_535 && (port > 0 || alone)) {
                return port;
            }
        } catch (final NumberFormatException notANumber) {
            // as below
        }
        throw new Settings.Wrong("parley.cluster.port (PARLEY_CLUSTER_PORT) is a port number, 1 to 65535, not " + text);
    }

    private static Optional<Tls> tls(final Config parley) throws Settings.Wrong {
        final var files = Stream.of("tls-cert", "tls-key", "tls-ca")
                .collect(Collectors.toMap(key -> key, key -> parley.getString("cluster." + key)));
        if (files.values().stream().allMatch(String::isEmpty)) {
            return Optional.empty();
        }
        for (final var file : files.entrySet()) {
            if (file.getValue().isEmpty() || !Files.isReadable(Path.of(file.getValue()))) {
                throw new Settings.Wrong("parley.cluster." + file.getKey() + " is "
                        + (file.getValue().isEmpty() ? "not set" : "not a file that can be read: " + file.getValue())
                        + "; TLS between members needs tls-cert, tls-key and tls-ca");
            }
        }
        return Optional.of(
                new Tls(Path.of(files.get("tls-cert")), Path.of(files.get("tls-key")), Path.of(files.get("tls-ca"))));
    }

    private static boolean isLoopback(final String host) {
        try {
            return InetAddress.getByName(host.replaceAll("[\\[\\]]", "")).isLoopbackAddress();
        } catch (final UnknownHostException unknown) {
            return false;
        }
    }

    /// What Pekko must be told.
    Config asPekkoConfig() throws Settings.Wrong {
        final var plain = Map.<String, Object>of(
                "pekko.remote.artery.canonical.hostname", host, "pekko.remote.artery.canonical.port", port);
        final var config = ConfigFactory.parseMap(plain);
        try {
            return tls.map(files -> config.withFallback(ConfigFactory.parseMap(Map.of(
                                    "pekko.remote.artery.transport",
                                    "tls-tcp",
                                    "pekko.remote.artery.ssl.ssl-engine-provider",
                                    "org.apache.pekko.remote.artery.tcp.ssl.RotatingKeysSSLEngineProvider"))
                            .withValue(
                                    "pekko.remote.artery.ssl.rotating-keys-engine",
                                    ConfigValueFactory.fromMap(Map.of(
                                            "cert-file",
                                            files.certificate().toString(),
                                            "key-file",
                                            files.key().toString(),
                                            "ca-cert-file",
                                            files.authority().toString())))))
                    .orElse(config);
        } catch (final ConfigException cannotBe) {
            throw new Settings.Wrong(String.valueOf(cannotBe.getMessage()));
        }
    }
}
