package io.parley.store.cassandra;

import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.servererrors.QueryValidationException;
import io.parley.store.StoreException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Asks a database that does not answer again, ever more rarely, and gives up in the end. Only for what may be
/// done twice.
///
/// Safe from any thread.
final class Patience {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final long LOOK_MILLIS = 500;

    private final Duration atMost;
    private final LongSupplier nanos;
    private volatile Optional<String> trouble = Optional.empty();

    /// @param atMost how long one question may go without an answer
    /// @param nanos  a clock that only goes forward
    Patience(final Duration atMost, final LongSupplier nanos) {
        this.atMost = atMost;
        this.nanos = nanos;
    }

    /// Why the last answer was none; empty if it was one.
    Optional<String> trouble() {
        return trouble;
    }

    /// The answer to a question that may be asked again. Fails with the last failure, when it has failed for
    /// too long, or in a way that asking again does not mend.
    <T> CompletionStage<T> ask(final Supplier<CompletionStage<T>> question) {
        return ask(question, nanos.getAsLong(), FIRST_PAUSE);
    }

    private <T> CompletionStage<T> ask(
            final Supplier<CompletionStage<T>> question, final long began, final Duration pause) {
        return CompletableFuture.completedStage(question)
                .thenCompose(Supplier::get)
                .handle((answer, failure) -> {
                    if (failure == null) {
                        trouble = Optional.empty();
                        return CompletableFuture.completedStage(answer);
                    }
                    final var cause = cause(failure);
                    if (!passes(cause) || nanos.getAsLong() - began > atMost.toNanos()) {
                        return CompletableFuture.<T>failedStage(cause);
                    }
                    trouble = Optional.of(reason(cause));
                    return CompletableFuture.completedFuture(longer(pause))
                            .thenComposeAsync(
                                    next -> ask(question, began, next),
                                    CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS));
                })
                .thenCompose(next -> next);
    }

    private static Duration longer(final Duration pause) {
        final var twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
    }

    /// Not a wrong statement, nor a right that is missing.
    private static boolean passes(final Throwable failure) {
        return failure instanceof DriverException && !(failure instanceof QueryValidationException);
    }

    /// Waits for the answer.
    ///
    /// @param look called now and then while it is waited for
    /// @throws StoreException if there is none
    <T> T await(final CompletionStage<T> answer, final Look look) throws StoreException {
        final var future = answer.toCompletableFuture();
        while (true) {
            try {
                return future.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (final TimeoutException notYet) {
                look.look();
            } catch (final ExecutionException failed) {
                final var cause = cause(failed);
                throw cause instanceof StoreException ours
                        ? ours
                        : new StoreException("Cassandra: " + reason(cause), cause);
            } catch (final InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new StoreException("Stopped while waiting for Cassandra", stopped);
            }
        }
    }

    /// Something to be done while waiting.
    @FunctionalInterface
    interface Look {
        /// Looks whether to wait on.
        ///
        /// @throws StoreException if not
        void look() throws StoreException;
    }

    static Throwable cause(final Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static String reason(final Throwable failure) {
        return Objects.requireNonNullElse(
                failure.getMessage(), failure.getClass().getSimpleName());
    }
}
