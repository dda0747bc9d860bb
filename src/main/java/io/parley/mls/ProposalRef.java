package io.parley.mls;

/// A change that was proposed in a message of its own (§5.2). Who has not kept that message cannot know what it
/// is.
///
/// @param hash of the message that proposed it; 32 bytes with SHA-256
public record ProposalRef(Opaque hash) implements ProposalOrRef {}
