package io.parley.conversation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.parley.content.JsonText;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Looking for a message in a log of which not everything can be read.
final class LogSearchTest {
    private static final ConversationId TALK = new ConversationId("ada~bob");
    private static final UserId ADA = new UserId("ada");
    private static final int PAGE = 3;

    private static Entry entry(final long seq) {
        return new Entry(
                seq,
                ADA,
                new DeviceId("00a1b2c3d4e5f607"),
                new MessageId("m-" + seq),
                Instant.EPOCH,
                new JsonText("{}"),
                Optional.empty(),
                List.of(),
                seq);
    }

    /// Small pages of a log without the entry `lost`.
    private static CompletionStage<List<Entry>> read(final long from, final long to, final long lost) {
        return CompletableFuture.completedStage(LongStream.rangeClosed(from, to)
                .filter(seq -> seq != lost)
                .limit(PAGE)
                .mapToObj(LogSearchTest::entry)
                .toList());
    }

    private static LogSearch.Outcome sought(final String message, final long to, final LogSearch.Log log) {
        return LogSearch.find(log, new LogSearch.Wanted(TALK, ADA, new MessageId(message), 2, to))
                .toCompletableFuture()
                .join();
    }

    @Test
    void a_message_is_found_on_a_later_page() {
        final var outcome = sought("m-9", 20, (_, from, to) -> read(from, to, 0));
        assertEquals(
                9,
                assertInstanceOf(LogSearch.Outcome.Stands.class, outcome).at().seq());
        assertEquals(9, outcome.read());
    }

    @Test
    void it_is_absent_only_when_every_entry_was_looked_at() {
        assertEquals(new LogSearch.Outcome.Absent(19), sought("m-x", 20, (_, from, to) -> read(from, to, 0)));
        assertEquals(new LogSearch.Outcome.Absent(0), sought("m-x", 1, (_, from, to) -> read(from, to, 0)), "no entry");
    }

    @Test
    void what_cannot_be_read_is_not_the_end() {
        final LogSearch.Log empty =
                (_, from, to) -> from > 7 ? CompletableFuture.completedStage(List.of()) : read(from, to, 0);
        assertInstanceOf(LogSearch.Outcome.Unknown.class, sought("m-9", 20, empty), "an empty page before the end");
        final LogSearch.Log gap = (_, from, to) -> read(from, to, 9);
        assertInstanceOf(LogSearch.Outcome.Unknown.class, sought("m-x", 20, gap), "a row is missing");
        assertInstanceOf(LogSearch.Outcome.Unknown.class, sought("m-x", 9, gap), "the last row is missing");
        final LogSearch.Log broken = (_, _, _) -> CompletableFuture.failedStage(new IOException("away"));
        assertInstanceOf(LogSearch.Outcome.Unknown.class, sought("m-9", 20, broken));
    }
}
