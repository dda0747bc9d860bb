package io.parley.local;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// Asks one node how many nodes of the ring it can work with, over CQL as a client would: a read of a partition
/// that every node holds a copy of, at consistency ALL. It succeeds when the node holds all others for alive
/// and each of them has answered; if not, the refusal says how many it has. One socket, four frames: the driver
/// would connect to the whole ring instead of asking this node.
///
/// Frames are those of the native protocol, version 4: nothing else is needed of it here.
final class CassandraProbe {
    private static final Duration CONNECT_MAX = Duration.ofSeconds(2);

    /// A node that waits for another one gives up after 5 s and says so.
    private static final Duration ANSWER_MAX = Duration.ofSeconds(6);

    private static final int VERSION = 4;
    private static final int ERROR = 0;
    private static final int STARTUP = 1;
    private static final int READY = 2;
    private static final int QUERY = 7;
    private static final int RESULT = 8;
    private static final int ALL = 5;
    private static final int UNAVAILABLE = 0x1000;
    private static final int READ_TIMEOUT = 0x1200;

    /// Cassandra's own keyspace; `-Dcassandra.system_distributed.default_rf` gives every node a copy.
    private static final String QUESTION =
            "SELECT status FROM system_distributed.view_build_status WHERE keyspace_name = 'r' AND view_name = 'r'";

    private CassandraProbe() {}

    /// What a node says.
    ///
    /// @param alive how many nodes it works with, itself among them; 0 when it does not answer
    /// @param said what it said, for people
    record Answer(int alive, String said) {}

    private record Frame(int opcode, DataInputStream body) {}

    /// Asks a node.
    ///
    /// @param nodes how many the ring has
    static Answer ask(final InetSocketAddress node, final int nodes) {
        try (var socket = new Socket()) {
            socket.connect(node, Math.toIntExact(CONNECT_MAX.toMillis()));
            socket.setSoTimeout(Math.toIntExact(ANSWER_MAX.toMillis()));
            final var hello = exchange(socket, STARTUP, startup());
            if (hello.opcode() != READY) {
                return new Answer(0, "it does not say READY");
            }
            final var answer = exchange(socket, QUERY, question());
            return switch (answer.opcode()) {
                case RESULT -> new Answer(nodes, "all nodes answer it");
                case ERROR -> refusal(answer);
                default -> new Answer(0, "it answers with opcode " + answer.opcode());
            };
        } catch (final IOException nobody) {
            return new Answer(0, "no answer from " + node + ": " + nobody.getMessage());
        }
    }

    private static Answer refusal(final Frame frame) throws IOException {
        try (var body = frame.body()) {
            final int code = body.readInt();
            final var message = body.readUTF();
            return switch (code) {
                case UNAVAILABLE -> {
                    body.readShort(); // consistency
                    body.readInt(); // how many it needs
                    yield new Answer(body.readInt(), message);
                }
                case READ_TIMEOUT -> {
                    body.readShort(); // consistency
                    yield new Answer(body.readInt(), message);
                }
                default -> new Answer(0, message);
            };
        }
    }

    private static byte[] startup() throws IOException {
        final var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeShort(1);
            out.writeUTF("CQL_VERSION");
            out.writeUTF("3.0.0");
        }
        return bytes.toByteArray();
    }

    private static byte[] question() throws IOException {
        final var text = QUESTION.getBytes(StandardCharsets.UTF_8);
        final var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeInt(text.length);
            out.write(text);
            out.writeShort(ALL);
            out.writeByte(0); // no values, no paging
        }
        return bytes.toByteArray();
    }

    private static Frame exchange(final Socket socket, final int opcode, final byte[] body) throws IOException {
        final var bytes = new ByteArrayOutputStream();
        final var out = new DataOutputStream(bytes);
        out.writeByte(VERSION);
        out.writeByte(0); // flags
        out.writeShort(0); // stream: one request at a time
        out.writeByte(opcode);
        out.writeInt(body.length);
        out.write(body);
        socket.getOutputStream().write(bytes.toByteArray());
        final var in = new DataInputStream(socket.getInputStream());
        in.readInt(); // version, flags, stream
        final int answered = in.readUnsignedByte();
        return new Frame(answered, new DataInputStream(new ByteArrayInputStream(in.readNBytes(in.readInt()))));
    }
}
