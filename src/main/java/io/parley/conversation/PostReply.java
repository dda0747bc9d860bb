package io.parley.conversation;

import io.parley.id.ConversationId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import io.parley.serialization.ClusterMessage;
import java.time.Instant;

/// What became of a [ConversationCommand.Post].
public sealed interface PostReply extends ClusterMessage {
    ConversationId conversation();

    MessageId id();

    /// The message is durably stored at `seq`.
    ///
    /// @param resent      it was there already; this is what the first attempt got
    /// @param entriesRead how many entries of the log had to be read to know
    record Accepted(ConversationId conversation, MessageId id, long seq, Instant time, boolean resent, long entriesRead)
            implements PostReply {}

    /// Nothing was stored: there is no such user.
    record UnknownUser(ConversationId conversation, MessageId id, UserId user) implements PostReply {}

    /// Nothing was stored: the author is not a member, or there is no such conversation.
    record NotAMember(ConversationId conversation, MessageId id) implements PostReply {}

    /// Not known to be stored; the same message may be sent again.
    record Unavailable(ConversationId conversation, MessageId id, String why) implements PostReply {}
}
