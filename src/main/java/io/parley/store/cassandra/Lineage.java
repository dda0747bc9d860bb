package io.parley.store.cassandra;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Which rows of an entity's journal are its log, where more than one writer has written. A process that was
/// paused may have handed a row to the database that arrives long after another has taken the entity over; a
/// write that was given up may arrive behind its repetition. Nobody was told that such a row is stored, so it
/// may be passed over; what must never happen is that it displaces a row, or lengthens a log, of which somebody
/// was told.
///
/// Up to the number in the [Seal] the log is what the sealing owner found: from the row it names downwards,
/// each row says whose row stands before it ([Writer#before]). Above it stand the rows of that owner and of
/// later starts, each behind the one it names; of two that name the same, the one by the higher term.
///
/// The journal cannot compare and set; so the decision is the reader's. Why a rank alone is not enough (a row
/// between two ranks may come last) shows `FencingSimulationTest`; docs/adr/0011-fencing.md tells the story.
final class Lineage {
    /// A row of the journal.
    interface Row {
        /// Its number in the entity's journal.
        long seq();

        /// Who wrote it.
        Writer writer();
    }

    /// What came of it.
    ///
    /// @param log        the rows that are the log, ascending, without gaps
    /// @param passedOver those that are not
    record Resolved<R extends Row>(List<R> log, List<R> passedOver) {}

    /// The log cannot be made out: rows that must be there are missing. Never the doing of a late writer.
    static final class Damaged extends RuntimeException {
        @java.io.Serial
        private static final long serialVersionUID = 1L;

        private Damaged(final String message) {
            super(message);
        }
    }

    private Lineage() {}

    /// The log among `rows`.
    ///
    /// @param rows  all rows of the entity from some number on, in any order
    /// @param seal  the newest seal, as it was when or before the rows were read
    /// @throws Damaged if a row of the log is missing
    static <R extends Row> Resolved<R> resolve(final List<R> rows, final Seal seal) {
        final var candidates = new TreeMap<Long, List<R>>();
        rows.forEach(row ->
                candidates.computeIfAbsent(row.seq(), _ -> new ArrayList<>(1)).add(row));
        final var log = new ArrayList<R>();
        if (!candidates.isEmpty()) {
            final long first = candidates.firstKey();
            if (first <= seal.seq()) {
                down(candidates, first, seal, log);
            }
            up(candidates, Math.max(first, seal.seq() + 1), seal, log);
        }
        return new Resolved<>(log, leftOver(candidates, seal, log));
    }

    private static <R extends Row> void down(
            final Map<Long, List<R>> candidates, final long first, final Seal seal, final List<R> log) {
        Term wanted = seal.last();
        for (long seq = seal.seq(); seq >= first; seq--) {
            final var row = of(candidates, seq, wanted);
            if (row.isEmpty()) {
                throw new Damaged("number " + seq + " by " + wanted.text() + " is missing");
            }
            log.add(row.get());
            wanted = row.get().writer().before();
        }
        log.sort(Comparator.comparingLong(Row::seq));
    }

    private static <R extends Row> Optional<R> of(
            final Map<Long, List<R>> candidates, final long seq, final Term term) {
        return candidates.getOrDefault(seq, List.of()).stream()
                .filter(row -> row.writer().term().equals(term))
                .findFirst();
    }

    private static <R extends Row> void up(
            final Map<Long, List<R>> candidates, final long from, final Seal seal, final List<R> log) {
        Optional<Term> before = log.isEmpty()
                ? Optional.of(seal.last())
                        .filter(_ -> seal.seq() == from - 1) // else what stands before is not known here
                : Optional.of(log.getLast().writer().term());
        for (long seq = from; ; seq++) {
            final var known = before;
            final var next = candidates.getOrDefault(seq, List.of()).stream()
                    .filter(row -> row.writer().term().compareTo(seal.by()) >= 0)
                    .filter(row -> known.isEmpty() || row.writer().before().equals(known.get()))
                    .max(Comparator.comparing(row -> row.writer().term()));
            if (next.isEmpty()) {
                return;
            }
            log.add(next.get());
            before = Optional.of(next.get().writer().term());
        }
    }

    private static <R extends Row> List<R> leftOver(
            final Map<Long, List<R>> candidates, final Seal seal, final List<R> log) {
        final long end = log.isEmpty() ? seal.seq() : log.getLast().seq();
        final var last = log.isEmpty() ? seal.last() : log.getLast().writer().term();
        final var taken = new HashSet<R>(log);
        final var left = new ArrayList<R>();
        candidates
                .values()
                .forEach(rows ->
                        rows.stream().filter(row -> !taken.contains(row)).forEach(left::add));
        for (final var row : left) {
            // Whoever wrote after the seal has read the log before, so all its rows are linked to it.
            final var term = row.writer().term();
            if (row.seq() > end
                    && term.compareTo(seal.by()) >= 0
                    && (term.compareTo(last) > 0 || (row.seq() > end + 1 && term.equals(last)))) {
                throw new Damaged("the log ends at " + end + ", and number " + row.seq() + " by "
                        + row.writer().text() + " is there");
            }
        }
        return left;
    }
}
