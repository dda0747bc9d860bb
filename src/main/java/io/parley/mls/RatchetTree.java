package io.parley.mls;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// The public tree of a group in one epoch (§12.4.3.3). Whether its hashes are right is for the members to
/// check.
///
/// @param nodes leaves at even places, parents between; empty ones are blank, and the last is not
public record RatchetTree(List<Optional<TreeNode>> nodes) {
    /// How many nodes there may be.
    public static final int NODES_MAX = 2 * Roster.LEAVES_MAX - 1;

    /// Reads a tree that stands alone.
    ///
    /// @param bytesMax the most bytes it may have; some 350 a member
    /// @throws MlsException if it is anything else
    public static RatchetTree readBare(final byte[] ratchetTree, final int bytesMax) throws MlsException {
        return MlsInput.whole("ratchet_tree", ratchetTree, bytesMax, RatchetTree::read);
    }

    static RatchetTree read(final MlsInput in) throws MlsException {
        final int start = in.position();
        final var nodes = in.list("ratchet_tree", NODES_MAX, RatchetTree::optionalNode);
        if (nodes.isEmpty() || nodes.getLast().isEmpty()) {
            throw new MlsException("ratchet_tree: its last node is blank", start);
        }
        for (int place = 0; place < nodes.size(); place++) {
            final boolean isLeafPlace = place % 2 == 0;
            if (nodes.get(place).isPresent() && nodes.get(place).get() instanceof TreeNode.Leaf != isLeafPlace) {
                throw new MlsException("ratchet_tree: a leaf among the parents, or a parent among the leaves", start);
            }
        }
        return new RatchetTree(nodes);
    }

    /// The members alone.
    ///
    /// @return empty if one of them has certificates instead of a name
    public Optional<Roster> roster() {
        final var membersByLeaf = new TreeMap<Integer, Member>();
        for (int place = 0; place < nodes.size(); place += 2) {
            if (nodes.get(place).isPresent() && nodes.get(place).get() instanceof final TreeNode.Leaf leaf) {
                final var member = Member.of(leaf.leafNode());
                if (member.isEmpty()) {
                    return Optional.empty();
                }
                membersByLeaf.put(place / 2, member.get());
            }
        }
        return Optional.of(Roster.of(membersByLeaf));
    }

    private static Optional<TreeNode> optionalNode(final MlsInput in) throws MlsException {
        return in.isPresent("Node") ? Optional.of(node(in)) : Optional.empty();
    }

    private static TreeNode node(final MlsInput in) throws MlsException {
        final int start = in.position();
        return switch (in.uint8("node_type")) {
            case 1 -> new TreeNode.Leaf(LeafNode.read(in));
            case 2 -> new TreeNode.Parent(in.opaque("encryption_key"), in.opaque("parent_hash"), unmergedLeaves(in));
            default -> throw new MlsException("node_type: unknown", start);
        };
    }

    private static List<Long> unmergedLeaves(final MlsInput in) throws MlsException {
        final int start = in.position();
        final var leaves = in.list("unmerged_leaves", Roster.LEAVES_MAX, each -> each.uint32("unmerged_leaves"));
        for (int at = 1; at < leaves.size(); at++) {
            if (leaves.get(at - 1) >= leaves.get(at)) {
                throw new MlsException("unmerged_leaves: not in increasing order", start);
            }
        }
        return leaves;
    }
}
