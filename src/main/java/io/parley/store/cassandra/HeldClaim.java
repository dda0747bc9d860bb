package io.parley.store.cassandra;

import io.parley.store.StoreException;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A claim on a keyspace that is renewed until it is closed, by somebody who is not a cluster.
final class HeldClaim implements AutoCloseable {
    private static final long RENEW_MILLIS = 2_000;
    private static final long ANSWER_SECONDS = 5;

    private final KeyspaceClaim claim;
    private final UUID self;
    private final ScheduledExecutorService renewals = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("claim").factory());
    private volatile boolean lost;

    private HeldClaim(final KeyspaceClaim claim, final UUID self) {
        this.claim = claim;
        this.self = self;
    }

    /// Makes the claim; empty if somebody else has it.
    static Optional<HeldClaim> take(final KeyspaceClaim claim, final UUID self, final Patience patience)
            throws StoreException {
        final var holder = patience.await(patience.ask(() -> claim.renew(self)), () -> {});
        if (!holder.equals(self)) {
            return Optional.empty();
        }
        final var held = new HeldClaim(claim, self);
        final var _ =
                held.renewals.scheduleWithFixedDelay(held::renew, RENEW_MILLIS, RENEW_MILLIS, TimeUnit.MILLISECONDS);
        return Optional.of(held);
    }

    private void renew() {
        try {
            final var holder = claim.renew(self).toCompletableFuture().get(ANSWER_SECONDS, TimeUnit.SECONDS);
            if (!holder.equals(self)) {
                lost = true; // while Cassandra did not answer
            }
        } catch (final ExecutionException | TimeoutException unanswered) {
            // asked again soon; meanwhile whoever writes hears of it
        } catch (final InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /// Looks whether it is still held.
    ///
    /// @throws StoreException if somebody else has it now
    void check() throws StoreException {
        if (lost) {
            throw new StoreException(
                    "A cluster has claimed the keyspace while Cassandra did not answer: stop its nodes");
        }
    }

    /// Gives it up, or leaves that to time.
    @Override
    public void close() {
        renewals.shutdown();
        try { // one that is under way would make it anew
            final var _ = renewals.awaitTermination(ANSWER_SECONDS, TimeUnit.SECONDS);
            claim.release(self).toCompletableFuture().get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (final ExecutionException | TimeoutException unanswered) {
            // it ends by itself
        } catch (final InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
