package io.parley.conversation;

/// 128 fresh random bits that name one period of being opened, or one attempt to settle: never repeated, also
/// not after a crash, so that an old answer can never be taken for a new one.
public record Nonce(long high, long low) {}
