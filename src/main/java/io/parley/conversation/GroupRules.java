package io.parley.conversation;

import io.parley.content.MlsFraming;
import io.parley.content.Octets;
import io.parley.conversation.ConversationCommand.Commit;
import io.parley.conversation.ConversationCommand.Eligible;
import io.parley.conversation.ConversationCommand.Post;
import io.parley.id.ConversationId;
import io.parley.id.MessageId;
import io.parley.mls.Member;
import io.parley.mls.MlsException;
import io.parley.mls.Opaque;
import io.parley.mls.Proposal;
import io.parley.mls.ProposalRef;
import io.parley.mls.PublicMessage;
import io.parley.mls.Roster;
import io.parley.mls.RosterChange;
import io.parley.mls.Seat;
import io.parley.mls.Sender;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// The order of an encrypted conversation: which commit comes next, and for which epochs messages are taken.
/// Group, epoch, who is added and who is removed are read from the bytes (RFC 9420 §6, §12.4), never from what
/// is said of them. The server knows no secrets: that a commit is sound beyond its outside, only members can
/// tell; but nobody comes in whose device is not linked and approved, and nobody removes somebody else's device
/// that is.
final class GroupRules {
    /// What is decided of something to be appended.
    sealed interface Judged {}

    /// It may be stored as this.
    record Taken(ConversationEvent event) implements Judged {}

    record Refused(PostReply why) implements Judged {}

    private final ConversationId id;
    private final Encryption encryption;

    GroupRules(final ConversationId id, final Encryption encryption) {
        this.id = id;
        this.encryption = encryption;
    }

    /// Why the message is not taken now; empty if it is.
    Optional<PostReply> refusal(final Optional<Group> group, final Post post) {
        final var framing = post.body().mls();
        if (framing.isEmpty()) {
            if (group.isPresent()) {
                return Optional.of(
                        otherState(group, post.id(), "this conversation is encrypted: send an encrypted message"));
            }
            return encryption == Encryption.REQUIRED
                    ? Optional.of(new PostReply.NotAllowed(
                            id, post.id(), "this server takes encrypted messages only: begin a group with a commit"))
                    : Optional.empty();
        }
        if (group.isEmpty()) {
            return Optional.of(otherState(group, post.id(), "there is no group yet: begin one with a commit"));
        }
        if (!group.get().id().equals(framing.get().group())
                || !group.get().takesMessagesOf(framing.get().epoch())) {
            return Optional.of(
                    otherState(group, post.id(), "the group is in another state: take its commits, and encrypt again"));
        }
        final var leaf = group.get().leaf(post.author(), post.device());
        if (leaf.isEmpty()) {
            return Optional.of(new PostReply.NotAllowed(id, post.id(), "this device is not in the group"));
        }
        // who receives it looks for its sender in the tree of today
        return framing.get().epoch() < leaf.get().joined()
                ? Optional.of(otherState(
                        group, post.id(), "the message is from before this device has joined: encrypt it again"))
                : Optional.empty();
    }

    /// Whether a message may be stored as `event`.
    Judged judge(final Optional<Group> group, final Post post, final ConversationEvent.MessagePosted event) {
        final var refusal = refusal(group, post);
        return refusal.isPresent() ? new Refused(refusal.get()) : new Taken(event);
    }

    /// What a commit makes of the group, if it is the next one.
    Judged judge(final Optional<Group> group, final Commit commit, final long time, final long nth) {
        if (!commit.uploaded()) {
            return wrong(
                    commit.id(),
                    "one of 'welcome', 'groupInfo' and 'tree' is not there: upload it first, it is kept for a day");
        }
        if (encryption == Encryption.OFF && group.isEmpty()) {
            return notAllowed(commit.id(), "encryption is off on this server");
        }
        final PublicMessage message;
        try {
            message = PublicMessage.readMessage(commit.message().toArray());
        } catch (final MlsException wrong) {
            return wrong(commit.id(), "'commit' is not an MLS PublicMessage: " + wrong.getMessage());
        }
        final var groupId = octets(message.groupId());
        final boolean begins = !group.map(Group::id).equals(Optional.of(groupId));
        if (begins ? !mayBegin(group, commit, message) : group.orElseThrow().epoch() != message.epoch()) {
            return new Refused(otherState(
                    group,
                    commit.id(),
                    group.isEmpty()
                            ? "there is no group yet: the first commit is one of epoch 0"
                            : "the group is in another state: take its commits, and make another commit"));
        }
        if (begins && !namesThisConversation(groupId)) {
            return wrong(
                    commit.id(),
                    "the group's id must be '" + id + "/' and at least one more byte, at most " + Group.ID_BYTES_MAX
                            + " in all");
        }
        final var author =
                eligible(commit, commit.author().value(), commit.device().value());
        if (author.isEmpty()) {
            return notAllowed(commit.id(), "this device is not approved: it can be in no group");
        }
        final var roster = begins ? Roster.of(member(author.get())) : roster(group.orElseThrow());
        return switch (roster.apply(message)) {
            case RosterChange.Refused refused -> wrong(commit.id(), "'commit': " + refused.reason());
            case RosterChange.Applied applied ->
                judge(group, begins, commit, message, roster, applied, author.get())
                        .<Judged>map(Refused::new)
                        .orElseGet(() -> new Taken(event(group, begins, commit, message, applied, time, nth)));
        };
    }

    /// What is wrong with a commit that fits the tree.
    private Optional<PostReply> judge(
            final Optional<Group> group,
            final boolean begins,
            final Commit commit,
            final PublicMessage message,
            final Roster before,
            final RosterChange.Applied applied,
            final Eligible author) {
        final var isOfAuthor = switch (message.sender()) {
            case Sender.Member sender ->
                before.at(sender.leafIndex()).map(Member::identity).equals(Optional.of(opaque(author.identity())));
            case Sender.NewMemberCommit _ -> true; // looked at below: he is added
            case Sender.External _, Sender.NewMemberProposal _ -> false;
        };
        final var comesIn = new ArrayList<>(applied.added());
        comesIn.add(applied.committer());
        if (!isOfAuthor || !applied.committer().member().equals(member(author))) {
            return Optional.of(new PostReply.NotAllowed(id, commit.id(), "the commit is another device's than yours"));
        }
        if (comesIn.stream().anyMatch(seat -> eligible(commit, seat.member()).isEmpty())) {
            return Optional.of(new PostReply.NotAllowed(
                    id, commit.id(), "the commit adds a device that is not a member's, not linked, or not approved"));
        }
        if (!begins && applied.removed().stream().anyMatch(seat -> !mayRemove(group.orElseThrow(), commit, seat))) {
            return Optional.of(new PostReply.NotAllowed(
                    id, commit.id(), "the commit removes a device that is somebody else's, and still linked"));
        }
        if (spoils(message, before, applied)) {
            return Optional.of(new PostReply.NotAllowed(
                    id,
                    commit.id(),
                    "clients would put the old leaf back: have another member remove it first, and join then"));
        }
        if (hasOther(message)) {
            return Optional.of(
                    wrongReply(commit.id(), "'commit' has proposals by reference, or of kinds that are not used here"));
        }
        final boolean adds = message.content() instanceof final io.parley.mls.Commit content
                && !content.added().isEmpty();
        return adds && commit.files().welcome().isEmpty()
                ? Optional.of(wrongReply(commit.id(), "'welcome' is missing, and devices are added"))
                : Optional.empty();
    }

    private boolean mayBegin(final Optional<Group> group, final Commit commit, final PublicMessage message) {
        final boolean isFirst =
                message.epoch() == 0 && message.sender() instanceof Sender.Member(final long leaf) && leaf == 0;
        final var stands = group.map(now -> new MlsFraming(now.id(), now.epoch()));
        return isFirst && commit.replaces().equals(stands);
    }

    private boolean namesThisConversation(final Octets groupId) {
        final var prefix = (id.value() + "/").getBytes(StandardCharsets.UTF_8);
        final var bytes = groupId.toArray();
        return bytes.length > prefix.length
                && bytes.length <= Group.ID_BYTES_MAX
                && Arrays.equals(prefix, 0, prefix.length, bytes, 0, prefix.length);
    }

    /// One's own devices, and those of others that are not linked or approved any more.
    private static boolean mayRemove(final Group group, final Commit commit, final Seat seat) {
        return eligible(commit, seat.member()).isEmpty()
                || group.leaves().stream()
                        .anyMatch(leaf ->
                                leaf.index() == seat.leaf() && leaf.user().equals(commit.author()));
    }

    /// Whether a rejoin meets a fault of OpenMLS that would spoil the group for everybody: where the old leaf
    /// is the only one in the right half of the tree, not at that half's first place, and the left half is
    /// full, removing it shrinks the tree, and adding the new leaf brings the old one back (ADR 14).
    private static boolean spoils(
            final PublicMessage message, final Roster before, final RosterChange.Applied applied) {
        if (!(message.sender() instanceof Sender.NewMemberCommit)
                || applied.removed().isEmpty()) {
            return false;
        }
        final int old = applied.removed().getFirst().leaf();
        final var others = new TreeMap<>(before.membersByLeaf());
        others.remove(old);
        if (others.isEmpty()) {
            return false;
        }
        // the smallest power of two above all their places
        final int left = others.lastKey() == 0 ? 1 : Integer.highestOneBit(others.lastKey()) * 2;
        return others.size() == left && old > left && old < 2 * left;
    }

    private static boolean hasOther(final PublicMessage message) {
        return message.content() instanceof final io.parley.mls.Commit content
                && content.proposals().stream().anyMatch(each -> switch (each) {
                    case Proposal.Add _, Proposal.Update _, Proposal.Remove _, Proposal.ExternalInit _ -> false;
                    case Proposal.PreSharedKey _, Proposal.ReInit _, Proposal.GroupContextExtensions _, ProposalRef _ ->
                        true;
                });
    }

    private ConversationEvent.CommitPosted event(
            final Optional<Group> group,
            final boolean begins,
            final Commit commit,
            final PublicMessage message,
            final RosterChange.Applied applied,
            final long time,
            final long nth) {
        return new ConversationEvent.CommitPosted(
                commit.author(),
                commit.device(),
                commit.id(),
                time,
                nth,
                octets(message.groupId()),
                message.epoch() + 1,
                commit.message(),
                leaf(commit, applied.committer(), joined(group, begins, message, applied)),
                applied.added().stream()
                        .map(seat -> leaf(commit, seat, message.epoch() + 1))
                        .toList(),
                begins ? List.of() : removed(group.orElseThrow(), applied.removed()),
                commit.files().welcome(),
                commit.files().groupInfo(),
                commit.files().tree());
    }

    private static List<Leaf> removed(final Group group, final List<Seat> seats) {
        return group.leaves().stream()
                .filter(leaf -> seats.stream().anyMatch(seat -> seat.leaf() == leaf.index()))
                .toList();
    }

    /// Since which epoch the committer is there.
    private static long joined(
            final Optional<Group> group,
            final boolean begins,
            final PublicMessage message,
            final RosterChange.Applied applied) {
        return begins || applied.added().contains(applied.committer())
                ? message.epoch() + 1
                : group.flatMap(now -> now.leaf(applied.committer().leaf()))
                        .map(Leaf::joined)
                        .orElse(message.epoch() + 1);
    }

    private static Leaf leaf(final Commit commit, final Seat seat, final long joined) {
        final var device = eligible(commit, seat.member()).orElseThrow();
        return new Leaf(seat.leaf(), device.user(), device.device(), device.identity(), device.signatureKey(), joined);
    }

    private static Optional<Eligible> eligible(final Commit commit, final Member member) {
        return commit.eligible().stream()
                .filter(each -> member(each).equals(member))
                .findFirst();
    }

    private static Optional<Eligible> eligible(final Commit commit, final String user, final String device) {
        return commit.eligible().stream()
                .filter(each -> each.user().value().equals(user)
                        && each.device().value().equals(device))
                .findFirst();
    }

    private static Roster roster(final Group group) {
        final var byLeaf = new TreeMap<Integer, Member>();
        group.leaves()
                .forEach(leaf ->
                        byLeaf.put(leaf.index(), new Member(opaque(leaf.identity()), opaque(leaf.signatureKey()))));
        return Roster.of(byLeaf);
    }

    private static Member member(final Eligible device) {
        return new Member(opaque(device.identity()), opaque(device.signatureKey()));
    }

    private PostReply otherState(final Optional<Group> group, final MessageId message, final String why) {
        return new PostReply.OtherState(
                id,
                message,
                group.map(now -> OptionalLong.of(now.epoch())).orElseGet(OptionalLong::empty),
                group.map(Group::since).orElse(0L),
                why);
    }

    private Judged notAllowed(final MessageId message, final String why) {
        return new Refused(new PostReply.NotAllowed(id, message, why));
    }

    private Judged wrong(final MessageId message, final String why) {
        return new Refused(wrongReply(message, why));
    }

    private PostReply wrongReply(final MessageId message, final String why) {
        return new PostReply.Wrong(id, message, why);
    }

    private static Octets octets(final Opaque bytes) {
        return Octets.of(bytes.toByteArray());
    }

    private static Opaque opaque(final Octets bytes) {
        return Opaque.of(bytes.toArray());
    }
}
