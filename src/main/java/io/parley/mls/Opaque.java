package io.parley.mls;

import java.util.Arrays;

/// Bytes that mean nothing to the delivery service but may be compared: keys, hashes, identities, signatures.
/// Immutable; two are equal if their bytes are.
///
/// What a reader returns is a view of the message it comes from and keeps all of it in memory: what is to be
/// kept for longer is [#detached()].
public final class Opaque {
    private final byte[] bytes;
    private final int from;
    private final int length;

    /// A view; the caller gives the array away or lets nobody change it.
    Opaque(final byte[] bytes, final int from, final int length) {
        this.bytes = bytes;
        this.from = from;
        this.length = length;
    }

    /// A copy of these bytes.
    public static Opaque of(final byte... bytes) {
        return new Opaque(bytes.clone(), 0, bytes.length);
    }

    /// How many bytes.
    public int length() {
        return length;
    }

    /// A copy of the bytes.
    public byte[] toByteArray() {
        return Arrays.copyOfRange(bytes, from, from + length);
    }

    /// The same bytes, without holding on to the message they were read from.
    public Opaque detached() {
        return length == bytes.length ? this : new Opaque(toByteArray(), 0, length);
    }

    /// To read what is inside.
    MlsInput input() {
        return new MlsInput(bytes, from, from + length);
    }

    /// Where in the message these bytes begin.
    int offset() {
        return from;
    }

    /// All but the last bytes.
    Opaque without(final int last) {
        return new Opaque(bytes, from, length - last);
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof final Opaque that
                && Arrays.equals(bytes, from, from + length, that.bytes, that.from, that.from + that.length);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int at = from; at < from + length; at++) {
            hash = 31 * hash + bytes[at];
        }
        return hash;
    }

    @Override
    public String toString() {
        return "Opaque of " + length + " bytes"; // contents never reach a log
    }
}
