package io.parley.mls;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Who sits at which leaf of a group in one epoch: what is left of its ratchet tree if only members matter
/// (§7). Immutable; two are equal if the same members sit at the same leaves.
public final class Roster {
    /// How many leaves a group may have: 256 people of 16 devices.
    public static final int LEAVES_MAX = 4_096;

    private final SortedMap<Integer, Member> membersByLeaf;

    private Roster(final SortedMap<Integer, Member> membersByLeaf) {
        this.membersByLeaf = Collections.unmodifiableSortedMap(membersByLeaf);
    }

    /// A group as it is created, with its creator alone at leaf 0 (§11).
    public static Roster of(final Member creator) {
        return new Roster(new TreeMap<>(Map.of(0, creator)));
    }

    /// A group with these members, as it was stored.
    ///
    /// @throws IllegalArgumentException if nobody is there, or somebody beyond [#LEAVES_MAX]
    public static Roster of(final SortedMap<Integer, Member> membersByLeaf) {
        if (membersByLeaf.isEmpty() || membersByLeaf.firstKey() < 0 || membersByLeaf.lastKey() >= LEAVES_MAX) {
            throw new IllegalArgumentException("a group has a member, and none beyond leaf " + (LEAVES_MAX - 1));
        }
        return new Roster(new TreeMap<>(membersByLeaf));
    }

    /// Everybody, by leaf.
    public SortedMap<Integer, Member> membersByLeaf() {
        return membersByLeaf;
    }

    /// Who sits there.
    ///
    /// @param leaf from 0 to 2^32 - 1
    public Optional<Member> at(final long leaf) {
        return leaf < LEAVES_MAX ? Optional.ofNullable(membersByLeaf.get((int) leaf)) : Optional.empty();
    }

    /// Whether a device with that name and key is in the group.
    public boolean contains(final Member member) {
        return membersByLeaf.containsValue(member);
    }

    /// What a commit makes of the group, if it is one that members would take (§12.2, §12.3, §12.4.2): so far
    /// as can be known without secrets. Group and epoch are the caller's to compare, and whether key packages
    /// are valid and signatures hold.
    public RosterChange apply(final PublicMessage message) {
        return switch (message.content()) {
            case Commit commit ->
                switch (message.sender()) {
                    case Sender.Member member -> new RosterDraft(this).commit(member.leafIndex(), commit);
                    case Sender.NewMemberCommit _ -> new RosterDraft(this).externalCommit(commit);
                    case Sender.External _, Sender.NewMemberProposal _ -> new RosterChange.Refused("not from a member");
                };
            case Proposal _, Application _ -> new RosterChange.Refused("not a commit");
        };
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof final Roster that && membersByLeaf.equals(that.membersByLeaf);
    }

    @Override
    public int hashCode() {
        return membersByLeaf.hashCode();
    }

    @Override
    public String toString() {
        return "Roster of leaves " + membersByLeaf.keySet();
    }
}
