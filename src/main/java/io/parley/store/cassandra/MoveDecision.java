package io.parley.store.cassandra;

import java.time.Instant;
import java.util.Optional;

/// What is to be done about a move, by what is found in the keyspace.
sealed interface MoveDecision {
    /// The keyspace is empty.
    record Begin() implements MoveDecision {}

    /// A run before this one has come so far.
    record GoOn(Move move) implements MoveDecision {}

    /// Everything is there: only compare.
    record Compare(Move move) implements MoveDecision {}

    /// There is nothing to do.
    record Done(Instant finished) implements MoveDecision {}

    /// It cannot be.
    ///
    /// @param why sentences for the operator
    record Refuse(String why) implements MoveDecision {}

    /// What was found.
    ///
    /// @param move      the move that was begun or finished there
    /// @param inUse     whether there are events, snapshots or entities, by whomever
    /// @param nodeWrote whether a node has taken over an entity there
    record Found(Optional<Move> move, boolean inUse, boolean nodeWrote) {}

    /// By what was found.
    ///
    /// @param fingerprint of what is to be moved
    /// @param compareOnly whether nothing is to be written
    static MoveDecision of(final Found found, final String fingerprint, final boolean compareOnly) {
        if (found.move().isEmpty()) {
            return ofNone(found, compareOnly);
        }
        final var move = found.move().get();
        if (!move.fingerprint().equals(fingerprint)) {
            return new Refuse(
                    "The keyspace holds the move of another data directory, or of this one before a node wrote"
                            + " to it again. Nothing is mixed: drop the keyspace, make it again with `schema`, and move anew");
        }
        if (found.nodeWrote()) {
            return !compareOnly && move.finished().isPresent()
                    ? new Done(move.finished().get())
                    : new Refuse(
                            "Nodes have written to the keyspace since it was moved there: it cannot be compared with"
                                    + " the data directory any more");
        }
        if (compareOnly) {
            return move.finished().isPresent()
                    ? new Compare(move)
                    : new Refuse("The move is not finished: run the command again without --verify");
        }
        return move.finished().<MoveDecision>map(Done::new).orElseGet(() -> new GoOn(move));
    }

    private static MoveDecision ofNone(final Found found, final boolean compareOnly) {
        if (compareOnly) {
            return new Refuse("Nothing was moved to the keyspace: there is nothing to compare");
        }
        return found.inUse() || found.nodeWrote()
                ? new Refuse(
                        "The keyspace holds data that was not moved there. Nothing is mixed: name an empty keyspace")
                : new Begin();
    }
}
