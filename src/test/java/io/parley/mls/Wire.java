package io.parley.mls;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// Writes MLS structures by hand, as RFC 9420 spells them. Shares no code with what it tests.
final class Wire {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    static byte[] of(final Consumer<Wire> structure) {
        final var wire = new Wire();
        structure.accept(wire);
        return wire.bytes.toByteArray();
    }

    /// `version = mls10 | wire_format` and what follows.
    static byte[] message(final int wireFormat, final Consumer<Wire> structure) {
        return of(wire -> structure.accept(wire.u16(1).u16(wireFormat)));
    }

    static byte[] ascii(final String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    Wire u8(final int value) {
        bytes.write(value);
        return this;
    }

    Wire u16(final int value) {
        return u8(value >>> 8).u8(value);
    }

    Wire u32(final long value) {
        return u16((int) (value >>> 16)).u16((int) value);
    }

    Wire u64(final long value) {
        return u32(value >>> 32).u32(value);
    }

    Wire raw(final byte... value) {
        bytes.writeBytes(value);
        return this;
    }

    /// `opaque x<V>`
    Wire vector(final byte... value) {
        return length(value.length).raw(value);
    }

    Wire vector(final String ascii) {
        return vector(ascii(ascii));
    }

    Wire vector(final Opaque value) {
        return vector(value.toByteArray());
    }

    /// `T x<V>`
    Wire vector(final Consumer<Wire> content) {
        return vector(of(content));
    }

    Wire put(final Consumer<Wire> structure) {
        structure.accept(this);
        return this;
    }

    private Wire length(final int length) {
        if (length < 64) {
            return u8(length);
        }
        return length < 16_384 ? u16(0x4000 + length) : u32(0x8000_0000L + length);
    }
}
