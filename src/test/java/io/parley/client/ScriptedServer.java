package io.parley.client;

import io.parley.protocol.ClientFrame;
import io.parley.protocol.FrameCodec;
import io.parley.protocol.FrameException;
import io.parley.protocol.ServerFrame;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A server whose WebSocket connections do what the test tells them, frame by frame: answer, keep silent, send
/// garbage, close with a code, break. Real sockets on loopback, RFC 6455 by hand, a virtual thread per
/// connection.
///
/// REST requests are answered by [Rest]; WebSocket connections by [Script] in its own thread, or wait in
/// [#next] for the test to speak for them.
public final class ScriptedServer implements AutoCloseable {
    private static final String ACCEPT_SALT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int TEXT = 1;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final long PATIENCE_SECONDS = 10;

    /// What a connection does by itself.
    public interface Script {
        void run(Connection connection) throws IOException;
    }

    /// Answers a REST request.
    public interface Rest {
        Answer answer(String method, String path, Map<String, String> headers, String body);
    }

    /// A REST answer.
    public record Answer(int status, String body, Map<String, String> headers) {
        public Answer(final int status, final String body) {
            this(status, body, Map.of());
        }
    }

    private final ServerSocket listening;
    private final Rest rest;
    private final Script script;
    private final LinkedBlockingQueue<Connection> connections = new LinkedBlockingQueue<>();
    private volatile Optional<Integer> handshakeRefusal = Optional.empty();

    private ScriptedServer(final ServerSocket listening, final Rest rest, final Script script) {
        this.listening = listening;
        this.rest = rest;
        this.script = script;
    }

    /// A server whose connections wait in [#next] for the test.
    public static ScriptedServer start() {
        final var waiting = new LinkedBlockingQueue<Connection>();
        final var server = start((method, path, headers, body) -> new Answer(404, "{}"), waiting::add);
        server.waiting = Optional.of(waiting);
        return server;
    }

    private volatile Optional<LinkedBlockingQueue<Connection>> waiting = Optional.empty();

    /// A server that does by itself what it is told here.
    public static ScriptedServer start(final Rest rest, final Script script) {
        try {
            final var listening = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
            final var server = new ScriptedServer(listening, rest, script);
            Thread.ofVirtual().start(server::accept);
            return server;
        } catch (final IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    public URI address() {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort());
    }

    /// From now on the handshake is refused with this HTTP status; empty: it is accepted.
    public void refuseHandshakes(final Optional<Integer> status) {
        handshakeRefusal = status;
    }

    /// The next connection that was made, within 10 s.
    public Connection next() {
        return within(waiting.orElseThrow());
    }

    /// Whether no connection has been made that [#next] has not returned.
    public boolean nobodyCame() {
        return waiting.orElseThrow().isEmpty();
    }

    private static <T> T within(final LinkedBlockingQueue<T> queue) {
        try {
            final var came = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (came == null) {
                throw new AssertionError("nothing came within " + PATIENCE_SECONDS + " s");
            }
            return came;
        } catch (final InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                final var socket = listening.accept();
                socket.setTcpNoDelay(true);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (final IOException closed) {
                return;
            }
        }
    }

    private void serve(final Socket socket) {
        try (socket) {
            final var in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            final var out = new BufferedOutputStream(socket.getOutputStream());
            while (true) {
                final var request = line(in).split(" ", 3);
                final var headers = headers(in);
                final var key = headers.get("sec-websocket-key");
                if (key == null) {
                    final var length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
                    final var body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
                    answer(out, rest.answer(request[0], request[1], headers, body));
                } else if (handshakeRefusal.isPresent()) {
                    answer(out, new Answer(handshakeRefusal.get(), "{}"));
                } else {
                    upgrade(out, key);
                    final var connection = new Connection(socket, in, out);
                    connections.add(connection);
                    script.run(connection);
                    connection.done.await();
                    return;
                }
            }
        } catch (final IOException | InterruptedException ended) {
            // the client went, or the test cut the socket
        }
    }

    private static void upgrade(final OutputStream out, final String key) throws IOException {
        final var head = new LinkedHashMap<String, String>();
        head.put("Upgrade", "websocket");
        head.put("Connection", "Upgrade");
        head.put("Sec-WebSocket-Accept", accept(key));
        head.put("Sec-WebSocket-Protocol", "parley.v1");
        write(out, "101 Switching Protocols", head, "");
    }

    private static String accept(final String key) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1")
                            .digest((key + ACCEPT_SALT).getBytes(StandardCharsets.US_ASCII)));
        } catch (final NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static void answer(final OutputStream out, final Answer answer) throws IOException {
        final var head = new LinkedHashMap<>(answer.headers());
        head.put("Content-Type", "application/json");
        head.put("Content-Length", "" + answer.body().getBytes(StandardCharsets.UTF_8).length);
        write(out, answer.status() + " x", head, answer.body());
    }

    private static void write(
            final OutputStream out, final String status, final Map<String, String> head, final String body)
            throws IOException {
        final var text = new StringBuilder("HTTP/1.1 ").append(status).append("\r\n");
        head.forEach(
                (name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
        out.write(text.append("\r\n").append(body).toString().getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static Map<String, String> headers(final DataInputStream in) throws IOException {
        final var headers = new HashMap<String, String>();
        for (var line = line(in); !line.isEmpty(); line = line(in)) {
            final var at = line.indexOf(':');
            headers.put(
                    line.substring(0, at).toLowerCase(Locale.ROOT),
                    line.substring(at + 1).trim());
        }
        return headers;
    }

    private static String line(final DataInputStream in) throws IOException {
        final var line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException();
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (final IOException broken) {
            throw new UncheckedIOException(broken);
        }
        connections.forEach(Connection::cut);
    }

    /// One WebSocket connection.
    public static final class Connection {
        private final Socket socket;
        private final DataInputStream in;
        private final OutputStream out;
        private final CountDownLatch done = new CountDownLatch(1);
        private final LinkedBlockingQueue<String> pongs = new LinkedBlockingQueue<>();
        private volatile int closedWith;

        private Connection(final Socket socket, final DataInputStream in, final OutputStream out) {
            this.socket = socket;
            this.in = in;
            this.out = out;
        }

        /// The next text frame; empty when the client has ended the connection.
        public Optional<String> text() throws IOException {
            while (true) {
                try {
                    final var first = in.readUnsignedByte();
                    final var payload = payload();
                    switch (first & 0xf) {
                        case TEXT -> {
                            return Optional.of(new String(payload, StandardCharsets.UTF_8));
                        }
                        case PING -> frame(PONG, payload);
                        case PONG -> pongs.add(new String(payload, StandardCharsets.UTF_8));
                        case CLOSE -> {
                            closedWith = payload.length < 2
                                    ? 1005
                                    : ByteBuffer.wrap(payload).getShort() & 0xffff;
                            frame(CLOSE, payload);
                            cut();
                            return Optional.empty();
                        }
                        default -> throw new IOException("opcode " + first);
                    }
                } catch (final EOFException | SocketException gone) {
                    cut();
                    return Optional.empty();
                }
            }
        }

        /// The next frame, which must come within 10 s.
        public ClientFrame frame() {
            try {
                socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
                return FrameCodec.readClient(text().orElseThrow(() -> new AssertionError("the connection ended")));
            } catch (final IOException | FrameException wrong) {
                throw new AssertionError(wrong);
            }
        }

        /// The next frame of this type; others before it are passed over.
        public <T extends ClientFrame> T frame(final Class<T> type) {
            while (true) {
                final var frame = frame();
                if (type.isInstance(frame)) {
                    return type.cast(frame);
                }
            }
        }

        /// Whether the client has sent something that has not been read.
        public boolean hasMore() throws IOException {
            return in.available() > 0;
        }

        /// The code the client closed with; 0 as long as it has not.
        public int closedWith() {
            return closedWith;
        }

        /// Reads until the client has ended the connection.
        public void awaitEnd() {
            try {
                socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
                while (text().isPresent()) {}
            } catch (final SocketTimeoutException late) {
                throw new AssertionError("the client did not end the connection", late);
            } catch (final IOException ended) {
                cut();
            }
        }

        private byte[] payload() throws IOException {
            final var second = in.readUnsignedByte();
            final int length = switch (second & 0x7f) {
                case 126 -> in.readUnsignedShort();
                case 127 -> Math.toIntExact(in.readLong());
                default -> second & 0x7f;
            };
            final var mask = in.readNBytes(4);
            final var payload = in.readNBytes(length);
            for (int i = 0; i < payload.length; i++) {
                payload[i] ^= mask[i & 3];
            }
            return payload;
        }

        public void send(final ServerFrame frame) {
            send(FrameCodec.print(frame));
        }

        public void send(final String text) {
            frame(TEXT, text.getBytes(StandardCharsets.UTF_8));
        }

        /// Pings with this text.
        public void ping(final String text) {
            frame(PING, text.getBytes(StandardCharsets.UTF_8));
        }

        /// What has been answered to pings, as far as it was read.
        public List<String> pongs() {
            return List.copyOf(pongs);
        }

        /// Sends bytes as they are.
        public synchronized void raw(final byte[] bytes) {
            try {
                out.write(bytes);
                out.flush();
            } catch (final IOException gone) {
                cut();
            }
        }

        /// Sends a close frame.
        public void close(final int code) {
            frame(CLOSE, ByteBuffer.allocate(2).putShort((short) code).array());
        }

        private void frame(final int opcode, final byte[] payload) {
            final var head = ByteBuffer.allocate(10 + payload.length).put((byte) (0x80 | opcode));
            if (payload.length < 126) {
                head.put((byte) payload.length);
            } else if (payload.length < 0x10000) {
                head.put((byte) 126).putShort((short) payload.length);
            } else {
                head.put((byte) 127).putLong(payload.length);
            }
            head.put(payload).flip();
            final var bytes = new byte[head.remaining()];
            head.get(bytes);
            raw(bytes);
        }

        /// Breaks the link, without a close frame.
        public void cut() {
            try {
                socket.close();
            } catch (final IOException broken) {
                throw new UncheckedIOException(broken);
            } finally {
                done.countDown();
            }
        }
    }
}
