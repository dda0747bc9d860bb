package io.parley.store;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether the store takes writes, found out by writing: a few bytes every [#EVERY], durably, through the same
/// queue, thread and connection as the events. So it also knows of a full disk before the next message does,
/// and of an idle node's store.
///
/// One probe at a time: while one hangs no other is begun, and once the last good one is older than
/// [#STALE_AFTER] the store counts as not taking writes.
///
/// Safe from any thread.
public final class WriteProbe {
    /// How often [#look] wants to be called.
    public static final Duration EVERY = Duration.ofSeconds(2);

    /// Longer than a busy store needs for the writes that wait before the probe; an event that waits that long
    /// has been given up.
    static final Duration STALE_AFTER = Duration.ofSeconds(6);

    private static final Logger LOG = LoggerFactory.getLogger(WriteProbe.class);

    private final Supplier<CompletionStage<?>> write;
    private final Runnable failed;
    private final LongSupplier nanos;
    private final AtomicBoolean underWay = new AtomicBoolean();
    private volatile boolean good;
    private volatile long goodAtNanos; // when the last good probe began

    /// @param write  a small durable write
    /// @param failed called for each that failed
    /// @param nanos  a clock that only goes forward
    WriteProbe(final Supplier<CompletionStage<?>> write, final Runnable failed, final LongSupplier nanos) {
        this.write = write;
        this.failed = failed;
        this.nanos = nanos;
    }

    /// A probe that writes with `write`, which is small and durable.
    public static WriteProbe by(final Supplier<CompletionStage<?>> write, final Runnable failed) {
        return new WriteProbe(write, failed, System::nanoTime);
    }

    /// A probe of the embedded store, through the connection that the journal writes with. It writes the
    /// format's number again: a page of the log, and its sync. It changes nothing, and whoever reads the file
    /// finds it as it was.
    static WriteProbe of(final JournalConnection journal, final Runnable failed) {
        return new WriteProbe(
                () -> journal.run(connection -> {
                    try (var statement = connection.createStatement()) {
                        return statement.execute("PRAGMA user_version = " + Schema.VERSION);
                    }
                }),
                failed,
                System::nanoTime);
    }

    /// Begins a probe, unless one is under way.
    public void look() {
        if (!underWay.compareAndSet(false, true)) {
            return;
        }
        final long began = nanos.getAsLong();
        final var _ = begun().whenComplete((ignored, failure) -> {
            ended(began, failure == null);
            underWay.set(false);
        });
    }

    private CompletionStage<?> begun() {
        try {
            return write.get();
        } catch (final RuntimeException refused) { // the queue before the connection is full
            return CompletableFuture.failedStage(refused);
        }
    }

    private void ended(final long began, final boolean well) {
        if (well) {
            goodAtNanos = began;
        } else {
            failed.run();
        }
        if (well != good) {
            LOG.info(well ? "the store takes writes" : "the store takes no writes: not ready");
        }
        good = well;
    }

    /// Whether the last probe was good, and not too long ago.
    public boolean isGood() {
        return good && nanos.getAsLong() - goodAtNanos < STALE_AFTER.toNanos();
    }
}
