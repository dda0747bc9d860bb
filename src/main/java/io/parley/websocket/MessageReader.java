package io.parley.websocket;

import java.io.Serial;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.pekko.util.ByteString;

/// Puts a client's bytes together to messages, as RFC 6455 §5 says: masked frames, fragments, control frames
/// between them. Holds at most one message of the largest size and one frame's header.
final class MessageReader {
    /// What the bytes held.
    interface Listener {
        /// A whole text message.
        void text(String message);

        /// A whole binary message; what it held is dropped.
        void binary();

        void ping(byte[] payload);

        void pong();

        /// The client closes.
        ///
        /// @param code its reason, or 1005 if it gave none
        void close(int code);
    }

    /// Bytes that break the protocol: the connection is closed with `code`.
    static final class Violation extends Exception {
        @Serial
        private static final long serialVersionUID = 1L;

        private final int code;

        Violation(final int code, final String reason) {
            super(reason, null, false, false);
            this.code = code;
        }

        int code() {
            return code;
        }
    }

    static final int PROTOCOL_ERROR = 1002;
    static final int NO_CODE = 1005;
    static final int NOT_UTF8 = 1007;
    static final int TOO_LARGE = 1009;

    private static final int CONTINUATION = 0;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final int CONTROL_BYTES_MAX = 125;
    private static final int FIRST_SIZE = 512;
    private static final byte[] NOTHING = {};

    private final int messageBytesMax;

    // bytes that are not a whole frame yet
    private byte[] buffer = new byte[FIRST_SIZE];
    private int from;
    private int to;

    // a message whose last fragment has not come
    private int openOpcode = CONTINUATION;
    private byte[] fragments = NOTHING; // of a text; of a binary message only the size is kept
    private int fragmentBytes;

    /// @param messageBytesMax the largest message; a larger one closes with 1009 before it is held
    MessageReader(final int messageBytesMax) {
        this.messageBytesMax = messageBytesMax;
    }

    void read(final ByteString bytes, final Listener listener) throws Violation {
        append(bytes);
        while (frame(listener)) {
            // the next one
        }
        if (from == to) {
            from = 0;
            to = 0;
            if (buffer.length > FIRST_SIZE) { // a large message leaves no large buffer behind
                buffer = new byte[FIRST_SIZE];
            }
        }
    }

    private void append(final ByteString bytes) {
        final int size = bytes.size();
        if (buffer.length - to < size) {
            final int held = to - from;
            final var target =
                    buffer.length >= held + size ? buffer : new byte[Math.max(2 * buffer.length, held + size)];
            System.arraycopy(buffer, from, target, 0, held);
            buffer = target;
            from = 0;
            to = held;
        }
        bytes.copyToArray(buffer, to, size);
        to += size;
    }

    /// Takes one frame out of the buffer; false if it is not there yet.
    private boolean frame(final Listener listener) throws Violation {
        if (to - from < 2) {
            return false;
        }
        final int first = buffer[from] & 0xff;
        final int second = buffer[from + 1] & 0xff;
        final boolean last = (first & 0x80) != 0;
        final int opcode = first & 0x0f;
        if ((first & 0x70) != 0) {
            throw new Violation(PROTOCOL_ERROR, "reserved bits are set");
        }
        if ((second & 0x80) == 0) {
            throw new Violation(PROTOCOL_ERROR, "frames of a client are masked");
        }
        final int shortLength = second & 0x7f;
        final int lengthBytes = shortLength == 126 ? 2 : shortLength == 127 ? 8 : 0;
        final int header = 2 + lengthBytes + 4;
        check(opcode, last, shortLength);
        if (to - from < header) {
            return false;
        }
        final long length = lengthBytes == 0 ? shortLength : unsigned(from + 2, lengthBytes);
        // a control frame between fragments is no part of their message; its length has been checked
        if (opcode < CLOSE && (length < 0 || length > messageBytesMax - fragmentBytes)) {
            throw new Violation(TOO_LARGE, "a message has at most " + messageBytesMax + " bytes");
        }
        if (to - from < header + length) {
            return false;
        }
        final int payload = from + header;
        unmask(payload, (int) length, from + header - 4);
        from = payload + (int) length;
        take(opcode, last, payload, (int) length, listener);
        return true;
    }

    private void check(final int opcode, final boolean last, final int shortLength) throws Violation {
        switch (opcode) {
            case CONTINUATION -> {
                if (openOpcode == CONTINUATION) {
                    throw new Violation(PROTOCOL_ERROR, "a fragment of nothing");
                }
            }
            case TEXT, BINARY -> {
                if (openOpcode != CONTINUATION) {
                    throw new Violation(PROTOCOL_ERROR, "a message inside another");
                }
            }
            case CLOSE, PING, PONG -> {
                if (!last || shortLength > CONTROL_BYTES_MAX) {
                    throw new Violation(PROTOCOL_ERROR, "a control frame is one frame of at most 125 bytes");
                }
            }
            default -> throw new Violation(PROTOCOL_ERROR, "an opcode that does not exist");
        }
    }

    private void take(
            final int opcode, final boolean last, final int payload, final int length, final Listener listener)
            throws Violation {
        switch (opcode) {
            case TEXT, BINARY, CONTINUATION -> {
                final int kind = opcode == CONTINUATION ? openOpcode : opcode;
                if (!last) {
                    openOpcode = kind;
                    keep(kind, payload, length);
                    return;
                }
                openOpcode = CONTINUATION;
                if (kind == BINARY) {
                    fragmentBytes = 0;
                    listener.binary();
                } else if (fragmentBytes == 0) {
                    listener.text(text(buffer, payload, length));
                } else {
                    keep(kind, payload, length);
                    final var whole = fragments;
                    final int size = fragmentBytes;
                    fragments = NOTHING;
                    fragmentBytes = 0;
                    listener.text(text(whole, 0, size));
                }
            }
            case PING -> listener.ping(Arrays.copyOfRange(buffer, payload, payload + length));
            case PONG -> listener.pong();
            default -> listener.close(closeCode(payload, length));
        }
    }

    private void keep(final int kind, final int payload, final int length) {
        if (kind == TEXT && length > 0) {
            final int size = fragmentBytes + length;
            if (size
                    > fragments
                            .length) { // doubled, or a message in fragments of one byte would be copied once for each
                final int wanted = Math.max(size, 2 * fragments.length);
                fragments = Arrays.copyOf(fragments, Math.min(messageBytesMax, wanted));
            }
            System.arraycopy(buffer, payload, fragments, fragmentBytes, length);
        }
        fragmentBytes += length;
    }

    private int closeCode(final int payload, final int length) throws Violation {
        if (length == 0) {
            return NO_CODE;
        }
        if (length == 1) {
            throw new Violation(PROTOCOL_ERROR, "half a close code");
        }
        text(buffer, payload + 2, length - 2);
        final int code = (int) unsigned(payload, 2);
        final boolean sendable = (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006)
                || (code >= 3000 && code <= 4999);
        if (!sendable) {
            throw new Violation(PROTOCOL_ERROR, "a close code that is never sent");
        }
        return code;
    }

    private static String text(final byte[] bytes, final int offset, final int length) throws Violation {
        final var text = new String(bytes, offset, length, StandardCharsets.UTF_8);
        if (text.indexOf('\ufffd') >= 0) { // written as such, or put in for what is no UTF-8
            try {
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, offset, length));
            } catch (final CharacterCodingException broken) {
                throw new Violation(NOT_UTF8, "text that is no UTF-8");
            }
        }
        return text;
    }

    private void unmask(final int at, final int length, final int key) {
        for (int i = 0; i < length; i++) {
            buffer[at + i] ^= buffer[key + (i & 3)];
        }
    }

    private long unsigned(final int at, final int bytes) {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value = value << 8 | (buffer[at + i] & 0xff);
        }
        return value;
    }
}
