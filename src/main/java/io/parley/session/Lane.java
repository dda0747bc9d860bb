package io.parley.session;

import io.parley.id.ConversationId;
import java.util.ArrayDeque;

/// One conversation on its way to the device: what has been pushed, and what the device has acknowledged of it.
final class Lane {
    final ConversationId id;

    /// Everything up to here has been pushed, or is the device's own, or was acknowledged.
    private long passed;

    /// The highest `seq` known to be in the log.
    private long head;

    /// What has been pushed and not acknowledged, ascending.
    private final ArrayDeque<Long> unacknowledged = new ArrayDeque<>();

    /// A page of the log is on its way.
    boolean reading;

    /// The lane stands in the queue of those that want to be read.
    boolean queued;

    Lane(final ConversationId id, final long cursor) {
        this.id = id;
        this.passed = cursor;
        this.head = cursor;
    }

    long passed() {
        return passed;
    }

    long head() {
        return head;
    }

    int unacknowledged() {
        return unacknowledged.size();
    }

    /// Everything up to here is the device's.
    long cursor() {
        return unacknowledged.isEmpty() ? passed : unacknowledged.getFirst() - 1;
    }

    boolean isBehind() {
        return passed < head;
    }

    void knowHead(final long seq) {
        head = Math.max(head, seq);
    }

    void pushed(final long seq) {
        passed = seq;
        unacknowledged.addLast(seq);
    }

    void skipped(final long seq) {
        passed = seq;
    }

    /// The device holds everything up to `seq`.
    void acknowledge(final long seq) {
        while (!unacknowledged.isEmpty() && unacknowledged.getFirst() <= seq) {
            unacknowledged.removeFirst();
        }
        passed = Math.max(passed, seq);
        head = Math.max(head, seq);
    }
}
