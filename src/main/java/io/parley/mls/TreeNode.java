package io.parley.mls;

import java.util.List;

/// A node of a [RatchetTree] that is not blank (§12.4.3.3).
public sealed interface TreeNode {
    /// A member's.
    record Leaf(LeafNode leafNode) implements TreeNode {}

    /// One above others (§7.1).
    ///
    /// @param unmergedLeaves in increasing order, each from 0 to 2^32 - 1
    record Parent(Opaque encryptionKey, Opaque parentHash, List<Long> unmergedLeaves) implements TreeNode {}
}
