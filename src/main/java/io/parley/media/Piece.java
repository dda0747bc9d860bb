package io.parley.media;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// A stretch of an upload's bytes: an object of its own that is written once and never changed.
///
/// @param from  its first byte
/// @param to    the one behind its last
/// @param nonce drawn at random, so that no two are ever of the same name: what is deleted is what was looked
/// at, and never what another node has written since
record Piece(long from, long to, long nonce) {
    /// A shorter one is not gone on behind: the next takes its bytes over and takes its place. So there are
    /// never many, however small the portions are in which an upload comes.
    static final int LEAST_BYTES = 128 << 10;

    private static final Pattern NAME = Pattern.compile("([0-9]{1,18})-([0-9]{1,18})-([0-9a-f]{16})");

    /// What [#toString] makes; empty: it is not of ours.
    static Optional<Piece> parse(final String name) {
        final var found = NAME.matcher(name);
        if (!found.matches()) {
            return Optional.empty();
        }
        final long from = Long.parseLong(found.group(1));
        final long to = Long.parseLong(found.group(2));
        return from < to
                ? Optional.of(new Piece(from, to, Long.parseUnsignedLong(found.group(3), 16)))
                : Optional.empty();
    }

    long bytes() {
        return to - from;
    }

    boolean isShort() {
        return bytes() < LEAST_BYTES;
    }

    /// Those that make up the longest beginning of an upload, in order. Usually all; where two nodes received
    /// bytes of it at once, those of the one that has come further.
    static List<Piece> chain(final Collection<Piece> all) {
        final Map<Long, Piece> arriving = new HashMap<>(); // by where they end
        all.stream()
                .sorted(Comparator.comparingLong(Piece::from)
                        .thenComparingLong(Piece::to)
                        .thenComparingLong(Piece::nonce))
                .filter(piece -> piece.from == 0
                        || Optional.ofNullable(arriving.get(piece.from))
                                .filter(before -> !before.isShort())
                                .isPresent()) // all that end where it begins have been looked at
                .forEach(piece ->
                        arriving.merge(piece.to, piece, (one, other) -> other.bytes() > one.bytes() ? other : one));
        final var chain = new ArrayList<Piece>();
        var last = arriving.values().stream().max(Comparator.comparingLong(Piece::to));
        while (last.isPresent()) {
            chain.add(last.get());
            last = Optional.ofNullable(arriving.get(last.get().from));
        }
        return List.copyOf(chain.reversed());
    }

    /// How far they come.
    static long end(final List<Piece> chain) {
        return chain.isEmpty() ? 0 : chain.getLast().to;
    }

    /// By which two chains are told apart, were they of the same length.
    static long mark(final List<Piece> chain) {
        return chain.stream().mapToLong(Piece::nonce).sum();
    }

    @Override
    public String toString() {
        return "%d-%d-%016x".formatted(from, to, nonce);
    }
}
