package io.parley.conversation;

import io.parley.id.ConversationId;
import io.parley.id.UserId;
import io.parley.serialization.ClusterMessage;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The answer to a [ConversationCommand.Summarise].
public sealed interface SummaryReply extends ClusterMessage {
    ConversationId conversation();

    long tag();

    /// The summary.
    ///
    /// @param head     `seq` of the last entry; 0 for an empty log
    /// @param last     the last entry, if it is in memory
    /// @param read     the reader's read cursor, past his own entries that follow it
    /// @param unread   messages of others after the read cursor, if that can be told from memory
    /// @param ownCount how many entries of the reader the log holds: with the entry at the read cursor, and
    ///     less `commits`, it gives `unread`
    /// @param commits  how many of the others' entries after the read cursor are commits
    /// @param others   how far the other members have come
    /// @param outside  whether the asking device is outside the conversation's group: what is encrypted is not
    ///     for it
    record Summary(
            ConversationId conversation,
            long head,
            Optional<Entry> last,
            long read,
            OptionalLong unread,
            long ownCount,
            long commits,
            List<Watermark> others,
            boolean outside,
            long tag)
            implements SummaryReply {}

    /// The conversation would be with a user who does not exist.
    record UnknownUser(ConversationId conversation, UserId user, long tag) implements SummaryReply {}

    /// The reader is not a member, or there is no such conversation.
    record NotAMember(ConversationId conversation, long tag) implements SummaryReply {}

    /// A member's user did not answer in time; ask again.
    record Unavailable(ConversationId conversation, long tag) implements SummaryReply {}
}
