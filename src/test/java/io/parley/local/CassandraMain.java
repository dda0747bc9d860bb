package io.parley.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// A ring by hand: `bin/cassandra`. Its processes outlive the command.
final class CassandraMain {
    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int MISUSED = 2;
    private static final int NOT_ALL_UP = 3;

    private static final int NODES = 3;

    private static final String HELP = """
            bin/cassandra: a ring of Cassandra nodes on this machine, for trying and measuring

              up [N]      makes a ring of N nodes (3 if not said) and starts it, or starts the nodes of the
                          ring that is there; returns when each node works with every other one
                --heap MiB              Java heap of each node of a new ring (512); it takes some 300 more
                --commit-log MODE       periodic (default), batch or group: when a write counts as stored
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

    private final Path directory;

    private CassandraMain(final Path directory) {
        this.directory = directory;
    }

    public static void main(final String[] arguments) {
        final var directory = Path.of(System.getProperty("parley.local", "local-cluster"), "cassandra");
        System.exit(new CassandraMain(directory).run(List.of(arguments)));
    }

    private int run(final List<String> arguments) {
        if (arguments.isEmpty() || arguments.contains("--help") || arguments.contains("help")) {
            System.out.print(HELP);
            return arguments.isEmpty() ? MISUSED : DONE;
        }
        try {
            return command(arguments.getFirst(), arguments.subList(1, arguments.size()));
        } catch (final Misuse wrong) {
            System.err.println("bin/cassandra: " + wrong.getMessage() + "; bin/cassandra --help says what there is");
            return MISUSED;
        } catch (final LocalTrouble | IOException trouble) {
            System.err.println("bin/cassandra: " + trouble.getMessage());
            return FAILED;
        }
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
        return print(ring);
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
        return print(ring());
    }

    /// One line a node; the nodes are asked at once, since one that waits for a paused one takes seconds.
    private int print(final CassandraRing ring) {
        final int size = ring.nodes().size();
        final var alive = ring.nodes().parallelStream()
                .mapToInt(
                        node -> node.process().filter(runs -> !runs.isPaused()).isPresent() ? node.alive() : 0)
                .toArray();
        boolean all = true;
        for (final var node : ring.nodes()) {
            final int with = alive[node.number() - 1];
            all &= with == size;
            System.out.println(
                    "node " + node.number() + "  " + node.address().getAddress().getHostAddress() + ":"
                            + node.address().getPort() + "  "
                            + node.process()
                                    .map(runs -> "pid " + runs.pid() + "  " + runs.residentMiB() + " MiB  "
                                            + condition(runs, with, size))
                                    .orElse("does not run"));
        }
        return all ? DONE : NOT_ALL_UP;
    }

    private static String condition(final LocalProcess runs, final int with, final int size) {
        if (runs.isPaused()) {
            return "paused";
        }
        return with == 0 ? "does not answer" : "up, works with " + with + " of " + size;
    }

    private int node(final List<String> rest, final Consumer<CassandraNode> action, final String done) {
        if (rest.size() != 1) {
            throw new Misuse("say which node, by its number");
        }
        final var node = ring().node(number(rest.getFirst()));
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

    private static void none(final List<String> rest) {
        if (!rest.isEmpty()) {
            throw new Misuse("nothing is known about " + String.join(" ", rest));
        }
    }

    private static int number(final String word) {
        try {
            final int number = Integer.parseInt(word);
            if (number > 0) {
                return number;
            }
        } catch (final NumberFormatException none) {
            // as below
        }
        throw new Misuse(word + " is no number from 1 on");
    }

    private interface Work {
        int perform();
    }

    /// Two commands at once would start a node twice.
    private int alone(final Work work) throws IOException {
        final var parent = directory.toAbsolutePath().getParent();
        Files.createDirectories(parent == null ? directory : parent);
        final var file = directory.resolveSibling("cassandra.lock");
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var lock = channel.tryLock()) {
            if (lock == null) {
                throw new LocalTrouble("another bin/cassandra is at work there");
            }
            return work.perform();
        } catch (final OverlappingFileLockException impossible) {
            throw new LocalTrouble("another bin/cassandra is at work there", impossible);
        }
    }

    /// The command line says something that there is not.
    private static final class Misuse extends RuntimeException {
        private static final long serialVersionUID = 1;

        Misuse(final String sentence) {
            super(sentence);
        }
    }
}
