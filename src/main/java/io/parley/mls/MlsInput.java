package io.parley.mls;

import java.util.ArrayList;
import java.util.List;

/// A place in a message, and where what is being read must end. Reads the presentation language of RFC 9420,
/// §2.1: numbers in network order, vectors with a length in front, optional values.
final class MlsInput {
    private final byte[] bytes;
    private final int end;
    private int at;

    MlsInput(final byte[] bytes, final int at, final int end) {
        this.bytes = bytes;
        this.at = at;
        this.end = end;
    }

    /// Reads one element of a list.
    @FunctionalInterface
    interface Reading<T> {
        T read(MlsInput in) throws MlsException;
    }

    /// Reads `whole` from its first byte to its last.
    ///
    /// @param bytesMax more than this many is refused before anything is copied
    static <T> T whole(final String what, final byte[] whole, final int bytesMax, final Reading<T> structure)
            throws MlsException {
        if (whole.length > bytesMax) {
            throw new MlsException(what + ": more than " + bytesMax + " bytes", bytesMax);
        }
        final var in = new MlsInput(whole.clone(), 0, whole.length); // theirs may change
        final var read = structure.read(in);
        if (in.hasMore()) {
            throw in.broken(what + ": something follows");
        }
        return read;
    }

    /// Reads what is inside something that has been read.
    static <T> T inside(final String what, final Opaque outer, final Reading<T> structure) throws MlsException {
        final var in = outer.input();
        final var read = structure.read(in);
        if (in.hasMore()) {
            throw in.broken(what + ": something follows");
        }
        return read;
    }

    boolean hasMore() {
        return at < end;
    }

    /// Where the next byte to be read is.
    int position() {
        return at;
    }

    /// What has been read since the position was `start`.
    Opaque since(final int start) {
        return new Opaque(bytes, start, at - start);
    }

    int uint8(final String what) throws MlsException {
        need(1, what);
        return bytes[at++] & 0xff;
    }

    int uint16(final String what) throws MlsException {
        need(2, what);
        return (int) number(2);
    }

    /// From 0 to 2^32 - 1.
    long uint32(final String what) throws MlsException {
        need(4, what);
        return number(4);
    }

    /// Unsigned: what is 2^63 or more comes out negative.
    long uint64(final String what) throws MlsException {
        need(8, what);
        return number(8);
    }

    /// `opaque x<V>`
    Opaque opaque(final String what) throws MlsException {
        final int length = length(what);
        at += length;
        return new Opaque(bytes, at - length, length);
    }

    /// `T x<V>`: elements until the vector is used up.
    ///
    /// @param most how many there may be at most
    <T> List<T> list(final String what, final int most, final Reading<T> element) throws MlsException {
        final int length = length(what);
        final var inside = new MlsInput(bytes, at, at + length);
        final var elements = new ArrayList<T>();
        while (inside.hasMore()) {
            if (elements.size() == most) {
                throw inside.broken(what + ": more than " + most);
            }
            elements.add(element.read(inside));
        }
        at += length;
        return List.copyOf(elements);
    }

    /// `optional<T>`: whether a value follows (§2.1.1).
    boolean isPresent(final String what) throws MlsException {
        final int start = at;
        return switch (uint8(what)) {
            case 0 -> false;
            case 1 -> true;
            default -> throw new MlsException(what + ": neither absent (0) nor present (1)", start);
        };
    }

    /// Something is wrong with what stands next.
    MlsException broken(final String why) {
        return new MlsException(why, at);
    }

    /// The length in front of a vector (§2.1.2): in as few bytes as will do, and all that it promises is there.
    private int length(final String what) throws MlsException {
        final int start = at;
        need(1, what);
        final int prefix = (bytes[at] & 0xff) >>> 6;
        if (prefix == 3) {
            throw broken(what + ": no length begins with the bits 11");
        }
        final int size = 1 << prefix;
        need(size, what);
        final int length = (int) number(size) & ((1 << (8 * size - 2)) - 1);
        if (size > 1 && length < 1 << (4 * size - 2)) {
            throw new MlsException(what + ": its length is not in the fewest bytes", start);
        }
        if (length > end - at) {
            throw new MlsException(what + ": " + length + " bytes promised, " + (end - at) + " there", start);
        }
        return length;
    }

    private long number(final int size) {
        long number = 0;
        for (int left = size; left > 0; left--) {
            number = (number << 8) | (bytes[at++] & 0xff);
        }
        return number;
    }

    private void need(final int count, final String what) throws MlsException {
        if (end - at < count) {
            throw broken(what + ": cut off");
        }
    }
}
