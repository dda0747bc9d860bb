package io.parley.content;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/// A short string of bytes that never changes: a key, a signature, a hash, a key package. Equal to any other of
/// the same bytes. As text: base64url without padding (RFC 4648 §5).
public final class Octets {
    private final byte[] bytes;

    private Octets(final byte[] bytes) {
        this.bytes = bytes;
    }

    /// The same bytes; later changes of the array change nothing here.
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static Octets of(final byte[] bytes) {
        return new Octets(bytes.clone());
    }

    /// What `text` spells in base64url without padding, or empty if it is anything else: also where another
    /// text spells the same bytes (bits left over that are not 0).
    public static Optional<Octets> parse(final String text) {
        try {
            final var octets = new Octets(Base64.getUrlDecoder().decode(text));
            return octets.base64url().equals(text) ? Optional.of(octets) : Optional.empty();
        } catch (final IllegalArgumentException otherText) {
            return Optional.empty();
        }
    }

    /// A copy.
    @JsonValue
    public byte[] toArray() {
        return bytes.clone();
    }

    public int length() {
        return bytes.length;
    }

    /// Base64url without padding.
    public String base64url() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof final Octets octets && Arrays.equals(bytes, octets.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /// How many, not which.
    @Override
    public String toString() {
        return "Octets[" + bytes.length + "]";
    }
}
