package io.parley.store;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.persistence.query.PersistenceQuery;
import org.apache.pekko.persistence.query.javadsl.CurrentEventsByPersistenceIdQuery;
import org.apache.pekko.persistence.query.javadsl.ReadJournal;
import org.apache.pekko.stream.javadsl.Sink;

/// Pages of an entity's stored events, read beside the entity from whichever journal the node runs on.
///
/// Bounded: so many reads at once, so many waiting, and a time limit on each. Safe from any thread.
public final class JournalReader {
    /// An event as it is stored.
    ///
    /// @param seq the journal's sequence number, from 1
    public record Stored(long seq, Object event) {}

    /// Too many reads are waiting; nothing was read.
    public static final class Busy extends RuntimeException {
        private Busy(final int waiting) {
            super(waiting + " reads of the journal are waiting");
        }
    }

    /// What the reads of one reader may take.
    ///
    /// @param concurrent reads under way at once
    /// @param waiting    reads waiting behind those, in order; the next is [Busy]
    /// @param timeLimit  from the call to the answer, waiting included
    public record Bounds(int concurrent, int waiting, Duration timeLimit) {
        public Bounds {
            if (concurrent < 1 || waiting < 0 || !timeLimit.isPositive()) {
                throw new IllegalArgumentException("at least one read, and time for it");
            }
        }
    }

    /// Where the events are.
    @FunctionalInterface
    public interface Events {
        /// The lowest `limit` events with numbers from `from` to `to`, ascending, each number once.
        CompletionStage<List<Stored>> read(String persistenceId, long from, long to, int limit);
    }

    private final Events journal;
    private final Bounds bounds;

    private final Queue<Read> waiting = new ArrayDeque<>(); // guarded by this
    private int running; // guarded by this
    private long refused; // guarded by this

    /// A reader of `journal`.
    public JournalReader(final Events journal, final Bounds bounds) {
        this.journal = journal;
        this.bounds = bounds;
    }

    /// A reader of a read journal of Pekko's, which answers in order of the numbers.
    public JournalReader(
            final ActorSystem<?> system, final CurrentEventsByPersistenceIdQuery journal, final Bounds bounds) {
        this(
                (persistenceId, from, to, limit) -> journal.currentEventsByPersistenceId(persistenceId, from, to)
                        .take(limit)
                        .map(envelope -> new Stored(envelope.sequenceNr(), envelope.event()))
                        .completionTimeout(bounds.timeLimit()) // gives the journal's connection back
                        .runWith(Sink.seq(), system),
                bounds);
    }

    /// The reader that the configuration `parley.journal-reader` describes.
    ///
    /// @throws IllegalArgumentException if its plug-in cannot read the events of one entity
    public static JournalReader of(final ActorSystem<?> system) {
        final var settings = system.settings().config().getConfig("parley.journal-reader");
        final var plugin = settings.getString("plugin");
        final var journal = PersistenceQuery.get(system).getReadJournalFor(ReadJournal.class, plugin);
        if (!(journal instanceof CurrentEventsByPersistenceIdQuery byId)) {
            throw new IllegalArgumentException("the read journal " + plugin + " cannot read by persistence id");
        }
        return new JournalReader(system, byId, bounds(system));
    }

    /// What `parley.journal-reader` allows.
    public static Bounds bounds(final ActorSystem<?> system) {
        final var settings = system.settings().config().getConfig("parley.journal-reader");
        return new Bounds(
                settings.getInt("concurrent"), settings.getInt("waiting"), settings.getDuration("time-limit"));
    }

    /// How many reads wait behind those under way, now.
    public synchronized int waiting() {
        return waiting.size();
    }

    /// How many reads were [Busy] since the node started.
    public synchronized long refused() {
        return refused;
    }

    /// At most `limit` events of `persistenceId` with numbers from `fromSeq` to `toSeq`, both included: the
    /// lowest, in ascending order. Numbers beyond the newest event are no error.
    ///
    /// An entity's events are numbered without gaps (but for a beginning that was deleted), so a page costs one
    /// query if `toSeq` is at most the newest number; a page that comes up short of it costs a second.
    ///
    /// Fails with [Busy], with [java.util.concurrent.TimeoutException], with the journal's own error, or with
    /// [IllegalStateException] if two events have one number, which recovery has to settle, not a reader.
    public CompletionStage<List<Stored>> read(
            final String persistenceId, final long fromSeq, final long toSeq, final int limit) {
        if (limit < 1) {
            return CompletableFuture.failedFuture(new IllegalArgumentException("a limit of " + limit));
        }
        final long from = Math.max(1, fromSeq);
        if (from > toSeq) {
            return CompletableFuture.completedFuture(List.of());
        }
        final var read = new Read(persistenceId, from, toSeq, limit, new CompletableFuture<>());
        if (!admit(read)) {
            return CompletableFuture.failedFuture(new Busy(bounds.waiting()));
        }
        return read.answer()
                .orTimeout(bounds.timeLimit().toNanos(), TimeUnit.NANOSECONDS)
                .minimalCompletionStage();
    }

    private boolean admit(final Read read) {
        synchronized (this) {
            if (running >= bounds.concurrent()) {
                final boolean fits = waiting.size() < bounds.waiting() && waiting.add(read);
                refused += fits ? 0 : 1;
                return fits;
            }
            running++;
        }
        start(read);
        return true;
    }

    private void start(final Read read) {
        final var _ = CompletableFuture.completedStage(read)
                .thenCompose(this::page)
                .whenComplete((events, failure) -> {
                    if (failure == null) {
                        read.answer().complete(events);
                    } else {
                        read.answer().completeExceptionally(unwrapped(failure));
                    }
                    next().ifPresent(this::start);
                });
    }

    /// The next read that somebody still waits for, or none: then one fewer is running.
    private synchronized Optional<Read> next() {
        for (var read = waiting.poll(); read != null; read = waiting.poll()) {
            if (!read.answer().isDone()) {
                return Optional.of(read);
            }
        }
        running--;
        return Optional.empty();
    }

    /// First the numbers that make a full page where none is missing: the journal then fetches no row too many.
    private CompletionStage<List<Stored>> page(final Read read) {
        final long through = read.from() + Math.min(read.to() - read.from(), read.limit() - 1);
        return events(read.persistenceId(), read.from(), through, read.limit()).thenCompose(found -> {
            final int missing = read.limit() - found.size();
            return missing == 0 || through == read.to()
                    ? CompletableFuture.completedStage(found)
                    : events(read.persistenceId(), through + 1, read.to(), missing)
                            .thenApply(more ->
                                    Stream.concat(found.stream(), more.stream()).toList());
        });
    }

    private CompletionStage<List<Stored>> events(
            final String persistenceId, final long from, final long to, final int limit) {
        return journal.read(persistenceId, from, to, limit).thenApply(found -> ascending(persistenceId, found));
    }

    private static List<Stored> ascending(final String persistenceId, final List<Stored> events) {
        for (int i = 1; i < events.size(); i++) {
            if (events.get(i).seq() <= events.get(i - 1).seq()) {
                throw new IllegalStateException("two events of " + persistenceId + " have the number "
                        + events.get(i).seq());
            }
        }
        return events;
    }

    private static Throwable unwrapped(final Throwable failure) {
        final var cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    private record Read(String persistenceId, long from, long to, int limit, CompletableFuture<List<Stored>> answer) {}
}
