package io.parley.mls;

/// How a leaf node came to be (§7.2).
public sealed interface LeafNodeSource {
    /// Published before anybody knew for which group.
    record KeyPackage(Lifetime lifetime) implements LeafNodeSource {}

    /// Proposed by the member whose it is.
    record Update() implements LeafNodeSource {}

    /// Renewed by a commit, or made for an external one.
    record Commit(Opaque parentHash) implements LeafNodeSource {}
}
