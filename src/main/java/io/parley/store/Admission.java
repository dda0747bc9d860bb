package io.parley.store;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Lets in so much work at once; so much waits behind it, in order, and the rest is refused.
///
/// Safe from any thread.
final class Admission {
    private final int atOnce;
    private final int waitingMax;
    private final long waitingBytesMax;
    private final Duration timeLimit;

    private final Queue<Work<?>> waiting = new ArrayDeque<>(); // guarded by this
    private long waitingBytes; // guarded by this
    private int running; // guarded by this

    /// As `bounds` say.
    Admission(final BlobBounds bounds) {
        this.atOnce = bounds.atOnce();
        this.waitingMax = bounds.waiting();
        this.waitingBytesMax = bounds.waitingBytes();
        this.timeLimit = bounds.timeLimit();
    }

    /// @param bytes  that it holds while it waits
    /// @param answer what the caller has; done before the work began if its time was over
    private record Work<T>(long bytes, Supplier<CompletionStage<T>> begin, CompletableFuture<T> answer) {}

    /// Does `work` when it is its turn. Fails with [Blobs.Busy], with
    /// [java.util.concurrent.TimeoutException], and as the work fails.
    ///
    /// @param bytes that it holds while it waits
    <T> CompletionStage<T> admit(final long bytes, final Supplier<CompletionStage<T>> begin) {
        final var work = new Work<>(bytes, begin, new CompletableFuture<T>());
        switch (place(work)) {
            case NONE -> {
                return CompletableFuture.failedStage(new Blobs.Busy());
            }
            case NOW -> start(work);
            case BEHIND -> {
                // whoever ends takes it along
            }
        }
        return work.answer()
                .orTimeout(timeLimit.toNanos(), TimeUnit.NANOSECONDS)
                .minimalCompletionStage();
    }

    private enum Place {
        NOW,
        BEHIND,
        NONE
    }

    private synchronized Place place(final Work<?> work) {
        if (running < atOnce) {
            running++;
            return Place.NOW;
        }
        if (waiting.size() >= waitingMax || waitingBytes + work.bytes() > waitingBytesMax) {
            return Place.NONE;
        }
        waiting.add(work);
        waitingBytes += work.bytes();
        return Place.BEHIND;
    }

    private <T> void start(final Work<T> work) {
        final var _ = CompletableFuture.completedStage(work.begin())
                .thenCompose(Supplier::get)
                .whenComplete((answer, failure) -> {
                    next().ifPresent(this::start); // first: who has an answer may ask for the next at once
                    if (failure == null) {
                        work.answer().complete(answer);
                    } else {
                        work.answer().completeExceptionally(unwrapped(failure));
                    }
                });
    }

    /// The next work that somebody still waits for, or none: then one fewer is running.
    private synchronized Optional<Work<?>> next() {
        for (var work = waiting.poll(); work != null; work = waiting.poll()) {
            waitingBytes -= work.bytes();
            if (!work.answer().isDone()) {
                return Optional.of(work);
            }
        }
        running--;
        return Optional.empty();
    }

    private static Throwable unwrapped(final Throwable failure) {
        final var cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }
}
