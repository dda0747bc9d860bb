package io.parley.user;

import io.parley.conversation.Watermark;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import java.util.HashMap;
import java.util.Map;

/// What is durable about one conversation in a user's inbox. Changed by events only, but for [#untold].
final class Chat {
    final ConversationId id;
    boolean open;
    long head;
    long atMillis;
    long delivered;
    long read;

    /// The read cursor as far as others may know it: follows `read` while read receipts are on.
    long shared;

    /// Where every linked device stands that `cursors` does not name.
    long base;

    final Map<DeviceId, Long> cursors = new HashMap<>(4);
    boolean wrote;

    /// The conversation has perhaps not heard of the watermark. Set by events and cleared when the conversation
    /// confirms, which is not an event: after a replay it is told once too often, never too seldom.
    boolean untold;

    Chat(final ConversationId id) {
        this.id = id;
    }

    long cursor(final DeviceId device) {
        return cursors.getOrDefault(device, base);
    }

    Watermark reached(final UserId user) {
        return new Watermark(user, delivered, shared);
    }
}
