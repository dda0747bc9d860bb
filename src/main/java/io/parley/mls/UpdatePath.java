package io.parley.mls;

import java.util.List;

/// New keys from the committer's leaf to the root (§7.6).
///
/// @param leafNode the committer's new one, made for a commit
/// @param nodes on the way up, the lowest first
public record UpdatePath(LeafNode leafNode, List<UpdatePathNode> nodes) {
    /// How many nodes a path may have: a tree of 2^32 leaves has no longer one.
    public static final int NODES_MAX = 32;

    static UpdatePath read(final MlsInput in) throws MlsException {
        final int start = in.position();
        final var leaf = LeafNode.read(in);
        return switch (leaf.leafNodeSource()) {
            case LeafNodeSource.Commit _ ->
                new UpdatePath(leaf, in.list("UpdatePath.nodes", NODES_MAX, UpdatePathNode::read));
            case LeafNodeSource.KeyPackage _, LeafNodeSource.Update _ ->
                throw new MlsException("leaf_node: not made for a Commit", start);
        };
    }
}
