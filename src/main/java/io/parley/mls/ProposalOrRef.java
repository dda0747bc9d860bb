package io.parley.mls;

/// One of the changes that a [Commit] makes: said in full, or the hash of a proposal sent before (§12.4).
public sealed interface ProposalOrRef permits Proposal, ProposalRef {}
