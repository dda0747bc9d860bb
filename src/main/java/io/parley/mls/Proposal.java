package io.parley.mls;

import java.util.List;

/// A change to a group (§12.1).
public sealed interface Proposal extends ProposalOrRef, Content {
    /// Adds a client (§12.1.1).
    record Add(KeyPackage keyPackage) implements Proposal {}

    /// Puts a new leaf node in the place of the sender's (§12.1.2).
    record Update(LeafNode leafNode) implements Proposal {}

    /// Removes the member at a leaf (§12.1.3).
    ///
    /// @param removed the leaf's index, from 0 to 2^32 - 1
    record Remove(long removed) implements Proposal {}

    /// Mixes in a key that the members share already (§12.1.4).
    record PreSharedKey(PreSharedKeyId psk) implements Proposal {}

    /// Ends the group in favour of another (§12.1.5).
    ///
    /// @param version of the group to come; any number
    /// @param cipherSuite likewise
    record ReInit(Opaque groupId, int version, int cipherSuite, List<Extension> extensions) implements Proposal {}

    /// Goes with an external commit (§12.1.6).
    record ExternalInit(Opaque kemOutput) implements Proposal {}

    /// Replaces the extensions of the group (§12.1.7).
    record GroupContextExtensions(List<Extension> extensions) implements Proposal {}
}
