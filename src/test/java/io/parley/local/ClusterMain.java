package io.parley.local;

import static io.parley.local.CommandLine.DONE;
import static io.parley.local.CommandLine.NOT_ALL_UP;
import static io.parley.local.CommandLine.none;
import static io.parley.local.CommandLine.theNumber;

import io.parley.local.CommandLine.Misuse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// A cluster by hand: `bin/cluster`. Its processes outlive the command.
final class ClusterMain {
    private static final int NODES = 3;
    private static final int CASSANDRAS = 3;
    private static final int LINES = 40;

    private static final String HELP = """
            bin/cluster: three Parley nodes on a ring of three Cassandra nodes, on this machine

              up          starts what does not run, and makes the tables and the keys of access tokens where they
                          are missing; returns when all nodes are ready
              status      one line a process
              kill N      kill -9 to node N
              stop N      ends node N in good order
              start N     starts node N again and waits until it is ready
              restart     rolling: each node stops and starts again, the next one when it is ready
              pause N     SIGSTOP: node N keeps its connections and says nothing; soon the others go on without it
              resume N    SIGCONT: a node that the others have removed meanwhile ends by itself; then start it
              logs N      the end of node N's log
              cassandra … the same for the ring: kill N, pause N, status, …; bin/cluster cassandra help
              down        ends everything in good order; the data stays
              help        says this

            Nodes: http://127.0.0.1:8081 to 8083 for clients, 7631 to 7633 for health and metrics, 7355 to 7357
            among themselves. Cassandra: 127.0.0.1 to 127.0.0.3, port 9042. Altogether they take about 5 GiB.
            Everything stands in local-cluster: to begin anew, delete that after down.

            PARLEY_* variables, such as PARLEY_RATE_LIMITS=off, are passed on to the nodes that a command starts;
            those of an up that starts all nodes also to the nodes that are started later. Nodes run the classes
            as they are compiled when they start: restart is a rolling upgrade to what you have just changed.

            Exit code: 0 done; 1 it did not work; 2 wrong usage; 3 (status) not everything is up.
            """;

    private static final String NEXT = """

            Try next:
              two people in two browser windows (one private), at two of the addresses: register, and write
              bin/cluster kill 2              the others go on; an open page of it moves to one of them
              bin/cluster cassandra kill 3    nobody should notice
              bin/cluster status
              bin/cluster down
            """;

    private static final CommandLine COMMAND_LINE = new CommandLine("bin/cluster", HELP);

    private final Path directory;
    private final Map<String, String> variables;

    private ClusterMain(final Path directory, final Map<String, String> environment) {
        this.directory = directory;
        this.variables = new TreeMap<>(environment);
        final var places = NodeSettings.usual().place().keySet();
        variables.keySet().removeIf(name -> !name.startsWith("PARLEY_") || places.contains(name));
        variables.keySet().removeAll(LocalCluster.SHARED);
    }

    public static void main(final String[] words) {
        final var directory = Path.of(System.getProperty("parley.local", "local-cluster"));
        System.exit(new ClusterMain(directory, System.getenv()).run(List.of(words)));
    }

    private int run(final List<String> words) {
        return !words.isEmpty() && words.getFirst().equals("cassandra")
                ? new CassandraMain(ringDirectory()).run(words.subList(1, words.size()))
                : COMMAND_LINE.run(words, this::command);
    }

    private Path ringDirectory() {
        return directory.resolve("cassandra");
    }

    private int command(final String command, final List<String> rest) throws IOException {
        return switch (command) {
            case "up" -> alone(() -> up(rest));
            case "down" -> alone(() -> down(rest));
            case "status" -> status(rest);
            case "kill" -> node(rest, ParleyNode::kill, "is killed");
            case "stop" -> alone(() -> node(rest, ParleyNode::stop, "has ended"));
            case "start" -> alone(() -> node(rest, this::start, "is ready"));
            case "restart" -> alone(() -> restart(rest));
            case "pause" -> node(rest, ParleyNode::pause, "is paused");
            case "resume" -> node(rest, ParleyNode::resume, "goes on");
            case "logs" -> logs(rest);
            default -> throw new Misuse("there is no command " + command);
        };
    }

    private int up(final List<String> rest) throws IOException {
        none(rest);
        final long began = System.nanoTime();
        if (LocalCluster.in(directory, settings(variables), Lifetime.DETACHED).nodes().stream()
                .noneMatch(ParleyNode::isRunning)) {
            remember();
        }
        final var cluster = cluster();
        COMMAND_LINE.alone(CassandraMain.lock(ringDirectory()), () -> {
            System.out.println("Cassandra, " + cluster.ring().nodes().size() + " node(s) ...");
            cluster.ring().start();
            return DONE;
        });
        System.out.println("Parley, " + cluster.nodes().size() + " nodes ...");
        cluster.start();
        System.out.printf(
                "ready after %.1f s%n%n",
                Duration.ofNanos(System.nanoTime() - began).toMillis() / 1e3);
        final int outcome = print(cluster);
        if (!ClassFiles.haveWebClient()) {
            System.out.println("\nThere is no page at these addresses: the web client is not built in. mvn -q compile "
                    + "builds it, and bin/cluster restart then serves it. REST, WebSocket and /docs/ are there.");
        }
        System.out.print(NEXT);
        return outcome;
    }

    private int down(final List<String> rest) throws IOException {
        none(rest);
        final var cluster = cluster();
        return COMMAND_LINE.alone(CassandraMain.lock(ringDirectory()), () -> {
            cluster.stop();
            System.out.println("everything has ended; the data stays in " + directory);
            return DONE;
        });
    }

    private int status(final List<String> rest) throws IOException {
        none(rest);
        return print(cluster());
    }

    /// One line a process; they are asked at once, since one that is paused lets us wait.
    private static int print(final LocalCluster cluster) {
        boolean all = CassandraMain.print(cluster.ring(), "cassandra");
        final var conditions =
                cluster.nodes().parallelStream().map(Condition::of).toList();
        for (final var each : conditions) {
            all &= each.isReady();
            System.out.println("node " + each.node().number() + "       "
                    + each.node().address() + "  management " + each.node().managementAddress() + "  " + each.line());
        }
        return all ? DONE : NOT_ALL_UP;
    }

    private record Condition(ParleyNode node, boolean isReady, String line) {
        static Condition of(final ParleyNode node) {
            final var runs = node.process();
            if (runs.isEmpty()) {
                return new Condition(node, false, "does not run");
            }
            final var process = "pid " + runs.get().pid() + "  " + runs.get().residentMiB() + " MiB  ";
            if (runs.get().isPaused()) {
                return new Condition(node, false, process + "paused");
            }
            return node.ready()
                    ? new Condition(node, true, process + "ready, sessions: " + node.metric("sessions"))
                    : new Condition(node, false, process + "not ready");
        }
    }

    private int node(final List<String> rest, final Consumer<ParleyNode> action, final String done) throws IOException {
        final var node = cluster().node(theNumber(rest));
        action.accept(node);
        System.out.println("node " + node.number() + " " + done);
        return DONE;
    }

    private void start(final ParleyNode node) {
        node.start();
        node.awaitReady();
    }

    private int restart(final List<String> rest) throws IOException {
        none(rest);
        for (final var node : cluster().nodes()) {
            final long began = System.nanoTime();
            node.stop();
            start(node);
            System.out.printf(
                    "node %d is ready again after %.1f s%n",
                    node.number(), Duration.ofNanos(System.nanoTime() - began).toMillis() / 1e3);
        }
        return DONE;
    }

    private int logs(final List<String> rest) throws IOException {
        final var node = cluster().node(theNumber(rest));
        System.out.println(node.lastLines(LINES));
        System.out.println("(to follow it: tail -f "
                + directory.resolve(directory.toAbsolutePath().relativize(node.log())) + ")");
        return DONE;
    }

    private LocalCluster cluster() throws IOException {
        if (CassandraRing.open(ringDirectory(), Lifetime.DETACHED).isEmpty()) {
            throw new LocalTrouble("there is no cluster in " + directory + ": bin/cluster up makes one");
        }
        final var all = new HashMap<>(remembered());
        all.putAll(variables);
        return LocalCluster.in(directory, settings(all), Lifetime.DETACHED);
    }

    private LocalClusterSettings settings(final Map<String, String> environment) {
        return LocalClusterSettings.usual(NODES, CASSANDRAS).withNodes(node -> node.with(environment));
    }

    private Path variablesFile() {
        return directory.resolve("environment.properties");
    }

    private void remember() throws IOException {
        Files.createDirectories(directory);
        final var written = new Properties();
        written.putAll(variables);
        try (var writer = Files.newBufferedWriter(variablesFile())) {
            written.store(writer, "of the bin/cluster up that started all nodes");
        }
    }

    private Map<String, String> remembered() throws IOException {
        if (!Files.exists(variablesFile())) {
            return Map.of();
        }
        final var written = new Properties();
        try (var reader = Files.newBufferedReader(variablesFile())) {
            written.load(reader);
        }
        return written.stringPropertyNames().stream()
                .collect(Collectors.toMap(name -> name, name -> String.valueOf(written.getProperty(name))));
    }

    private int alone(final CommandLine.Work work) throws IOException {
        return COMMAND_LINE.alone(directory.resolve("cluster.lock"), work);
    }
}
