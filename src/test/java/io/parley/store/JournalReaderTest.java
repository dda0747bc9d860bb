package io.parley.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.persistence.query.EventEnvelope;
import org.apache.pekko.persistence.query.Offset;
import org.apache.pekko.persistence.query.javadsl.CurrentEventsByPersistenceIdQuery;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The bounds of reading, on journals that are slow, broken or wrong. That it reads well:
/// [EmbeddedJournalTest].
final class JournalReaderTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private static Optional<ActorTestKit> kit = Optional.empty();

    @BeforeAll
    static void start() {
        kit = Optional.of(ActorTestKit.create());
    }

    @AfterAll
    static void stop() {
        kit.ifPresent(ActorTestKit::shutdownTestKit);
    }

    @Test
    void so_many_read_so_many_wait_and_the_next_is_told_that_it_is_busy() {
        final var journal = new Gate();
        final var reader = reader(journal, 2, 3, LONG);
        final var reads = new ArrayList<CompletionStage<List<JournalReader.Stored>>>();
        for (int i = 0; i < 5; i++) {
            reads.add(reader.read("alice~bob", 1, 10, 10));
        }
        assertInstanceOf(JournalReader.Busy.class, failure(reader.read("alice~bob", 1, 10, 10)));
        assertEquals(2, journal.asked.get());
        journal.open.complete(10L);
        for (final var read : reads) {
            assertEquals(10, StoreNode.await(read).size());
        }
        assertEquals(5, journal.asked.get());
        assertEquals(10, StoreNode.await(reader.read("alice~bob", 1, 10, 10)).size());
    }

    @Test
    void a_journal_that_does_not_answer_is_waited_for_no_longer_than_said_and_holds_up_nobody_after() {
        final var journal = new Gate();
        final var reader = reader(journal, 1, 10, Duration.ofMillis(300));
        final var first = reader.read("alice~bob", 1, 10, 10);
        final var waits = reader.read("alice~bob", 1, 10, 10);
        assertInstanceOf(TimeoutException.class, failure(first));
        assertInstanceOf(TimeoutException.class, failure(waits));
        journal.open.complete(10L);
        assertEquals(10, StoreNode.await(reader.read("alice~bob", 1, 10, 10)).size());
    }

    @Test
    void the_journals_error_is_the_answer_and_the_next_read_goes_on() {
        final var broken = new AtomicInteger();
        final CurrentEventsByPersistenceIdQuery journal = (id, from, to) -> broken.getAndIncrement() == 0
                ? Source.failed(new IllegalArgumentException("no such disk"))
                : events(id, from, to);
        final var reader = reader(journal, 1, 1, LONG);
        assertEquals(
                "no such disk", failure(reader.read("alice~bob", 1, 10, 10)).getMessage());
        assertEquals(5, StoreNode.await(reader.read("alice~bob", 1, 10, 5)).size());
    }

    @Test
    void a_journal_that_throws_is_an_error_too() {
        final CurrentEventsByPersistenceIdQuery journal = (_, _, _) -> {
            throw new IllegalArgumentException("closed");
        };
        final var reader = reader(journal, 1, 1, LONG);
        assertEquals("closed", failure(reader.read("alice~bob", 1, 10, 10)).getMessage());
        assertEquals("closed", failure(reader.read("alice~bob", 1, 10, 10)).getMessage());
    }

    @Test
    void a_full_page_is_one_query_for_no_more_than_it() {
        final var asked = new ArrayList<String>();
        final CurrentEventsByPersistenceIdQuery journal = (id, from, to) -> {
            asked.add(from + "-" + to);
            return events(id, from, Math.min(to, 1_000));
        };
        final var reader = reader(journal, 1, 1, LONG);
        assertEquals(50, StoreNode.await(reader.read("alice~bob", 1, 1_000, 50)).size());
        assertEquals(
                8, StoreNode.await(reader.read("alice~bob", 993, 1_000, 50)).size());
        assertEquals(
                8, StoreNode.await(reader.read("alice~bob", 993, 2_000, 50)).size());
        assertEquals(
                1,
                StoreNode.await(reader.read("alice~bob", 1_000, Long.MAX_VALUE, Integer.MAX_VALUE))
                        .size());
        assertEquals(
                List.of(
                        "1-50",
                        "993-1000",
                        "993-1042",
                        "1043-2000",
                        "1000-2147484646",
                        "2147484647-9223372036854775807"),
                asked);
    }

    @Test
    void a_page_skips_a_beginning_that_was_deleted() {
        final CurrentEventsByPersistenceIdQuery journal =
                (id, from, to) -> events(id, Math.max(from, 901), Math.min(to, 1_000));
        final var page = StoreNode.await(reader(journal, 1, 1, LONG).read("alice~bob", 1, 1_000, 50));
        assertEquals(
                LongStream.rangeClosed(901, 950).boxed().toList(),
                page.stream().map(JournalReader.Stored::seq).toList());
    }

    @Test
    void two_events_of_one_number_are_an_error_never_a_guess() {
        final CurrentEventsByPersistenceIdQuery journal =
                (id, _, _) -> events(id, 1, 5).concat(events(id, 5, 7));
        final var failure = failure(reader(journal, 1, 1, LONG).read("alice~bob", 1, 10, 10));
        assertEquals("two events of alice~bob have the number 5", failure.getMessage());
    }

    @Test
    void a_page_of_nothing_asks_for_nothing() {
        final var journal = new Gate();
        final var reader = reader(journal, 1, 1, LONG);
        assertEquals(List.of(), StoreNode.await(reader.read("alice~bob", 7, 6, 10)));
        assertInstanceOf(IllegalArgumentException.class, failure(reader.read("alice~bob", 1, 6, 0)));
        assertEquals(0, journal.asked.get());
    }

    private static JournalReader reader(
            final CurrentEventsByPersistenceIdQuery journal,
            final int concurrent,
            final int waiting,
            final Duration timeLimit) {
        return new JournalReader(
                kit.orElseThrow().system(), journal, new JournalReader.Bounds(concurrent, waiting, timeLimit));
    }

    private static Throwable failure(final CompletionStage<?> stage) {
        final var failure = assertThrows(CompletionException.class, () -> StoreNode.await(stage));
        final var cause = failure.getCause();
        assertFalse(cause == null);
        assertTrue(stage.toCompletableFuture().isCompletedExceptionally());
        return cause == null ? failure : cause;
    }

    private static Source<EventEnvelope, NotUsed> events(final String id, final long from, final long to) {
        return Source.from(() -> LongStream.rangeClosed(from, to)
                .mapToObj(seq -> EventEnvelope.apply(Offset.sequence(seq), id, seq, "event " + seq, 0L))
                .iterator());
    }

    /// A journal that answers once it is opened.
    private static final class Gate implements CurrentEventsByPersistenceIdQuery {
        private final CompletableFuture<Long> open = new CompletableFuture<>();
        private final AtomicInteger asked = new AtomicInteger();

        @Override
        public Source<EventEnvelope, NotUsed> currentEventsByPersistenceId(
                final String id, final long from, final long to) {
            asked.incrementAndGet();
            return Source.completionStage(open).flatMapConcat(last -> events(id, from, Math.min(to, last)));
        }
    }
}
