package io.parley.store.cassandra;

import java.util.Optional;

/// One start of an entity, as the writer of rows: by the epoch that was claimed for its shard ([WriterEpochs]),
/// and within that, which is one process, by the order in which entities started. A later start has the higher
/// term, whatever any clock says.
///
/// @param epoch the claim, from 1; 0 for rows that were written without one
/// @param start which start of an entity in that process
record Term(long epoch, long start) implements Comparable<Term> {
    /// Before all others: that of an empty log, and of rows moved here from another store.
    static final Term NONE = new Term(0, 0);

    private static final int START_BITS = 32;
    private static final String MARK = "e";

    Term {
        if (epoch < 0 || epoch >= 1L << (62 - START_BITS) || start < 0 || start >= 1L << START_BITS) {
            throw new IllegalArgumentException("term " + epoch + "." + start);
        }
    }

    /// As one number in the same order: the write timestamp of what only the latest may say.
    long asTimestamp() {
        return epoch << START_BITS | start;
    }

    /// As it is stored.
    String text() {
        return MARK + Long.toString(epoch, Character.MAX_RADIX) + "." + Long.toString(start, Character.MAX_RADIX);
    }

    /// What [#text()] wrote; empty for anything else, such as the UUID of a writer without a claim.
    static Optional<Term> parse(final String text) {
        final int dot = text.indexOf('.');
        if (!text.startsWith(MARK) || dot < 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Term(
                    Long.parseLong(text, MARK.length(), dot, Character.MAX_RADIX),
                    Long.parseLong(text, dot + 1, text.length(), Character.MAX_RADIX)));
        } catch (final IllegalArgumentException notOurs) {
            return Optional.empty();
        }
    }

    @Override
    public int compareTo(final Term other) {
        final int byEpoch = Long.compare(epoch, other.epoch);
        return byEpoch != 0 ? byEpoch : Long.compare(start, other.start);
    }
}
