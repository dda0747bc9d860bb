package io.parley.faults;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// Counts, from how many shards each node says it has, how often shards went to other nodes. Shards that move
/// soon after each other are one rebalance. A shard that leaves and another that comes to the same node within
/// one look are not seen: it counts too few rather than too many.
final class Rebalances {
    /// The coordinator decides every 5 s; after so long without a move the next one is another rebalance.
    private static final Duration APART = Duration.ofSeconds(6);

    private final Map<Integer, Long> before = new HashMap<>();
    private long moved;
    private int times;
    private long lastNanos;

    /// A node was looked at.
    ///
    /// @param node   its number
    /// @param shards how many it has; 0 where it does not answer
    synchronized void saw(final int node, final long shards, final long nanos) {
        final var earlier = before.put(node, shards);
        if (earlier == null || shards <= earlier) {
            return; // what one node loses another gets, or nobody has it
        }
        moved += shards - earlier;
        if (times == 0 || nanos - lastNanos > APART.toNanos()) {
            times++;
        }
        lastNanos = nanos;
    }

    @Override
    public synchronized String toString() {
        return "shards of conversations came to a node " + moved + " times, in " + times + " rebalances";
    }
}
