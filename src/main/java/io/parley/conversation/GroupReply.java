package io.parley.conversation;

import io.parley.id.ConversationId;
import io.parley.serialization.ClusterMessage;
import java.util.Optional;

/// The answer to a [ConversationCommand.AskGroup].
public sealed interface GroupReply extends ClusterMessage {
    ConversationId conversation();

    /// The group as it is now; empty: the conversation is not encrypted.
    record State(ConversationId conversation, Optional<Group> group) implements GroupReply {}

    /// The reader is not a member, or there is no such conversation.
    record NotAMember(ConversationId conversation) implements GroupReply {}

    /// Not now; ask again.
    record Unavailable(ConversationId conversation) implements GroupReply {}
}
