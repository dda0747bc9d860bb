package io.parley.mls;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Puts together what is hashed or signed, in the presentation language of RFC 9420, §2.1.
final class MlsOutput {
    private static final int ONE_BYTE_MAX = 0x3f;
    private static final int TWO_BYTES_MAX = 0x3fff;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /// How many bytes `opaque x<V>` takes, its length included.
    static int encodedLength(final Opaque opaque) {
        return opaque.length() + (opaque.length() <= ONE_BYTE_MAX ? 1 : opaque.length() <= TWO_BYTES_MAX ? 2 : 4);
    }

    MlsOutput uint16(final int value) {
        bytes.write(value >>> 8);
        bytes.write(value);
        return this;
    }

    MlsOutput uint32(final long value) {
        return uint16((int) (value >>> 16)).uint16((int) value);
    }

    /// The bytes as they are.
    MlsOutput raw(final Opaque opaque) {
        bytes.writeBytes(opaque.toByteArray());
        return this;
    }

    /// `opaque x<V>`
    MlsOutput opaque(final Opaque opaque) {
        return opaque(opaque.toByteArray());
    }

    MlsOutput opaque(final String ascii) {
        return opaque(ascii.getBytes(StandardCharsets.US_ASCII));
    }

    MlsOutput opaque(final byte[] value) {
        if (value.length <= ONE_BYTE_MAX) {
            bytes.write(value.length);
        } else if (value.length <= TWO_BYTES_MAX) {
            uint16(0x4000 | value.length);
        } else {
            uint32(0x8000_0000L | value.length);
        }
        bytes.writeBytes(value);
        return this;
    }

    byte[] toByteArray() {
        return bytes.toByteArray();
    }
}
