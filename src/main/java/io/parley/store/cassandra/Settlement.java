package io.parley.store.cassandra;

import java.util.Optional;

/// Settles which rows of an entity's journal count, where more than one writer has written. A process that was
/// paused
/// may have handed a row to the database that arrives long after another has taken the entity over, and a write
/// that
/// was given up may arrive behind its repetition. Nobody was told that such a row is stored, so it may be
/// passed over;
/// what must never happen is that it displaces a row somebody was told of.
///
/// The rule, over rows in ascending order of their numbers: of the rows with one number the one with the
/// highest
/// [Stamp] counts, and none counts whose stamp is lower than that of a row that counts before it. A later
/// writer has
/// read the log before it wrote, and with each row it writes it says where the log of the earlier ones ended.
///
/// A reader that knows how long the log is needs only the first half ([#better]); recovery needs both, since a
/// late
/// row may stand behind the log's end.
///
/// @param <R> a row
final class Settlement<R extends Settlement.Numbered> {
    /// A row of the journal.
    interface Numbered {
        /// Its number in the entity's journal.
        long seq();

        /// Who wrote it.
        Stamp stamp();
    }

    /// Called for each row that is passed over.
    @FunctionalInterface
    interface PassedOver {
        /// The row does not count.
        void row(Numbered row);
    }

    private final PassedOver passedOver;
    private Stamp highest = Stamp.NONE;
    private Optional<R> held = Optional.empty();

    /// At the beginning of the rows.
    Settlement(final PassedOver passedOver) {
        this.passedOver = passedOver;
    }

    /// The next row.
    ///
    /// @return the row before it, if that one is settled now and counts
    /// @throws IllegalArgumentException if the rows do not ascend
    Optional<R> next(final R row) {
        if (held.isPresent()) {
            final R before = held.get();
            if (row.seq() < before.seq()) {
                throw new IllegalArgumentException("row " + row.seq() + " after row " + before.seq());
            }
            if (row.seq() == before.seq()) {
                final boolean newer = row.stamp().compareTo(before.stamp()) > 0;
                passedOver.row(newer ? before : row);
                held = Optional.of(newer ? row : before);
                return Optional.empty();
            }
        }
        final var settled = settle();
        held = Optional.of(row);
        return settled;
    }

    /// There are no more rows.
    ///
    /// @return the last one, if it counts
    Optional<R> end() {
        final var settled = settle();
        held = Optional.empty();
        return settled;
    }

    private Optional<R> settle() {
        if (held.isEmpty()) {
            return Optional.empty();
        }
        final R row = held.get();
        if (row.stamp().compareTo(highest) < 0) {
            passedOver.row(row);
            return Optional.empty();
        }
        highest = row.stamp();
        return held;
    }

    /// Of two rows with one number the one that counts.
    static <R extends Numbered> R better(final R one, final R other) {
        return one.stamp().compareTo(other.stamp()) >= 0 ? one : other;
    }
}
