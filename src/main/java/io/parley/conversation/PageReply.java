package io.parley.conversation;

import io.parley.id.ConversationId;
import io.parley.id.UserId;
import io.parley.serialization.ClusterMessage;
import java.util.List;

/// The answer to a [ConversationCommand.ReadPage].
public sealed interface PageReply extends ClusterMessage {
    ConversationId conversation();

    long tag();

    /// The page itself.
    ///
    /// @param outside whether the asking device is outside the conversation's group: what is encrypted is not
    /// for it
    record Page(ConversationId conversation, List<Entry> entries, long head, boolean outside, long tag)
            implements PageReply {}

    /// The entries `from` to `to` (both included) are not in memory: the asker reads them from the log, where
    /// they durably stand.
    ///
    /// @param fromEnd whether a page that is too large is cut at its low end
    /// @param outside as in [Page]
    record InLog(ConversationId conversation, long from, long to, boolean fromEnd, long head, boolean outside, long tag)
            implements PageReply {}

    /// The conversation would be with a user who does not exist.
    record UnknownUser(ConversationId conversation, UserId user, long tag) implements PageReply {}

    /// The reader is not a member, or there is no such conversation.
    record NotAMember(ConversationId conversation, long tag) implements PageReply {}

    /// Cannot be told now; ask again.
    record Unavailable(ConversationId conversation, long tag) implements PageReply {}
}
