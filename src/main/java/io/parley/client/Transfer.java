package io.parley.client;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/// A file on its way.
///
/// @param <T> how it may end
public final class Transfer<T> {
    private final CompletableFuture<T> outcome = new CompletableFuture<>();
    private final Thread thread;

    private Transfer(final Supplier<T> work) {
        this.thread = Thread.ofVirtual().name("parley-transfer").unstarted(() -> {
            try {
                outcome.complete(work.get());
            } catch (final RuntimeException bug) {
                outcome.completeExceptionally(bug);
            }
        });
    }

    static <T> Transfer<T> start(final Supplier<T> work) {
        final var transfer = new Transfer<>(work);
        transfer.thread.start();
        return transfer;
    }

    /// How it ended. Never fails for reasons of the network, the server or the disk: they are outcomes.
    public CompletableFuture<T> outcome() {
        return outcome;
    }

    /// Ends it soon, with an outcome that says so; what has arrived stays, and the same transfer begun again
    /// goes on there. Does nothing where it has ended.
    public void cancel() {
        thread.interrupt();
    }
}
