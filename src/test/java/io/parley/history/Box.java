package io.parley.history;

import java.util.BitSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What one device holds of one conversation, as its history goes on.
final class Box {
    private final Log log;
    private final Device device;

    /// Received.
    private final BitSet held = new BitSet();

    /// Found missing, and said so.
    private @Nullable BitSet missed;

    /// Everything up to here is held, the device's own, from before its time, or was found missing.
    private long complete;

    /// The highest it holds.
    long top;

    /// The highest cursor it has named.
    long acknowledged;

    /// What may be from before its time: a new device starts at the user's delivered watermark.
    long floor;

    /// The connection of the last push, and what it was.
    private int connection;

    private long pushed;

    /// Places of what it sent first on this connection and has no answer for.
    final TreeSet<Long> unanswered = new TreeSet<>();

    Box(final Log log, final Device device) {
        this.log = log;
        this.device = device;
    }

    boolean holds(final long seq) {
        return held.get((int) seq);
    }

    /// The last push on the present connection; 0: none yet.
    long pushedOn(final int present) {
        return connection == present ? pushed : 0;
    }

    void received(final long seq, final int present) {
        pushed = Math.max(pushedOn(present), seq);
        connection = present;
        held.set((int) seq);
        top = Math.max(top, seq);
    }

    void acknowledged(final long seq) {
        acknowledged = Math.max(acknowledged, seq);
    }

    void miss(final long seq) {
        if (missed == null) {
            missed = new BitSet();
        }
        missed.set((int) seq);
    }

    /// The first from `from` to `to` that the device did not send itself; 0: none.
    long firstOfOthers(final long from, final long to) {
        for (long seq = from; seq <= to; seq++) {
            if (!device.hasSent(log, seq)) {
                return seq;
            }
        }
        return 0;
    }

    /// The first entry up to `head` that is owed to the device and that it does not hold; 0: none. What was
    /// found missing once is not named again.
    long missing(final long head) {
        while (complete < head
                && (complete < floor
                        || holds(complete + 1)
                        || (missed != null && missed.get((int) complete + 1))
                        || device.hasSent(log, complete + 1))) {
            complete++;
        }
        return complete < head ? complete + 1 : 0;
    }

    /// Whether in the end the device lacks this place.
    boolean lacks(final long seq) {
        return seq > floor && !holds(seq) && !device.hasSent(log, seq);
    }
}
