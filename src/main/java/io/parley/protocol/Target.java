package io.parley.protocol;

/// Where a message is to go, as the client spelt it.
public sealed interface Target {
    /// To a person: into the direct conversation with them.
    record User(String user) implements Target {}

    /// Into a conversation.
    record Conversation(String conversation) implements Target {}
}
