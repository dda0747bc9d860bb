package io.parley.mls;

/// What a [PublicMessage] has to say (§6).
public sealed interface Content permits Application, Proposal, Commit {}
