package io.parley.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// SHA-256 over rows in order: of each its number, how to read it, and its bytes. For one thread at a time.
public final class Checksum {
    private final MessageDigest digest = sha256();
    private long rows;
    private long bytes;

    /// What came of it.
    ///
    /// @param bytes of the payloads
    public record Sum(long rows, long bytes, String sha256) {}

    /// One more row.
    public void add(final long seq, final int serializerId, final String manifest, final ByteBuffer payload) {
        final var name = manifest.getBytes(StandardCharsets.UTF_8);
        final int length = payload.remaining();
        digest.update(ByteBuffer.allocate(Long.BYTES + 3 * Integer.BYTES)
                .putLong(seq)
                .putInt(serializerId)
                .putInt(name.length)
                .putInt(length)
                .flip());
        digest.update(name);
        digest.update(payload.duplicate());
        rows++;
        bytes += length;
    }

    /// One more text, which is no row.
    public void add(final String text) {
        final var encoded = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(encoded.length).flip());
        digest.update(encoded);
    }

    /// Of all that was added; nothing is added any more.
    public Sum sum() {
        return new Sum(rows, bytes, HexFormat.of().formatHex(digest.digest()));
    }

    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (final NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }
}
