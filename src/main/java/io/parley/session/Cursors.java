package io.parley.session;

import io.parley.conversation.Entry;
import io.parley.conversation.PageQuery;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.FrameException;
import java.util.List;

/// What the log says of a cursor that a device names, for both doors: whether it is within the log, and what it
/// means for the ticks.
public final class Cursors {
    /// How many entries are looked at to find what in notes to oneself another device sent.
    private static final int NOTES_LOOK = 200;

    private Cursors() {}

    /// What to ask of the conversation about a cursor at `seq`.
    public static PageQuery question(final ConversationId conversation, final long seq) {
        return new PageQuery.Before(seq + 1, conversation.isNotes() ? NOTES_LOOK : 1);
    }

    /// Up to where a cursor of `device` at `seq` makes entries delivered: all of them, but in notes to oneself
    /// nothing that the device sent itself.
    ///
    /// @param entries the answer to [#question], and `head` the conversation's end that came with it
    /// @throws FrameException `invalid` if the cursor is beyond that end
    public static long delivered(
            final ConversationId conversation,
            final long seq,
            final DeviceId device,
            final List<Entry> entries,
            final long head)
            throws FrameException {
        if (seq > head) {
            throw new FrameException(ErrorCode.INVALID, "'seq' is beyond the conversation's end at " + head);
        }
        return conversation.isNotes()
                ? entries.stream()
                        .filter(entry -> !entry.device().equals(device))
                        .mapToLong(Entry::seq)
                        .max()
                        .orElse(0)
                : seq;
    }
}
