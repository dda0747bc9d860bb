package io.parley.store.cassandra;

import java.util.UUID;

/// Who wrote a row of the journal, so that of two rows with one number the right one counts: first by the epoch
/// that
/// the writer had claimed for its shard ([WriterEpochs]), then by when the row was made. Within one epoch there
/// is one
/// process, and the time ids of one process only grow.
///
/// @param epoch the claim; 0 for a row that was written without one (moved from another store)
/// @param time  the row's time id, in its own unit of 100 ns
record Stamp(long epoch, long time) implements Comparable<Stamp> {
    /// Before everything.
    static final Stamp NONE = new Stamp(0, Long.MIN_VALUE);

    private static final String MARK = "e";

    /// What stands in the row's `writer_uuid`.
    static String writer(final long epoch) {
        return MARK + Long.toString(epoch, Character.MAX_RADIX);
    }

    /// The stamp of a row with this `writer_uuid` and `timestamp`.
    static Stamp of(final String writer, final UUID timestamp) {
        return new Stamp(epochOf(writer), timestamp.timestamp());
    }

    private static long epochOf(final String writer) {
        if (!writer.startsWith(MARK) || writer.length() > 14 || writer.indexOf('-') >= 0) { // a UUID: no claim
            return 0;
        }
        try {
            return Long.parseLong(writer.substring(MARK.length()), Character.MAX_RADIX);
        } catch (final NumberFormatException notOurs) {
            return 0;
        }
    }

    @Override
    public int compareTo(final Stamp other) {
        final int byEpoch = Long.compare(epoch, other.epoch);
        return byEpoch != 0 ? byEpoch : Long.compare(time, other.time);
    }
}
