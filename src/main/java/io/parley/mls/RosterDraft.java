package io.parley.mls;

import java.io.Serial;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.TreeMap;

/// A [Roster] while one commit is applied to it; used once.
final class RosterDraft {
    private final TreeMap<Integer, Member> membersByLeaf;
    private final List<Seat> added = new ArrayList<>();
    private final List<Seat> removed = new ArrayList<>();
    private int blank; // no leaf before it is

    RosterDraft(final Roster roster) {
        membersByLeaf = new TreeMap<>(roster.membersByLeaf());
    }

    /// What a commit does that a member has made.
    RosterChange commit(final long committer, final Commit commit) {
        try {
            return commitOf(committer, commit);
        } catch (final Unfit unfit) {
            return new RosterChange.Refused(unfit.reason);
        }
    }

    /// What a commit does by which somebody adds himself.
    RosterChange externalCommit(final Commit commit) {
        try {
            return externalCommitOf(commit);
        } catch (final Unfit unfit) {
            return new RosterChange.Refused(unfit.reason);
        }
    }

    private RosterChange commitOf(final long committer, final Commit commit) throws Unfit {
        var author = seat(committer, "sends it");
        final var proposals = new ProposalList(commit.proposals());
        proposals.checkForMember(committer);
        if (commit.path().isEmpty() && proposals.needPath()) {
            throw new Unfit("a path is missing");
        }
        for (final var remove : proposals.removes()) { // first, so that leaves become free
            remove(remove.removed());
        }
        for (final var keyPackage : commit.added()) {
            added.add(add(keyPackage.leafNode()));
        }
        if (commit.path().isPresent()) {
            author = renewed(author, commit.path().get().leafNode());
        }
        return applied(author);
    }

    private RosterChange externalCommitOf(final Commit commit) throws Unfit {
        final var proposals = new ProposalList(commit.proposals());
        proposals.checkForJoiner();
        if (commit.path().isEmpty()) {
            throw new Unfit("a path is missing");
        }
        final var joiner = member(commit.path().get().leafNode());
        for (final var remove : proposals.removes()) {
            remove(remove.removed());
            if (!removed.getLast().member().identity().equals(joiner.identity())) {
                throw new Unfit("who joins removes another than himself, at leaf " + remove.removed());
            }
        }
        final var seat = add(commit.path().get().leafNode());
        added.add(seat);
        return applied(seat);
    }

    private RosterChange applied(final Seat committer) throws Unfit {
        checkDistinct();
        return new RosterChange.Applied(Roster.of(membersByLeaf), committer, List.copyOf(added), List.copyOf(removed));
    }

    private void remove(final long leaf) throws Unfit {
        final var seat = seat(leaf, "is to be removed");
        membersByLeaf.remove(seat.leaf());
        removed.add(seat);
    }

    /// Puts somebody at the leftmost leaf where nobody is. That the tree may grow or shrink on the way changes
    /// nothing in that: it does so at its right edge, where nobody is (§7.7).
    private Seat add(final LeafNode leafNode) throws Unfit {
        while (membersByLeaf.containsKey(blank)) {
            blank++;
        }
        if (blank >= Roster.LEAVES_MAX) {
            throw new Unfit("more leaves than " + Roster.LEAVES_MAX);
        }
        final var seat = new Seat(blank, member(leafNode));
        membersByLeaf.put(seat.leaf(), seat.member());
        return seat;
    }

    /// A member may have a new key, but stays who he is: §5.3.1 leaves to the application who may succeed whom.
    private Seat renewed(final Seat before, final LeafNode leafNode) throws Unfit {
        final var after = new Seat(before.leaf(), member(leafNode));
        if (!before.member().identity().equals(after.member().identity())) {
            throw new Unfit("the member at leaf " + before.leaf() + " takes another name");
        }
        membersByLeaf.put(after.leaf(), after.member());
        return after;
    }

    /// No client may be in a group twice (§12.2), nor two with the same key (§7.3).
    private void checkDistinct() throws Unfit {
        final var identities = new HashSet<Opaque>();
        final var keys = new HashSet<Opaque>();
        for (final var each : membersByLeaf.entrySet()) {
            if (!identities.add(each.getValue().identity())) {
                throw new Unfit("the member at leaf " + each.getKey() + " is there twice");
            }
            if (!keys.add(each.getValue().signatureKey())) {
                throw new Unfit("the member at leaf " + each.getKey() + " has another's key");
            }
        }
    }

    private Seat seat(final long leaf, final String which) throws Unfit {
        final var member = leaf < Roster.LEAVES_MAX ? membersByLeaf.get((int) leaf) : null;
        if (member == null) {
            throw new Unfit("nobody is at leaf " + leaf + ", which " + which);
        }
        return new Seat((int) leaf, member);
    }

    private static Member member(final LeafNode leafNode) throws Unfit {
        return Member.of(leafNode).orElseThrow(() -> new Unfit("a leaf node without a basic credential"));
    }

    /// Why a commit cannot be applied.
    static final class Unfit extends Exception {
        @Serial
        private static final long serialVersionUID = 1L;

        private final String reason;

        Unfit(final String reason) {
            super(reason, null, false, false);
            this.reason = reason;
        }
    }
}
