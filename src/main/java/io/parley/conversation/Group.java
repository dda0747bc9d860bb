package io.parley.conversation;

import io.parley.content.Octets;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// The MLS group of an encrypted conversation in its present epoch: all that the server knows of it.
///
/// @param id        the group's; begins with the conversation's
/// @param epoch     from 1: the first commit ends epoch 0
/// @param since     the `seq` of the commit that began it
/// @param leaves    who is in it, by index
/// @param groupInfo the SHA-256 of its GroupInfo
/// @param tree      the SHA-256 of its ratchet tree, if that is not in the GroupInfo
public record Group(Octets id, long epoch, long since, List<Leaf> leaves, Octets groupInfo, Optional<Octets> tree) {
    /// Longest id of a group: the conversation's, a slash, and something that makes it unique.
    public static final int ID_BYTES_MAX = 160;

    /// Messages of so many epochs before the present one are taken: who sends may not know the last commits
    /// yet, and who receives still has the keys.
    static final int EARLIER_EPOCHS = 2;

    public Group {
        leaves = List.copyOf(leaves);
    }

    boolean takesMessagesOf(final long messageEpoch) {
        return messageEpoch <= epoch && messageEpoch >= epoch - EARLIER_EPOCHS;
    }

    /// Where the device sits, if it is in the group.
    Optional<Leaf> leaf(final UserId user, final DeviceId device) {
        return leaves.stream()
                .filter(leaf -> leaf.device().equals(device) && leaf.user().equals(user))
                .findFirst();
    }

    /// Which devices of the user are in the group.
    List<DeviceId> devicesOf(final UserId user) {
        return leaves.stream()
                .filter(leaf -> leaf.user().equals(user))
                .map(Leaf::device)
                .toList();
    }

    Optional<Leaf> leaf(final int index) {
        return leaves.stream().filter(leaf -> leaf.index() == index).findFirst();
    }

    /// The SHA-256 of what was uploaded for this state and is not named by `other` as well.
    Set<Octets> filesWithout(final Group other) {
        final var files = files();
        files.removeAll(other.files());
        return files;
    }

    private Set<Octets> files() {
        final var files = new HashSet<Octets>();
        files.add(groupInfo);
        tree.ifPresent(files::add);
        return files;
    }

    /// What the first commit of a group makes.
    static Group begun(final ConversationEvent.CommitPosted commit, final long seq) {
        return new Group(commit.group(), 0, 0, List.of(), commit.groupInfo(), commit.tree()).after(commit, seq);
    }

    /// What a later commit makes of it.
    Group after(final ConversationEvent.CommitPosted commit, final long seq) {
        final var byIndex = new TreeMap<Integer, Leaf>();
        leaves.forEach(leaf -> byIndex.put(leaf.index(), leaf));
        commit.removed().forEach(leaf -> byIndex.remove(leaf.index()));
        commit.added().forEach(leaf -> byIndex.put(leaf.index(), leaf));
        byIndex.put(commit.committer().index(), commit.committer());
        return new Group(id, commit.epoch(), seq, List.copyOf(byIndex.values()), commit.groupInfo(), commit.tree());
    }
}
