package io.parley.conversation;

/// Whether conversations are encrypted, as the operator wants it (`parley.encryption`). A conversation that is
/// encrypted never goes back, whatever is set later.
public enum Encryption {
    /// Nothing else is taken.
    REQUIRED,
    /// Clients encrypt where the devices of all can; the server takes both.
    DEFAULT,
    /// No conversation becomes encrypted.
    OFF
}
