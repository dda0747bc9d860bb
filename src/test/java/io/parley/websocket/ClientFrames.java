package io.parley.websocket;

import java.util.concurrent.ThreadLocalRandom;

/// A client's frames as bytes (RFC 6455 §5.2), written apart from the code they test.
public final class ClientFrames {
    public static final int CONTINUATION = 0;
    public static final int TEXT = 1;
    public static final int BINARY = 2;
    public static final int CLOSE = 8;
    public static final int PING = 9;
    public static final int PONG = 10;

    private ClientFrames() {}

    /// A masked frame.
    public static byte[] frame(final int opcode, final boolean last, final byte[] payload) {
        final var length = payload.length < 126
                ? new byte[] {(byte) (0x80 | payload.length)}
                : payload.length < 65_536
                        ? new byte[] {(byte) 0xfe, (byte) (payload.length >> 8), (byte) payload.length}
                        : new byte[] {
                            (byte) 0xff,
                            0,
                            0,
                            0,
                            0,
                            (byte) (payload.length >> 24),
                            (byte) (payload.length >> 16),
                            (byte) (payload.length >> 8),
                            (byte) payload.length
                        };
        final var mask = new byte[4];
        ThreadLocalRandom.current().nextBytes(mask);
        final var masked = payload.clone();
        for (int i = 0; i < masked.length; i++) {
            masked[i] ^= mask[i % 4];
        }
        return concat(new byte[] {(byte) ((last ? 0x80 : 0) | opcode)}, length, mask, masked);
    }

    public static byte[] concat(final byte[]... parts) {
        int size = 0;
        for (final var part : parts) {
            size += part.length;
        }
        final var whole = new byte[size];
        int at = 0;
        for (final var part : parts) {
            System.arraycopy(part, 0, whole, at, part.length);
            at += part.length;
        }
        return whole;
    }
}
