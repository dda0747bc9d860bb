package io.parley.local;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A network of connections that can be held up. It stands at the cluster port by which the others
/// know each node and passes on to the port where that node listens ([NodeSettings#behindProxy]); who connects
/// it knows by the address: every node connects from its own.
///
/// What goes from one node to another can be held up, each direction for itself, as a network does that loses
/// everything: connections stay open and nothing comes, and new ones are accepted and lead nowhere. Nodes send
/// what they have to say on connections that they opened themselves, so a direction is whatever comes on those.
/// What was held up goes on after [#heal], as what TCP repeats until it gets through.
public final class ClusterProxy implements BreakableNetwork {
    private static final int CHUNK_BYTES = 16 * 1024;

    /// A megabyte a connection; then whoever writes has to wait, as for a full window.
    private static final int CHUNKS_MAX = 64;

    private final List<NodeSettings> nodes;
    private final Map<Direction, Line> lines = new HashMap<>();
    private final Line open = new Line(); // of whoever is no node of this cluster
    private final Set<Closeable> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private record Direction(int from, int to) {}

    /// What came, and when.
    private record Chunk(ByteBuffer bytes, long nanos) {
        boolean isEnd() {
            return !bytes.hasRemaining();
        }
    }

    private ClusterProxy(final List<NodeSettings> nodes) {
        this.nodes = List.copyOf(nodes);
        for (int from = 1; from <= nodes.size(); from++) {
            for (int to = 1; to <= nodes.size(); to++) {
                lines.put(new Direction(from, to), new Line());
            }
        }
    }

    /// Listens for every node that has it before it.
    static ClusterProxy listen(final List<NodeSettings> nodes) {
        final var proxy = new ClusterProxy(nodes);
        try {
            for (int number = 1; number <= nodes.size(); number++) {
                if (nodes.get(number - 1).isBehindProxy()) {
                    proxy.listen(number);
                }
            }
            return proxy;
        } catch (final IOException taken) {
            proxy.close();
            throw new LocalTrouble("cannot stand before a cluster port: " + taken.getMessage(), taken);
        }
    }

    private void listen(final int to) throws IOException {
        final var node = nodes.get(to - 1);
        final var server = new ServerSocket();
        sockets.add(server);
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.ofLiteral(node.host()), node.clusterPort()));
        Thread.ofVirtual().name("cluster-proxy-" + to).start(() -> accept(server, to));
    }

    private void accept(final ServerSocket server, final int to) {
        while (!closed) {
            try {
                final var socket = server.accept();
                sockets.add(socket);
                Thread.ofVirtual().start(() -> new Connection(socket, to).run());
            } catch (final IOException ended) {
                return;
            }
        }
    }

    @Override
    public void cut(final int from, final int to) {
        line(from, to).cut(true);
    }

    @Override
    public void isolate(final int... some) {
        final var inside = Arrays.stream(some).boxed().toList();
        lines.forEach((direction, line) -> {
            if (inside.contains(direction.from()) != inside.contains(direction.to())) {
                line.cut(true);
            }
        });
    }

    /// What `from` says gets to `to` so much later.
    public void delay(final int from, final int to, final Duration delay) {
        line(from, to).delay(delay);
    }

    @Override
    public void heal() {
        lines.values().forEach(line -> {
            line.cut(false);
            line.delay(Duration.ZERO);
        });
    }

    private Line line(final int from, final int to) {
        final var line = lines.get(new Direction(from, to));
        if (line == null || from == to) {
            throw new LocalTrouble("between nodes " + from + " and " + to + " there is no line");
        }
        return line;
    }

    /// Ends all connections.
    @Override
    public void close() {
        closed = true;
        sockets.forEach(ClusterProxy::close);
        lines.values().forEach(Line::wake);
    }

    private static void close(final Closeable socket) {
        try {
            socket.close();
        } catch (final IOException ended) {
            // as wanted
        }
    }

    /// One direction between two nodes.
    private final class Line {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private boolean cut;
        private long delayNanos;

        void cut(final boolean now) {
            change(() -> cut = now);
        }

        void delay(final Duration now) {
            change(() -> delayNanos = now.toNanos());
        }

        void wake() {
            change(() -> {});
        }

        private void change(final Runnable change) {
            lock.lock();
            try {
                change.run();
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        /// Returns when what was sent at some time has got through.
        void await(final long sentNanos) throws IOException, InterruptedException {
            lock.lock();
            try {
                while (!closed) {
                    final long left = sentNanos + delayNanos - System.nanoTime();
                    if (!cut && left <= 0) {
                        return;
                    }
                    if (cut) {
                        changed.await();
                    } else {
                        final var _ = changed.awaitNanos(left);
                    }
                }
                throw new IOException("the proxy has ended");
            } finally {
                lock.unlock();
            }
        }
    }

    /// A connection that a node, or somebody else, has opened to a node.
    private final class Connection {
        private final Socket source;
        private final int to;
        private final Line there;
        private final Line back;

        Connection(final Socket source, final int to) {
            this.source = source;
            this.to = to;
            final int from = numberOf(source.getInetAddress());
            this.there = lines.getOrDefault(new Direction(from, to), open);
            this.back = lines.getOrDefault(new Direction(to, from), open);
        }

        private int numberOf(final InetAddress address) {
            return nodes.stream().map(NodeSettings::host).toList().indexOf(address.getHostAddress()) + 1;
        }

        void run() {
            final var node = nodes.get(to - 1);
            final var target = new Socket();
            sockets.add(target);
            try {
                final var sent = new Pump(source, target, there);
                there.await(System.nanoTime());
                if (sent.hasEnded()) {
                    return; // who wanted it is gone, and nothing of it has ever got through
                }
                target.connect(new InetSocketAddress(InetAddress.ofLiteral(node.host()), node.clusterBoundPort()));
                final var answered = new Pump(target, source, back);
                final var answering = Thread.ofVirtual().start(answered::run);
                sent.run();
                answering.join();
            } catch (final IOException nobodyThere) {
                refuse();
            } catch (final InterruptedException stopped) {
                Thread.currentThread().interrupt();
            } finally {
                end(source);
                end(target);
            }
        }

        /// That nobody is there gets through as anything else.
        private void refuse() {
            try {
                back.await(System.nanoTime());
            } catch (final IOException ended) {
                // then it does not matter
            } catch (final InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }

        private void end(final Socket socket) {
            close(socket);
            sockets.remove(socket);
        }
    }

    /// Takes what comes on one socket at once, and passes it on to the other when it has got through.
    private static final class Pump {
        private final Socket in;
        private final Socket out;
        private final Line line;
        private final BlockingQueue<Chunk> under = new ArrayBlockingQueue<>(CHUNKS_MAX);
        private volatile boolean ended;

        Pump(final Socket in, final Socket out, final Line line) {
            this.in = in;
            this.out = out;
            this.line = line;
            Thread.ofVirtual().start(this::take);
        }

        /// Whether the sender has closed it.
        boolean hasEnded() {
            return ended;
        }

        private void take() {
            final var buffer = new byte[CHUNK_BYTES];
            try {
                while (true) {
                    final int count = read(buffer);
                    if (count < 0) {
                        ended = true;
                        under.put(new Chunk(ByteBuffer.allocate(0), System.nanoTime()));
                        return;
                    }
                    under.put(new Chunk(ByteBuffer.wrap(Arrays.copyOf(buffer, count)), System.nanoTime()));
                }
            } catch (final InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }

        /// -1 at the end, in whichever way it came.
        private int read(final byte[] buffer) {
            try {
                return in.getInputStream().read(buffer);
            } catch (final IOException broken) {
                return -1;
            }
        }

        /// Passes on, to the end.
        void run() {
            try {
                while (true) {
                    final var chunk = under.take();
                    line.await(chunk.nanos());
                    if (chunk.isEnd()) {
                        out.shutdownOutput();
                        return;
                    }
                    out.getOutputStream().write(chunk.bytes().array());
                }
            } catch (final IOException gone) {
                // the other pump finds the end of that socket too
            } catch (final InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
