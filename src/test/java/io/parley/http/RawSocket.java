package io.parley.http;

import static io.parley.websocket.ClientFrames.frame;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.parley.websocket.ClientFrames;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;

/// A client that speaks WebSocket byte by byte, so that a test can do what a library would not.
final class RawSocket implements AutoCloseable {
    /// The example key of RFC 6455 §1.3.
    static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    private static final int TIMEOUT_MILLIS = 10_000;

    /// A frame of the server.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Frame(int opcode, byte[] payload) {
        String text() {
            return new String(payload, UTF_8);
        }

        int closeCode() {
            return payload.length < 2 ? 1005 : ByteBuffer.wrap(payload).getShort() & 0xffff;
        }
    }

    private final Socket socket;
    private final DataInputStream in;

    private RawSocket(final int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        in = new DataInputStream(socket.getInputStream());
    }

    /// A connection after its upgrade.
    static RawSocket upgraded(final int port) throws IOException {
        final var raw = new RawSocket(port);
        final var answer = raw.request("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: " + KEY + "\r\nSec-WebSocket-Protocol: parley.v1\r\n");
        if (!answer.startsWith("HTTP/1.1 101")) {
            throw new IOException(answer);
        }
        return raw;
    }

    /// The head of the answer to an upgrade with these header lines.
    static String answer(final int port, final String headers) throws IOException {
        try (var raw = new RawSocket(port)) {
            return raw.request(headers);
        }
    }

    private String request(final String headers) throws IOException {
        final var request = "GET /v1/ws HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
        socket.getOutputStream().write(request.getBytes(US_ASCII));
        final var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.readUnsignedByte());
        }
        return head.toString();
    }

    void send(final byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    void sendText(final String text) throws IOException {
        send(frame(ClientFrames.TEXT, true, text.getBytes(UTF_8)));
    }

    void sendClose(final int code) throws IOException {
        send(frame(ClientFrames.CLOSE, true, new byte[] {(byte) (code >> 8), (byte) code}));
    }

    Frame read() throws IOException {
        final int opcode = in.readUnsignedByte() & 0x0f;
        final int shortLength = in.readUnsignedByte(); // a server does not mask
        final long length =
                shortLength == 126 ? in.readUnsignedShort() : shortLength == 127 ? in.readLong() : shortLength;
        final var payload = new byte[Math.toIntExact(length)];
        in.readFully(payload);
        return new Frame(opcode, payload);
    }

    /// Whether the server has ended the connection; waits for it.
    boolean isEnded() throws IOException {
        try {
            return in.read() < 0;
        } catch (final EOFException end) {
            return true;
        }
    }

    /// Vanishes without a word: the server gets a reset.
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
