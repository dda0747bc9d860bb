package io.parley.store.cassandra;

import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether this node's cluster owns the keyspace. A second cluster on the same one, or half of one that a wrong
/// start has made into another, writes nothing.
///
/// Once owned it stays so until somebody else is seen to own it: while the database is away nobody can take it.
final class KeyspaceOwner {
    private static final Logger LOG = LoggerFactory.getLogger(KeyspaceOwner.class);
    private static final long TELL_AGAIN_NANOS = 10_000_000_000L;

    private final KeyspaceClaim claim;
    private final LongSupplier nanos;
    private final AtomicBoolean underWay = new AtomicBoolean();
    private volatile boolean owned;
    private long toldNanos; // by whoever has the round that is under way

    KeyspaceOwner(final KeyspaceClaim claim, final LongSupplier nanos) {
        this.claim = claim;
        this.nanos = nanos;
        this.toldNanos = nanos.getAsLong() - TELL_AGAIN_NANOS;
    }

    boolean isOurs() {
        return owned;
    }

    /// Whether any cluster has a claim now.
    CompletionStage<Boolean> isTaken() {
        return claim.holder().thenApply(Optional::isPresent);
    }

    /// Renews the claim, or looks whether it stands. To be called every two seconds or so; one call at a time
    /// works.
    ///
    /// @param cluster who this cluster is, if that is known
    /// @param renews  whether this is the member that renews for all
    void look(final Optional<UUID> cluster, final boolean renews) {
        if (cluster.isEmpty() || !underWay.compareAndSet(false, true)) {
            return;
        }
        final var self = cluster.get();
        final CompletionStage<Optional<UUID>> holder =
                renews ? claim.renew(self).thenApply(Optional::of) : claim.holder();
        final var _ = holder.whenComplete((found, failure) -> {
            if (failure == null) {
                seen(self, found);
            }
            underWay.set(false);
        });
    }

    private void seen(final UUID self, final Optional<UUID> holder) {
        if (holder.isEmpty()) {
            return; // lapsed while the database was away, or not made yet: whoever renews makes it
        }
        final boolean ours = holder.get().equals(self);
        if (!ours && nanos.getAsLong() - toldNanos >= TELL_AGAIN_NANOS) {
            toldNanos = nanos.getAsLong();
            LOG.error(
                    "another cluster uses this keyspace: this node writes nothing. If it is the same cluster after a"
                            + " crash, its claim ends by itself in {} s; otherwise give each cluster a keyspace of its own, or"
                            + " check PARLEY_SEED_NODES",
                    KeyspaceClaim.TTL_SECONDS);
        }
        owned = ours;
    }

    /// The last member leaves: the next cluster need not wait.
    CompletionStage<Boolean> release(final Optional<UUID> cluster) {
        owned = false;
        return cluster.map(claim::release).orElseGet(() -> CompletableFuture.completedStage(false));
    }
}
