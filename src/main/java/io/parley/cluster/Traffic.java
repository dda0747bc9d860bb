package io.parley.cluster;

import java.util.concurrent.atomic.LongAdder;

/// What goes through a node, counted on each message's way: nothing is allocated and nothing is looked up.
/// One per node; safe from any thread.
public final class Traffic {
    private final Latencies accepted = new Latencies();
    private final Latencies conversationWrites = new Latencies();
    private final Latencies userWrites = new Latencies();
    private final LongAdder pushed = new LongAdder();
    private final LongAdder delivered = new LongAdder();

    Traffic() {}

    /// Messages that got their ✓: each from when its conversation took it until it was stored. A resend of a
    /// message that is in the log is not counted again.
    public Latencies accepted() {
        return accepted;
    }

    /// Writes of conversations, each of one message or many: from the order to the durable end.
    public Latencies conversationWrites() {
        return conversationWrites;
    }

    /// Writes of inboxes, likewise.
    public Latencies userWrites() {
        return userWrites;
    }

    /// One message was pushed to one device.
    public void pushed() {
        pushed.increment();
    }

    /// A device has acknowledged so many that were pushed to it.
    public void delivered(final long messages) {
        delivered.add(messages);
    }

    /// Pushes since the node started.
    public long pushedInAll() {
        return pushed.sum();
    }

    /// Pushes that were acknowledged, since the node started.
    public long deliveredInAll() {
        return delivered.sum();
    }
}
