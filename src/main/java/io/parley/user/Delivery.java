package io.parley.user;

import io.parley.conversation.Entry;
import io.parley.conversation.Watermark;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import io.parley.serialization.ClusterMessage;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What a user tells the session of a device.
public sealed interface Delivery extends ClusterMessage {
    /// The session is attached; these conversations are open and where the device stands in them. Heads follow.
    ///
    /// @param part         which part of the list this is, from 0
    /// @param last         whether the list ends with this part
    /// @param readReceipts whether the person sees what others have read
    record Attached(List<OpenChat> chats, int part, boolean last, boolean readReceipts) implements Delivery {}

    /// The person has switched read receipts on or off.
    record ReadReceiptsSet(boolean on) implements Delivery {}

    /// One open conversation.
    ///
    /// @param cursor the device holds everything up to here
    record OpenChat(ConversationId conversation, long cursor) {}

    /// The log of an open conversation ends at `head`.
    ///
    /// @param current whether that was read after the session attached: then it is what belongs to the replay
    record HeadKnown(ConversationId conversation, long cursor, long head, boolean current) implements Delivery {}

    /// New entries, ascending.
    ///
    /// @param cursor  where the device stands, for a session that has not heard of the conversation
    /// @param outside whether the device is outside the conversation's group: what is encrypted is not for it
    record Arrived(ConversationId conversation, long cursor, List<Entry> entries, boolean outside)
            implements Delivery {}

    /// The person's own cursors are durable as far as this: what the device said need not be repeated, and the
    /// person's devices may be told.
    ///
    /// @param cursor this device's
    record OwnMoved(ConversationId conversation, long cursor, Watermark reached) implements Delivery {}

    /// Another member has come this far.
    record OtherMoved(ConversationId conversation, Watermark reached) implements Delivery {}

    /// Somebody the session watches came, went, or hides it.
    record PresenceChanged(UserId user, Optional<Boolean> online, Optional<Instant> lastSeen) implements Delivery {}

    /// The user that the session wanted to watch does not exist.
    record NoSuchUser(UserId user) implements Delivery {}

    /// The person's own keys have changed.
    ///
    /// @param version rises with each change
    record OwnKeysChanged(UserId user, long version) implements Delivery {}

    /// This device has few key packages left.
    ///
    /// @param left how many
    record KeyPackagesLow(int left) implements Delivery {}

    /// Somebody is typing.
    record TypingSeen(ConversationId conversation, UserId user) implements Delivery {}

    /// The same device has connected again: this session ends (4409).
    record Replaced(DeviceId device) implements Delivery {}

    /// The device is not linked any more, or its tokens have ended: this session ends (4401).
    record Revoked(DeviceId device) implements Delivery {}

    /// The user's entity stops here (it moves, or makes room): attach again.
    record Leaving() implements Delivery {}
}
