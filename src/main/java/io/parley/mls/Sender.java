package io.parley.mls;

/// Who says he sent a public message (§6).
public sealed interface Sender {
    /// The member at a leaf.
    ///
    /// @param leafIndex from 0 to 2^32 - 1; whether somebody is there, the [Roster] knows
    record Member(long leafIndex) implements Sender {}

    /// Somebody outside the group whom its `external_senders` extension names (§12.1.8).
    ///
    /// @param senderIndex which of them, from 0 to 2^32 - 1
    record External(long senderIndex) implements Sender {}

    /// Somebody who proposes that he be added.
    record NewMemberProposal() implements Sender {}

    /// Somebody who adds himself by an external commit (§12.4.3.2).
    record NewMemberCommit() implements Sender {}
}
