package io.parley.local;

import static io.parley.local.CommandLine.DONE;
import static io.parley.local.CommandLine.NOT_ALL_UP;
import static io.parley.local.CommandLine.none;
import static io.parley.local.CommandLine.number;
import static io.parley.local.CommandLine.theNumber;

import io.parley.local.CommandLine.Misuse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// A ring by hand: `bin/cassandra`. Its processes outlive the command.
final class CassandraMain {
    private static final int NODES = 3;

    private static final String HELP = """
            bin/cassandra: a ring of Cassandra nodes on this machine, for trying and measuring

              up [N]      makes a ring of N nodes (3 if not said) and starts it, or starts the nodes of the
                          ring that is there; returns when each node works with every other one
                --heap MiB              Java heap of each node of a new ring (512); it takes some 300 more
                --commit-log MODE       group (default), batch or periodic: when a write counts as stored
                --block 127.X.Y         addresses of a new ring: node N is 127.X.Y.N (127.0.0)
              status      what runs, and how many nodes each one works with
              kill N      kill -9 to node N
              stop N      ends node N in good order
              start N     starts node N again and waits until it answers
              pause N     SIGSTOP: node N keeps its connections and says nothing
              resume N    SIGCONT
              down        ends all nodes in good order; the data stays

            Node N speaks CQL at 127.0.0.N:9042, datacenter datacenter1, nobody has to log in; JMX at 127.0.0.1,
            port 7199 for node 1 and so on, or the next that are free. Everything stands in
            local-cluster/cassandra: to make a new ring, delete that after down.

            Exit code: 0 done; 1 it did not work; 2 wrong usage; 3 (status) not all nodes are up.
            """;

    private static final CommandLine COMMAND_LINE = new CommandLine("bin/cassandra", HELP);

    private final Path directory;

    /// @param directory of the ring
    CassandraMain(final Path directory) {
        this.directory = directory;
    }

    public static void main(final String[] arguments) {
        final var directory = Path.of(System.getProperty("parley.local", "local-cluster"), "cassandra");
        System.exit(new CassandraMain(directory).run(List.of(arguments)));
    }

    int run(final List<String> arguments) {
        return COMMAND_LINE.run(arguments, this::command);
    }

    private int command(final String command, final List<String> rest) throws IOException {
        return switch (command) {
            case "up" -> alone(() -> up(new ArrayList<>(rest)));
            case "down" -> alone(() -> down(rest));
            case "status" -> status(rest);
            case "kill" -> alone(() -> node(rest, CassandraNode::kill, "is killed"));
            case "stop" -> alone(() -> node(rest, CassandraNode::stop, "has ended"));
            case "start" -> alone(() -> node(rest, CassandraMain::start, "is up"));
            case "pause" -> alone(() -> node(rest, CassandraNode::pause, "is paused"));
            case "resume" -> alone(() -> node(rest, CassandraNode::resume, "goes on"));
            default -> throw new Misuse("there is no command " + command);
        };
    }

    private int up(final List<String> rest) {
        final var wanted = Wanted.of(rest);
        final long began = System.nanoTime();
        final var ring = CassandraRing.open(directory, Lifetime.DETACHED)
                .map(found -> asItIs(found, wanted))
                .orElseGet(() -> CassandraRing.create(directory, wanted.settings(), Lifetime.DETACHED));
        ring.start();
        System.out.printf(
                "up after %.1f s%n", Duration.ofNanos(System.nanoTime() - began).toMillis() / 1e3);
        return print(ring, "node") ? DONE : NOT_ALL_UP;
    }

    private CassandraRing asItIs(final CassandraRing found, final Wanted wanted) {
        if (!wanted.isMetBy(found.settings())) {
            throw new LocalTrouble("the ring in " + directory + " was made otherwise, with "
                    + found.nodes().size() + " nodes: bin/cassandra up starts it as it is; for another one delete "
                    + "that directory after bin/cassandra down");
        }
        return found;
    }

    /// What `up` asks for; what is not said is empty.
    private record Wanted(String nodes, String heap, String commitLog, String block) {
        static Wanted of(final List<String> arguments) {
            final var rest = new ArrayList<>(arguments);
            final var heap = option(rest, "--heap");
            final var commitLog = option(rest, "--commit-log");
            final var block = option(rest, "--block");
            if (!block.isEmpty() && !block.matches("127(\\.[0-9]{1,3}){2}")) {
                throw new Misuse("--block is the first three parts of an address, such as 127.0.7");
            }
            final var nodes = rest.isEmpty() ? "" : rest.removeFirst();
            none(rest);
            return new Wanted(nodes, heap, commitLog, block);
        }

        CassandraSettings settings() {
            final int count = nodes.isEmpty() ? NODES : number(nodes);
            return adapted(block.isEmpty() ? CassandraSettings.usual(count) : CassandraSettings.at(block, count));
        }

        boolean isMetBy(final CassandraSettings found) {
            return adapted(found).equals(found)
                    && (nodes.isEmpty() || number(nodes) == found.nodes())
                    && (block.isEmpty() || found.addresses().getFirst().equals(block + ".1"));
        }

        private CassandraSettings adapted(final CassandraSettings from) {
            final var sized = heap.isEmpty() ? from : from.withHeapMiB(number(heap));
            return commitLog.isEmpty() ? sized : sized.withCommitLog(CassandraSettings.CommitLog.named(commitLog));
        }
    }

    private int down(final List<String> rest) {
        none(rest);
        ring().stop();
        System.out.println("all nodes have ended; the data stays in " + directory);
        return DONE;
    }

    private int status(final List<String> rest) {
        none(rest);
        return print(ring(), "node") ? DONE : NOT_ALL_UP;
    }

    /// One line a node; the nodes are asked at once, since one that waits for a paused one takes seconds.
    ///
    /// @param label what a node is called
    /// @return whether all are up
    static boolean print(final CassandraRing ring, final String label) {
        final int size = ring.nodes().size();
        final var alive = ring.nodes().parallelStream()
                .mapToInt(
                        node -> node.process().filter(runs -> !runs.isPaused()).isPresent() ? node.alive() : 0)
                .toArray();
        boolean all = true;
        for (final var node : ring.nodes()) {
            final int with = alive[node.number() - 1];
            all &= with == size;
            System.out.println(label + " " + node.number() + "  "
                    + node.address().getAddress().getHostAddress() + ":"
                    + node.address().getPort() + "  "
                    + node.process()
                            .map(runs -> "pid " + runs.pid() + "  " + runs.residentMiB() + " MiB  "
                                    + condition(runs, with, size))
                            .orElse("does not run"));
        }
        return all;
    }

    private static String condition(final LocalProcess runs, final int with, final int size) {
        if (runs.isPaused()) {
            return "paused";
        }
        return with == 0 ? "does not answer" : "up, works with " + with + " of " + size;
    }

    private int node(final List<String> rest, final Consumer<CassandraNode> action, final String done) {
        final var node = ring().node(theNumber(rest));
        action.accept(node);
        System.out.println("node " + node.number() + " " + done);
        return DONE;
    }

    private static void start(final CassandraNode node) {
        node.start();
        node.awaitUp();
    }

    private CassandraRing ring() {
        return CassandraRing.open(directory, Lifetime.DETACHED)
                .orElseThrow(
                        () -> new LocalTrouble("there is no ring in " + directory + ": bin/cassandra up makes one"));
    }

    private static String option(final List<String> rest, final String name) {
        final int at = rest.indexOf(name);
        if (at < 0) {
            return "";
        }
        if (at + 1 == rest.size()) {
            throw new Misuse(name + " needs a value");
        }
        rest.remove(at);
        return rest.remove(at);
    }

    private int alone(final CommandLine.Work work) throws IOException {
        return COMMAND_LINE.alone(lock(directory), work);
    }

    /// Held by whoever starts or ends nodes of the ring in a directory.
    static Path lock(final Path directory) {
        return directory.resolveSibling("cassandra.lock");
    }
}
