package io.parley.mls;

import java.util.List;
import java.util.Optional;

/// What begins a new epoch: changes, and mostly new keys for the committer (§12.4). Whether they fit the group
/// is for the [Roster] to say.
///
/// @param proposals in the order in which they stand, which is the order of the leaves they get
public record Commit(List<ProposalOrRef> proposals, Optional<UpdatePath> path) implements Content {
    /// How many proposals there may be: an Add takes some 300 bytes, so more than fit are only of the smallest
    /// kinds.
    public static final int PROPOSALS_MAX = 1_024;

    static Commit read(final MlsInput in) throws MlsException {
        final var proposals = in.list("proposals", PROPOSALS_MAX, ProposalReader::proposalOrRef);
        return new Commit(proposals, in.isPresent("path") ? Optional.of(UpdatePath.read(in)) : Optional.empty());
    }

    /// The key packages of those who are added, in order.
    public List<KeyPackage> added() {
        return proposals.stream()
                .filter(Proposal.Add.class::isInstance)
                .map(each -> ((Proposal.Add) each).keyPackage())
                .toList();
    }

    /// Changes that are not said here but only referred to.
    public List<ProposalRef> references() {
        return proposals.stream()
                .filter(ProposalRef.class::isInstance)
                .map(ProposalRef.class::cast)
                .toList();
    }
}
