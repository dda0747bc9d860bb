package io.parley.cluster;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/// When the first of the seed nodes makes a new cluster, because there is none to join.
///
/// That no other node answers is not enough: a node that was started again while the network still cuts it off
/// would make a second cluster beside the one that lives, and stay in it when the network is whole again. What
/// a living cluster writes into the store every two seconds is seen from there as well.
///
/// One thread at a time.
final class Founding {
    /// So long the others have to answer.
    static final Duration ASKED = Duration.ofSeconds(5);

    /// So long nobody must have claimed the store: longer than a living cluster is silent.
    static final Duration FREE = Duration.ofSeconds(3);

    private final boolean hasOthers;
    private final LongSupplier nanos;
    private final long begunNanos;
    private OptionalLong freeSince = OptionalLong.empty();

    /// The others are asked from now on.
    ///
    /// @param hasOthers whether there are any
    /// @param nanos     monotonic
    Founding(final boolean hasOthers, final LongSupplier nanos) {
        this.hasOthers = hasOthers;
        this.nanos = nanos;
        this.begunNanos = nanos.getAsLong();
    }

    /// The store was looked at.
    ///
    /// @param taken whether a cluster says that it is its own
    /// @return whether it is time to make a new one
    boolean looked(final boolean taken) {
        final long now = nanos.getAsLong();
        if (taken) {
            freeSince = OptionalLong.empty();
            return false;
        }
        if (freeSince.isEmpty()) {
            freeSince = OptionalLong.of(now);
        }
        return !hasOthers || (now - begunNanos >= ASKED.toNanos() && now - freeSince.getAsLong() >= FREE.toNanos());
    }
}
