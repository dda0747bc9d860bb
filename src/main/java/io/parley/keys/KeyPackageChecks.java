package io.parley.keys;

import io.parley.cluster.Counters;
import io.parley.content.Octets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Looks at key packages on threads of its own: a whole stock takes 150 ms of a core, which is no work for the
/// threads that messages go through.
final class KeyPackageChecks {
    /// Half of the cores, so that a flood leaves the messages the others.
    private static final int THREADS = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

    /// Stocks that may wait: 5 s of work for one thread, still within a client's patience.
    private static final int WAITING_MAX = 32;

    private final ThreadPoolExecutor threads;
    private final Counters counters;

    KeyPackageChecks(final Counters counters) {
        this.counters = counters;
        this.threads = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                1,
                TimeUnit.MINUTES,
                new ArrayBlockingQueue<>(WAITING_MAX),
                Thread.ofPlatform().daemon().name("parley-key-packages-", 0).factory());
        this.threads.allowCoreThreadTimeOut(true);
    }

    /// Fails with [RejectedExecutionException] where too many wait.
    CompletionStage<KeyPackageCheck.Result> run(
            final KeyPackageCheck check, final List<Octets> packages, final Optional<Octets> lastResort) {
        final Executor executor = threads;
        try {
            return CompletableFuture.supplyAsync(() -> check.all(packages, lastResort), executor);
        } catch (final RejectedExecutionException full) {
            counters.count("key_checks_full");
            return CompletableFuture.failedFuture(full);
        }
    }
}
