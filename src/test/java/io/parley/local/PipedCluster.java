package io.parley.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// A short-lived cluster for tests that are not in Java, such as those of the web client: told by lines on its
/// standard input, and gone when that ends.
///
/// ```
/// > node 1 http://127.77.5.11:8080 http://127.77.5.11:7626      one for each: clients, management
/// > ready
/// < kill 2
/// > done
/// < start 2
/// > done
/// ```
final class PipedCluster {
    private static final int CASSANDRAS = 1;

    private PipedCluster() {}

    /// Starts it and does as it is told.
    ///
    /// @param words a directory, and how many nodes
    public static void main(final String[] words) throws IOException {
        final var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        final var settings = LocalClusterSettings.aside(Integer.parseInt(words[1]), CASSANDRAS);
        try (var cluster = LocalCluster.start(Path.of(words[0]), settings, Lifetime.WITH_THIS_JVM);
                var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            cluster.nodes()
                    .forEach(node -> out.println(
                            "node " + node.number() + " " + node.address() + " " + node.managementAddress()));
            out.println("ready");
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                perform(cluster, line);
                out.println("done");
            }
        }
    }

    private static void perform(final LocalCluster cluster, final String line) {
        final var words = line.split(" ", 2);
        final var node = cluster.node(CommandLine.number(words[1]));
        switch (words[0]) {
            case "kill" -> node.kill();
            case "start" -> {
                node.start();
                node.awaitReady();
            }
            default -> throw new LocalTrouble("kill or start, not " + line);
        }
    }
}
