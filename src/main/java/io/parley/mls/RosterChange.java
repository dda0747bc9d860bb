package io.parley.mls;

import java.util.List;

/// What a commit does to a [Roster].
public sealed interface RosterChange {
    /// The commit fits.
    ///
    /// @param roster afterwards
    /// @param committer who made it, as he is afterwards: with a path he may have another key than before
    /// @param added in the order of their key packages; of an external commit, the committer himself
    /// @param removed as they were
    record Applied(Roster roster, Seat committer, List<Seat> added, List<Seat> removed) implements RosterChange {}

    /// The commit is one that every member must refuse, or refers to what is not in it.
    ///
    /// @param reason says why, by leaves and never by names
    record Refused(String reason) implements RosterChange {}
}
