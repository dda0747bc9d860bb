package io.parley.mls;

import io.parley.mls.RosterDraft.Unfit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/// The proposals of a commit, counted by kind: which of them may stand together (§12.2).
final class ProposalList {
    private final List<Proposal.Remove> removes = new ArrayList<>();
    private final List<PreSharedKeyId> psks = new ArrayList<>();
    private final int all;
    private int updates;
    private int reInits;
    private int externalInits;
    private int contextExtensions;
    private int references;

    ProposalList(final List<ProposalOrRef> proposals) {
        all = proposals.size();
        for (final var proposal : proposals) {
            switch (proposal) {
                case Proposal.Add _ -> {} // any number, beside whatever a member may propose
                case Proposal.Update _ -> updates++;
                case Proposal.Remove remove -> removes.add(remove);
                case Proposal.PreSharedKey psk -> psks.add(psk.psk());
                case Proposal.ReInit _ -> reInits++;
                case Proposal.ExternalInit _ -> externalInits++;
                case Proposal.GroupContextExtensions _ -> contextExtensions++;
                case ProposalRef _ -> references++;
            }
        }
    }

    List<Proposal.Remove> removes() {
        return removes;
    }

    /// Whether new keys must come along (§12.4).
    boolean needPath() {
        return all == 0 || updates > 0 || !removes.isEmpty() || externalInits > 0 || contextExtensions > 0;
    }

    void checkForMember(final long committer) throws Unfit {
        checkForAll();
        final var leaves = new HashSet<Long>();
        for (final var remove : removes) {
            if (remove.removed() == committer) {
                throw new Unfit("it removes leaf " + committer + ", which sends it");
            }
            if (!leaves.add(remove.removed())) {
                throw new Unfit("it removes leaf " + remove.removed() + " twice");
            }
        }
        refuseIf(updates > 0, "an Update in it can only be its sender's own, who has the path for that");
        refuseIf(externalInits > 0, "an ExternalInit from a member");
        refuseIf(contextExtensions > 1, "GroupContextExtensions twice");
        refuseIf(reInits > 0 && all > 1, "a ReInit beside something else");
    }

    void checkForJoiner() throws Unfit {
        checkForAll();
        refuseIf(externalInits != 1, "not one ExternalInit from somebody who joins");
        refuseIf(removes.size() > 1, "more than one Remove from somebody who joins");
        refuseIf(externalInits + removes.size() + psks.size() != all, "proposals that somebody who joins may not make");
    }

    private void checkForAll() throws Unfit {
        refuseIf(references > 0, "it refers to proposals that are not in it");
        refuseIf(new HashSet<>(psks).size() < psks.size(), "a PreSharedKey twice");
    }

    private static void refuseIf(final boolean isWrong, final String why) throws Unfit {
        if (isWrong) {
            throw new Unfit(why);
        }
    }
}
