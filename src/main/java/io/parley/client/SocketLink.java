package io.parley.client;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/// A link over a plain socket and [SocketLoop], without TLS. Reads on the loop's thread; writes on the
/// caller's, and on the loop's what the socket did not take at once.
///
/// Why not the JDK's WebSocket: see [JdkLink].
final class SocketLink implements Link, SocketLoop.Ready {
    private static final int PORT = 80;
    private static final int IN_BYTES = 4_096; // holds most frames; grows for one that is larger, and shrinks again
    private static final int PONGS_MAX = 16; // unwritten; a server that asks for more does not read
    private static final int NORMAL = 1000;
    private static final int NO_CODE = 1005;

    private record Outgoing(ByteBuffer bytes, CompletableFuture<Void> written) {}

    private final SocketLoop loop;
    private final Events events;
    private final Handshake handshake;
    private final RandomGenerator random;
    private final SocketChannel channel;

    // on the loop's thread only
    private ByteBuffer in = ByteBuffer.allocate(IN_BYTES);
    private final ByteArrayOutputStream parts = new ByteArrayOutputStream();
    private boolean upgraded;
    private boolean taking;

    private final AtomicInteger wanted = new AtomicInteger(1); // frames that may be read
    private final ReentrantLock writing = new ReentrantLock();
    private final ArrayDeque<Outgoing> out = new ArrayDeque<>(); // under `writing`; one frame, and pongs
    private Optional<SelectionKey> key = Optional.empty(); // under `writing`
    private volatile boolean closed;

    private SocketLink(
            final SocketLoop loop,
            final URI base,
            final Events events,
            final RandomGenerator random,
            final SocketChannel channel) {
        this.loop = loop;
        this.events = events;
        this.random = random;
        this.handshake = new Handshake(base, random);
        this.channel = channel;
    }

    static Connector connector(final ClientRuntime runtime) {
        return (base, events) -> {
            try {
                final var channel = SocketChannel.open();
                final var link = new SocketLink(runtime.loop(), base, events, runtime.random(), channel);
                final var address = new InetSocketAddress(base.getHost(), base.getPort() < 0 ? PORT : base.getPort());
                runtime.loop().execute(() -> link.connect(address));
                return link;
            } catch (final IOException noSocket) {
                throw new UncheckedIOException(noSocket);
            }
        };
    }

    private void connect(final InetSocketAddress address) {
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            if (address.isUnresolved()) {
                throw new IOException("nobody knows " + address.getHostString());
            }
            final var connected = channel.connect(address);
            final var registered =
                    loop.register(channel, connected ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT, this);
            writing.lock();
            try {
                key = Optional.of(registered);
            } finally {
                writing.unlock();
            }
            if (connected) {
                final var _ = send(ByteBuffer.wrap(handshake.request()));
            }
        } catch (final IOException broken) {
            failed(broken);
        }
    }

    // ---- on the loop's thread

    @Override
    public void ready(final SelectionKey ready) throws IOException {
        if (ready.isConnectable()) {
            channel.finishConnect();
            ready.interestOps(SelectionKey.OP_READ);
            final var _ = send(ByteBuffer.wrap(handshake.request()));
        }
        if (ready.isValid() && ready.isWritable()) {
            flush();
        }
        if (ready.isValid() && ready.isReadable()) {
            read();
        }
    }

    @Override
    public void failed(final Throwable why) {
        close();
        events.ended(this, Reaction.BROKEN, String.valueOf(why.getMessage()));
    }

    private void read() throws IOException {
        while (!closed) {
            final var count = channel.read(in);
            if (count < 0) {
                throw new EOFException("the server ended the connection");
            }
            final var full = !in.hasRemaining();
            if (count > 0) {
                take();
            }
            if (!full) {
                return; // the socket was emptied
            }
            if (wanted.get() <= 0) {
                listenForMore(false);
                return;
            }
        }
    }

    /// Takes frames as long as they are there and wanted.
    private void take() throws IOException {
        taking = true;
        in.flip();
        try {
            upgraded = upgraded || upgrade();
            while (upgraded && !closed && wanted.get() > 0) {
                final var frame = WebSocketFrames.take(in);
                if (frame.isEmpty()) {
                    break;
                }
                take(frame.get());
            }
        } finally {
            in.compact();
            taking = false;
        }
        resize();
        if (wanted.get() <= 0) {
            listenForMore(false);
        }
    }

    /// Room for the rest of a large frame; none kept beyond need.
    private void resize() {
        final var held = in.position();
        if (!in.hasRemaining() && in.capacity() < 2 * WebSocketFrames.BYTES_MAX) {
            in = ByteBuffer.allocate(2 * in.capacity()).put(in.flip());
        } else if (in.capacity() > IN_BYTES && held == 0) {
            in = ByteBuffer.allocate(IN_BYTES);
        }
    }

    private boolean upgrade() throws ProtocolException {
        if (!handshake.granted(in)) {
            return false;
        }
        events.opened(this);
        return true;
    }

    private void take(final WebSocketFrames.Frame frame) throws IOException {
        switch (frame.opcode()) {
            case WebSocketFrames.TEXT, WebSocketFrames.CONTINUATION -> message(frame);
            case WebSocketFrames.PING -> {
                final var _ = send(WebSocketFrames.PONG, frame.payload().array());
            }
            case WebSocketFrames.PONG -> {} // nobody asked
            case WebSocketFrames.CLOSE -> closing(frame.payload().array());
            default -> throw new ProtocolException("a frame of kind " + frame.opcode());
        }
    }

    private void message(final WebSocketFrames.Frame frame) throws ProtocolException {
        if (frame.isFinal() && parts.size() == 0) {
            wanted.decrementAndGet();
            events.text(this, WebSocketFrames.text(frame.payload()));
            return;
        }
        if (parts.size() + frame.payload().remaining() > WebSocketFrames.BYTES_MAX) {
            throw new ProtocolException("an endless message");
        }
        parts.writeBytes(frame.payload().array());
        if (frame.isFinal()) {
            final var whole = parts.toByteArray();
            parts.reset();
            wanted.decrementAndGet();
            events.text(this, WebSocketFrames.text(ByteBuffer.wrap(whole)));
        }
    }

    private void closing(final byte[] payload) throws IOException {
        final var code = payload.length < Short.BYTES
                ? NO_CODE
                : ByteBuffer.wrap(payload).getShort() & 0xffff;
        final var reason = payload.length <= Short.BYTES
                ? ""
                : new String(payload, Short.BYTES, payload.length - Short.BYTES, StandardCharsets.UTF_8);
        try {
            final var _ = send(WebSocketFrames.CLOSE, code == NO_CODE ? new byte[0] : WebSocketFrames.closing(code));
        } finally {
            close();
            events.ended(this, code, reason);
        }
    }

    // ---- writing

    @Override
    public CompletableFuture<?> write(final String text) {
        try {
            return send(WebSocketFrames.TEXT, text.getBytes(StandardCharsets.UTF_8));
        } catch (final IOException gone) {
            return CompletableFuture.failedFuture(gone);
        }
    }

    private CompletableFuture<Void> send(final int opcode, final byte[] payload) throws IOException {
        final int mask;
        writing.lock();
        try {
            mask = random.nextInt();
        } finally {
            writing.unlock();
        }
        return send(WebSocketFrames.masked(opcode, payload, mask));
    }

    private CompletableFuture<Void> send(final ByteBuffer bytes) throws IOException {
        writing.lock();
        try {
            if (closed) {
                throw new ClosedChannelException();
            }
            if (out.isEmpty()) {
                channel.write(bytes);
                if (!bytes.hasRemaining()) {
                    return CompletableFuture.completedFuture(null);
                }
            }
            if (out.size() > PONGS_MAX) {
                throw new ProtocolException("the server does not read");
            }
            final var later = new Outgoing(bytes, new CompletableFuture<>());
            out.add(later);
            key.ifPresent(registered -> registered.interestOpsOr(SelectionKey.OP_WRITE));
            loop.wakeUp();
            return later.written();
        } finally {
            writing.unlock();
        }
    }

    private void flush() throws IOException {
        final var done = new ArrayList<CompletableFuture<Void>>();
        writing.lock();
        try {
            for (var next = out.peek(); next != null; next = out.peek()) {
                channel.write(next.bytes());
                if (next.bytes().hasRemaining()) {
                    break;
                }
                done.add(next.written());
                out.remove();
            }
            if (out.isEmpty()) {
                key.ifPresent(registered -> registered.interestOpsAnd(~SelectionKey.OP_WRITE));
            }
        } finally {
            writing.unlock();
        }
        done.forEach(written -> written.complete(null));
    }

    // ---- from any thread

    @Override
    public void more() {
        wanted.incrementAndGet();
        if (!loop.isMine()) {
            loop.execute(this::goOn);
        } else if (!taking) {
            goOn();
        }
    }

    private void goOn() {
        if (closed || taking) {
            return;
        }
        try {
            listenForMore(true);
            take(); // what has been read already
        } catch (final IOException gone) {
            failed(gone);
        }
    }

    private void listenForMore(final boolean yes) {
        writing.lock();
        try {
            if (!closed) {
                key.ifPresent(registered -> {
                    final var _ = yes
                            ? registered.interestOpsOr(SelectionKey.OP_READ)
                            : registered.interestOpsAnd(~SelectionKey.OP_READ);
                });
            }
        } finally {
            writing.unlock();
        }
    }

    @Override
    public void end() {
        try {
            final var _ = send(WebSocketFrames.CLOSE, WebSocketFrames.closing(NORMAL));
        } catch (final IOException gone) {
            loop.execute(() -> failed(gone)); // not here: whoever ends it may hold a lock
        }
    }

    @Override
    public void abort() {
        close();
    }

    private void close() {
        final List<Outgoing> unwritten;
        writing.lock();
        try {
            closed = true;
            unwritten = List.copyOf(out);
            out.clear();
            channel.close();
        } catch (final IOException broken) {
            return; // it is gone, one way or the other
        } finally {
            writing.unlock();
        }
        loop.wakeUp();
        unwritten.forEach(each -> each.written().completeExceptionally(new ClosedChannelException()));
    }
}
