package io.parley.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.judge.Exchange;
import io.parley.judge.FrameJudge;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/// A WebSocket (RFC 6455) by hand, so that a story can send odd bytes, stop reading, or vanish. It keeps every
/// frame it has received, for the length of a story, and holds each against the contract.
final class RawSocket implements AutoCloseable {
    static final FrameJudge JUDGE = new FrameJudge();
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration START_MAX = Duration.ofSeconds(90);
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(100);
    private static final int TEXT = 1;
    private static final int CLOSE = 8;
    private static final int PING = 9;

    /// How an upgrade was answered.
    record Handshake(int status, String body, Optional<RawSocket> socket) {}

    private final Socket socket;
    private final DataInputStream in;
    private final List<JsonNode> frames = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private OptionalInt closeCode = OptionalInt.empty();
    private boolean ended;
    private boolean reading = true;
    private boolean leaving;

    private RawSocket(final Socket socket, final DataInputStream in) {
        this.socket = socket;
        this.in = in;
    }

    /// A connection with the usual headers.
    static RawSocket open(final int port) {
        final var answer = upgrade(port, Map.of());
        return answer.socket().orElseThrow(() -> new AssertionError("no upgrade: " + answer));
    }

    /// As [#open(int)], waiting for a node that is not there yet.
    static RawSocket openWhenPossible(final int port) {
        final long deadline = System.nanoTime() + START_MAX.toNanos();
        while (true) {
            try {
                return open(port);
            } catch (final AssertionError notYet) {
                if (System.nanoTime() > deadline || Thread.currentThread().isInterrupted()) {
                    throw notYet;
                }
                LockSupport.parkNanos(BETWEEN_ATTEMPTS.toNanos());
            }
        }
    }

    /// Asks for the upgrade.
    ///
    /// @param headers in the place of the usual ones; an empty value: without that header
    static Handshake upgrade(final int port, final Map<String, String> headers) {
        return ask(port, headers).ends();
    }

    /// Asks for the upgrade with the usual headers, up to the last line.
    static Asking begin(final int port) {
        return ask(port, Map.of());
    }

    /// A request for an upgrade that lacks its last, empty line.
    record Asking(Socket socket) {
        /// Ends the request and hears the answer.
        Handshake ends() {
            try {
                socket.getOutputStream().write("\r\n".getBytes(StandardCharsets.US_ASCII));
                return answered(socket);
            } catch (final IOException failed) {
                throw new AssertionError("no upgrade: " + failed, failed);
            }
        }
    }

    private static Asking ask(final int port, final Map<String, String> headers) {
        final var all = new LinkedHashMap<String, String>();
        all.put("Host", "127.0.0.1:" + port);
        all.put("Upgrade", "websocket");
        all.put("Connection", "Upgrade");
        all.put("Sec-WebSocket-Version", "13");
        all.put("Sec-WebSocket-Key", Base64.getEncoder().encodeToString(random(16)));
        all.put("Sec-WebSocket-Protocol", "parley.v1");
        all.putAll(headers);
        final var request = new StringBuilder("GET /v1/ws HTTP/1.1\r\n");
        all.forEach((name, value) -> {
            if (!value.isEmpty()) {
                request.append(name).append(": ").append(value).append("\r\n");
            }
        });
        try {
            final var socket = new Socket();
            socket.setReceiveBufferSize(32 * 1024); // before the connection: what is not read fills up soon
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) PATIENCE.toMillis());
            socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.US_ASCII));
            return new Asking(socket);
        } catch (final IOException failed) {
            throw new AssertionError("no connection: " + failed, failed);
        }
    }

    private static Handshake answered(final Socket socket) throws IOException {
        final var in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        final int status = Integer.parseInt(line(in).split(" ", 3)[1]);
        final var headers = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            final var parts = line.split(":", 2);
            headers.put(parts[0], List.of(parts[1].strip()));
        }
        final int length = status == 101
                ? 0
                : Integer.parseInt(
                        headers.getOrDefault("Content-Length", List.of("0")).getFirst());
        final var body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        Rest.JUDGE.judgeExchangeOrThrow(
                new Exchange("GET", "/v1/ws", Optional.empty(), status, headers, Optional.of(body)));
        if (status != 101) {
            socket.close();
            return new Handshake(status, body, Optional.empty());
        }
        final var made = new RawSocket(socket, in);
        Thread.ofVirtual().start(made::read);
        return new Handshake(status, body, Optional.of(made));
    }

    private static String line(final DataInputStream in) throws IOException {
        final var line = new ByteArrayOutputStream();
        for (int each = in.read(); each != '\n'; each = in.read()) {
            if (each < 0) {
                throw new IOException("the answer ended within its head");
            }
            if (each != '\r') {
                line.write(each);
            }
        }
        return line.toString(StandardCharsets.US_ASCII);
    }

    // receiving

    private void read() {
        try {
            while (true) {
                awaitReading();
                final int first = in.readUnsignedByte();
                final int second = in.readUnsignedByte();
                final long length = switch (second & 0x7f) {
                    case 126 -> in.readUnsignedShort();
                    case 127 -> in.readLong();
                    default -> second & 0x7f;
                };
                take(first, second, in.readNBytes((int) length));
            }
        } catch (final IOException gone) {
            // the end, orderly or not
        } finally {
            synchronized (this) {
                ended = true;
                notifyAll();
            }
        }
    }

    private synchronized void awaitReading() throws IOException {
        while (!reading) {
            try {
                wait();
            } catch (final InterruptedException stopped) {
                throw new IOException(stopped);
            }
        }
    }

    private synchronized void take(final int first, final int second, final byte[] payload) throws IOException {
        if ((first & 0xf0) != 0x80 || (second & 0x80) != 0) {
            violations.add("a frame in parts, with reserved bits or masked: " + first + " " + second);
        }
        switch (first & 0x0f) {
            case TEXT -> {
                final var text = new String(payload, StandardCharsets.UTF_8);
                JUDGE.serverFrame(text).forEach(wrong -> violations.add(wrong + " in " + text));
                frames.add(Rest.parse(text));
            }
            case CLOSE -> {
                final int code =
                        payload.length < 2 ? 1005 : ByteBuffer.wrap(payload).getShort() & 0xffff;
                closeCode = OptionalInt.of(code);
                if (!leaving) { // otherwise it is the echo of our own
                    violations.addAll(JUDGE.serverClose(code));
                    write(CLOSE, payload);
                }
            }
            case PING -> write(10, payload);
            default -> violations.add("a frame of opcode " + (first & 0x0f));
        }
        notifyAll();
    }

    /// All frames so far.
    synchronized List<JsonNode> frames() {
        requireFine();
        return List.copyOf(frames);
    }

    /// The frames from the `first`th on, which a reader has not looked at yet.
    synchronized List<JsonNode> framesFrom(final int first) {
        requireFine();
        return List.copyOf(frames.subList(first, frames.size()));
    }

    /// Waits until there are more than `known` frames, or the connection ends, which is an error.
    synchronized void awaitMore(final int known, final Duration atMost) {
        final long deadline = System.nanoTime() + atMost.toNanos();
        while (frames.size() <= known) {
            requireFine();
            if (ended || !waitUntil(deadline)) {
                throw new AssertionError("nothing more came");
            }
        }
    }

    /// The frames of a type so far.
    List<JsonNode> frames(final String type) {
        return frames().stream().filter(frame -> isOf(frame, type)).toList();
    }

    static boolean isOf(final JsonNode frame, final String type) {
        return frame.path("type").asText().equals(type);
    }

    /// The first frame that fits, which may have come already.
    JsonNode await(final String what, final Predicate<JsonNode> fits) {
        return await(what, fits, PATIENCE);
    }

    /// The first frame that fits, which may have come already.
    synchronized JsonNode await(final String what, final Predicate<JsonNode> fits, final Duration atMost) {
        final long deadline = System.nanoTime() + atMost.toNanos();
        int looked = 0;
        while (true) {
            requireFine();
            for (; looked < frames.size(); looked++) {
                if (fits.test(frames.get(looked))) {
                    return frames.get(looked);
                }
            }
            if (ended || !waitUntil(deadline)) {
                throw new AssertionError("no " + what + (ended ? ", the connection ended " + closeCode : "")
                        + "; came: " + lastFrames());
            }
        }
    }

    private List<JsonNode> lastFrames() {
        return frames.subList(Math.max(0, frames.size() - 20), frames.size());
    }

    /// Waits until the server has closed, and returns its code.
    int awaitClose(final Duration atMost) {
        final long deadline = System.nanoTime() + atMost.toNanos();
        synchronized (this) {
            while (closeCode.isEmpty()) {
                requireFine();
                if (ended || !waitUntil(deadline)) {
                    throw new AssertionError((ended ? "ended without a close frame" : "not closed in " + atMost)
                            + "; came: " + lastFrames());
                }
            }
            requireFine();
            return closeCode.getAsInt();
        }
    }

    int awaitClose() {
        return awaitClose(PATIENCE);
    }

    synchronized boolean isOpen() {
        return !ended && closeCode.isEmpty();
    }

    @SuppressWarnings("WaitNotInLoop") // each caller has the loop
    private boolean waitUntil(final long deadline) {
        final long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            return false;
        }
        try {
            wait(millis);
        } catch (final InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new AssertionError("stopped while waiting for a frame", stopped);
        }
        return true;
    }

    private void requireFine() {
        if (!violations.isEmpty()) {
            throw new AssertionError("against the contract: " + violations);
        }
    }

    /// Leaves everything that comes in the network's buffers.
    synchronized void stopReading() {
        reading = false;
    }

    synchronized void readOn() {
        reading = true;
        notifyAll();
    }

    // sending

    /// Sends a frame that is to be accepted.
    void say(final JsonNode frame) {
        final var text = frame.toString();
        JUDGE.judgeClientFrameOrThrow(text);
        sayRaw(text);
    }

    /// Sends a frame that need not be right.
    void sayRaw(final String text) {
        send(TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    /// Sends a frame of any opcode.
    void send(final int opcode, final byte[] payload) {
        try {
            write(opcode, payload);
        } catch (final IOException gone) {
            throw new AssertionError("the connection is gone: " + gone, gone);
        }
    }

    private void write(final int opcode, final byte[] payload) throws IOException {
        final var bytes = ByteBuffer.allocate(payload.length + 14);
        bytes.put((byte) (0x80 | opcode));
        if (payload.length < 126) {
            bytes.put((byte) (0x80 | payload.length));
        } else if (payload.length < 65_536) {
            bytes.put((byte) (0x80 | 126)).putShort((short) payload.length);
        } else {
            bytes.put((byte) (0x80 | 127)).putLong(payload.length);
        }
        final var mask = random(4);
        bytes.put(mask);
        for (int i = 0; i < payload.length; i++) {
            bytes.put((byte) (payload[i] ^ mask[i % 4]));
        }
        synchronized (socket) {
            socket.getOutputStream().write(bytes.array(), 0, bytes.position());
        }
    }

    private static byte[] random(final int length) {
        final var bytes = new byte[length];
        ThreadLocalRandom.current().nextBytes(bytes);
        return bytes;
    }

    /// Says goodbye and leaves.
    @Override
    public void close() {
        synchronized (this) {
            leaving = true;
            reading = true;
            notifyAll();
            requireFine();
        }
        try {
            write(CLOSE, new byte[] {3, (byte) 0xe8});
            socket.close();
        } catch (final IOException gone) {
            // that is what was wanted
        }
    }
}
