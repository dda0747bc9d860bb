package io.parley.client;

import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// RFC 6455 framing, the client's side: masks what goes out, takes apart what comes in. No sockets.
final class WebSocketFrames {
    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    /// Far above the largest frame a server sends (a page of 64 KiB); what is larger comes from no Parley.
    static final int BYTES_MAX = 1 << 20;

    private static final int FINAL = 0x80;
    private static final int MASKED = 0x80;
    private static final int RESERVED = 0x70;
    private static final int OPCODE = 0x0f;
    private static final int SHORT_MAX = 125; // of a length in the second byte, and of control frames at all
    private static final int TWO_BYTES = 126;
    private static final int EIGHT_BYTES = 127;
    private static final int HEAD_MAX = 14;

    /// A frame that came in.
    ///
    /// @param isFinal whether the message ends with it
    record Frame(int opcode, boolean isFinal, ByteBuffer payload) {
        boolean isControl() {
            return opcode >= CLOSE;
        }
    }

    private WebSocketFrames() {}

    /// A masked frame, ready to be written.
    static ByteBuffer masked(final int opcode, final byte[] payload, final int mask) {
        final var out = ByteBuffer.allocate(HEAD_MAX + payload.length);
        out.put((byte) (FINAL | opcode));
        if (payload.length <= SHORT_MAX) {
            out.put((byte) (MASKED | payload.length));
        } else if (payload.length <= 0xffff) {
            out.put((byte) (MASKED | TWO_BYTES)).putShort((short) payload.length);
        } else {
            out.put((byte) (MASKED | EIGHT_BYTES)).putLong(payload.length);
        }
        out.putInt(mask);
        int at = 0;
        for (; at + Integer.BYTES <= payload.length; at += Integer.BYTES) {
            out.putInt(mask ^ intAt(payload, at));
        }
        for (int shift = Integer.SIZE - Byte.SIZE; at < payload.length; at++, shift -= Byte.SIZE) {
            out.put((byte) (payload[at] ^ (mask >>> shift)));
        }
        return out.flip();
    }

    private static int intAt(final byte[] bytes, final int at) {
        return (bytes[at] << 24)
                | ((bytes[at + 1] & 0xff) << 16)
                | ((bytes[at + 2] & 0xff) << 8)
                | (bytes[at + 3] & 0xff);
    }

    /// The payload of a close frame.
    static byte[] closing(final int code) {
        return ByteBuffer.allocate(Short.BYTES).putShort((short) code).array();
    }

    /// Takes the next frame out of `in` (ready to be read from); empty, with nothing taken, if it is not all
    /// there.
    ///
    /// @throws ProtocolException if these bytes are no server's frame, or one that is too large
    static Optional<Frame> take(final ByteBuffer in) throws ProtocolException {
        final var start = in.position();
        if (in.remaining() < 2) {
            return Optional.empty();
        }
        final var first = in.get() & 0xff;
        final var second = in.get() & 0xff;
        if ((first & RESERVED) != 0 || (second & MASKED) != 0) {
            throw new ProtocolException("not a server's WebSocket frame");
        }
        final var opcode = first & OPCODE;
        final var length = length(second, in);
        if (length > BYTES_MAX || (opcode >= CLOSE && (length > SHORT_MAX || (first & FINAL) == 0))) {
            throw new ProtocolException("a frame of " + length + " bytes");
        }
        if (length < 0 || in.remaining() < length) {
            in.position(start);
            return Optional.empty();
        }
        final var payload = new byte[(int) length];
        in.get(payload);
        return Optional.of(new Frame(opcode, (first & FINAL) != 0, ByteBuffer.wrap(payload)));
    }

    /// The payload's length; -1 if it is not all there yet.
    private static long length(final int second, final ByteBuffer in) throws ProtocolException {
        return switch (second) {
            case TWO_BYTES -> in.remaining() < Short.BYTES ? -1 : in.getShort() & 0xffff;
            case EIGHT_BYTES -> {
                if (in.remaining() < Long.BYTES) {
                    yield -1;
                }
                final var length = in.getLong();
                if (length < 0) {
                    throw new ProtocolException("a frame of negative length");
                }
                yield length;
            }
            default -> second;
        };
    }

    /// The text that `utf8` spells.
    ///
    /// @throws ProtocolException if it spells none
    static String text(final ByteBuffer utf8) throws ProtocolException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
        } catch (final CharacterCodingException malformed) {
            throw new ProtocolException("a text frame that is not UTF-8");
        }
    }
}
