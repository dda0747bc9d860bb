package io.parley.websocket;

import java.nio.charset.StandardCharsets;

/// A server's frames as bytes (RFC 6455 §5.2): never masked, never in fragments.
final class Bytes {
    private static final int LAST = 0x80;
    private static final int TEXT = 1;
    private static final int CLOSE = 8;
    private static final int PONG = 10;

    private Bytes() {}

    static byte[] text(final String message) {
        return frame(TEXT, message.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] pong(final byte[] payload) {
        return frame(PONG, payload);
    }

    static byte[] close(final int code, final String reason) {
        final var text = reason.getBytes(StandardCharsets.UTF_8);
        final int length = Math.min(text.length, 123); // what a control frame has room for
        final var payload = new byte[2 + length];
        payload[0] = (byte) (code >> 8);
        payload[1] = (byte) code;
        System.arraycopy(text, 0, payload, 2, length);
        return frame(CLOSE, payload);
    }

    static byte[] closeWithoutCode() {
        return frame(CLOSE, new byte[0]);
    }

    private static byte[] frame(final int opcode, final byte[] payload) {
        final int length = payload.length;
        final int header = length < 126 ? 2 : length < 65_536 ? 4 : 10;
        final var frame = new byte[header + length];
        frame[0] = (byte) (LAST | opcode);
        if (header == 2) {
            frame[1] = (byte) length;
        } else {
            final int bytes = header - 2;
            frame[1] = (byte) (bytes == 2 ? 126 : 127);
            for (int i = 0; i < bytes; i++) {
                frame[2 + i] = (byte) ((long) length >> (8 * (bytes - 1 - i)));
            }
        }
        System.arraycopy(payload, 0, frame, header, length);
        return frame;
    }
}
