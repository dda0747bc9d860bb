package io.parley.simulation;

import io.parley.id.ConversationId;
import io.parley.id.UserId;
import io.parley.user.Delivery;

/// A mistake that the simulator must find: each drops one rule of the protocol, by tampering with what goes
/// into or comes out of the production decisions. [#NONE] leaves them as they are.
enum Variant {
    NONE,

    // conversations
    APPEND_BEFORE_NOTED,
    NOTED_OF_AN_OLD_PERIOD_COUNTS,
    NOTED_COUNTS_WHEN_NOT_AWAITED,
    MAY_CLOSE_WHILE_A_NOTE_IS_AWAITED,
    SENT_BEFORE_STORED,
    RESEND_NOT_SEEN_AMONG_WAITING,
    RESEND_NOT_SEEN_AMONG_RECENT,
    LOOK_UP_IN_THE_LOG_SKIPPED,
    WATERMARK_TOLD_BEFORE_ASKING,
    NOTIFY_NOT_REPEATED,
    RECEIPT_NOT_REPEATED,
    QUESTION_NOT_REPEATED,
    HEAD_READ_BEFORE_MARKED_ONLINE,
    UPLOADS_NOT_BOUND,

    // inboxes
    NOTED_BEFORE_STORED,
    CURSORS_TOLD_BEFORE_STORED,
    MAY_CLOSE_WITH_ANY_NONCE,
    NOTIFY_DOES_NOT_VOID_SETTLE,
    CLOSED_WITHOUT_EVERY_DEVICE,
    NEW_DEVICE_STARTS_AT_HEAD,
    WATERMARK_OF_LINKED_DEVICES_ONLY,
    WATERMARK_NOT_REPEATED,
    WATERMARK_NOT_TOLD_AFTER_CRASH,
    PROBE_NOT_REPEATED,
    STAMPS_DO_NOT_COUNT,
    HEAD_TO_SESSION_NOT_REPEATED,

    // sessions
    ATTACH_NOT_REPEATED,
    CURSOR_NOT_REPEATED,
    OWN_ENTRIES_PUSHED,
    GAPS_NOT_FILLED,
    WINDOW_NOT_KEPT;

    ConversationEntity conversation(final World world, final ConversationId id) {
        return this == NONE ? new ConversationEntity(world, id) : new TamperedConversation(world, id);
    }

    InboxEntity inbox(final World world, final UserId user) {
        return this == NONE ? new InboxEntity(world, user) : new TamperedInbox(world, user);
    }

    Line line(final World world, final Device device, final int stamp, final int window) {
        return this == NONE
                ? new Line(world, device, stamp, window)
                : new TamperedLine(world, device, stamp, this == WINDOW_NOT_KEPT ? window * 10 : window);
    }

    boolean mayAnswer(final Endpoint from, final Endpoint to, final Object message) {
        return this != HEAD_TO_SESSION_NOT_REPEATED
                || !(from instanceof final TamperedInbox inbox)
                || !(message instanceof final Delivery.HeadKnown known)
                || inbox.isFirst(to, known);
    }
}
