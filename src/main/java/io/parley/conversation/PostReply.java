package io.parley.conversation;

import io.parley.id.ConversationId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import io.parley.serialization.ClusterMessage;
import java.time.Instant;
import java.util.OptionalLong;

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

    /// Nothing was stored: the conversation's group is in another state than the sender thinks, or there is
    /// none, or there is one and the message is not encrypted.
    ///
    /// @param epoch the group's; empty: there is no group
    /// @param seq   the entry that began this state; 0: none did
    /// @param why   for people
    record OtherState(ConversationId conversation, MessageId id, OptionalLong epoch, long seq, String why)
            implements PostReply {}

    /// Nothing was stored: this may not be done.
    ///
    /// @param why for people
    record NotAllowed(ConversationId conversation, MessageId id, String why) implements PostReply {}

    /// Nothing was stored: what came is not what it should be.
    ///
    /// @param why for the developer
    record Wrong(ConversationId conversation, MessageId id, String why) implements PostReply {}

    /// Not known to be stored; the same message may be sent again.
    record Unavailable(ConversationId conversation, MessageId id, String why) implements PostReply {}
}
