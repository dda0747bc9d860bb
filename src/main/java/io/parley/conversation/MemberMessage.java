package io.parley.conversation;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import io.parley.serialization.ClusterMessage;
import java.util.List;
import java.util.Optional;

/// What a conversation tells a member's user.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "t")
@JsonSubTypes({
    @JsonSubTypes.Type(value = MemberMessage.Notify.class, name = "Notify"),
    @JsonSubTypes.Type(value = MemberMessage.MayClose.class, name = "MayClose"),
    @JsonSubTypes.Type(value = MemberMessage.Deliver.class, name = "Deliver"),
    @JsonSubTypes.Type(value = MemberMessage.Status.class, name = "Status"),
    @JsonSubTypes.Type(value = MemberMessage.Receipt.class, name = "Receipt"),
    @JsonSubTypes.Type(value = MemberMessage.ReachedNoted.class, name = "ReachedNoted"),
    @JsonSubTypes.Type(value = MemberMessage.AskReached.class, name = "AskReached"),
    @JsonSubTypes.Type(value = MemberMessage.TypingSeen.class, name = "TypingSeen")
})
public sealed interface MemberMessage extends ClusterMessage {
    ConversationId conversation();

    /// Something may stand above `head`: note durably that this conversation is open, then say
    /// [ConversationCommand.Noted]. Voids the settle under way.
    record Notify(ConversationId conversation, long head, Nonce period) implements MemberMessage {}

    /// The log ends at `head`, which every linked device has: the inbox may forget the conversation, if nothing
    /// newer has been noted since `nonce` was made.
    record MayClose(ConversationId conversation, long head, Nonce nonce) implements MemberMessage {}

    /// New entries, ascending, for a member who is online. May be lost: probes find the gap. Where nobody is
    /// attached it is answered with [ConversationCommand.Detach].
    ///
    /// @param inside which of the member's devices are in the conversation's group, if it has one: what is
    ///     encrypted is for these only
    record Deliver(ConversationId conversation, List<Entry> entries, Optional<List<DeviceId>> inside)
            implements MemberMessage {}

    /// The answer to a probe.
    ///
    /// @param headMillis time of the last entry
    /// @param wrote      whether the member has an entry in the log
    /// @param tag        of the probe
    /// @param others     how far the other members have come; those not yet known since the conversation
    /// started are absent
    record Status(
            ConversationId conversation, long head, long headMillis, boolean wrote, long tag, List<Watermark> others)
            implements MemberMessage {}

    /// Another member has come this far. Repeated until [ConversationCommand.ReceiptNoted].
    record Receipt(ConversationId conversation, Watermark of) implements MemberMessage {}

    /// The others have been told of the member's watermark.
    record ReachedNoted(ConversationId conversation, Watermark reached) implements MemberMessage {}

    /// How far has the member come? Asked after a restart, before anyone is told.
    record AskReached(ConversationId conversation, Nonce nonce) implements MemberMessage {}

    /// `member` is typing.
    record TypingSeen(ConversationId conversation, UserId member) implements MemberMessage {}
}
