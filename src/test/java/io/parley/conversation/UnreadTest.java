package io.parley.conversation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parley.content.JsonText;
import io.parley.content.Octets;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What counts as unread: what others wrote after the read cursor, and no commits.
final class UnreadTest {
    private static final UserId ADA = new UserId("ada");
    private static final UserId BO = new UserId("bo");
    private static final ConversationId TALK = ConversationId.between(ADA, BO);
    private static final DeviceId PHONE = new DeviceId("0000000000000001");
    private static final ConversationState.Memory LITTLE = new ConversationState.Memory(16, 4);

    private final List<ConversationEvent> log = new ArrayList<>();
    private ConversationState state = new ConversationState(TALK, LITTLE);

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 20);
    }

    private void append(final UserId author, final boolean commit) {
        final long nth =
                log.stream().filter(each -> each.author().equals(author)).count() + 1;
        final var id = new MessageId("m-" + log.size());
        final var event = commit
                ? commit(author, id, nth)
                : new ConversationEvent.MessagePosted(
                        author,
                        PHONE,
                        id,
                        log.size(),
                        new JsonText("{\"type\":\"x\"}"),
                        Optional.empty(),
                        List.of(),
                        nth);
        log.add(event);
        state.apply(event);
    }

    private ConversationEvent commit(final UserId author, final MessageId id, final long nth) {
        final var bytes = Octets.of(new byte[] {1});
        final var leaf = new Leaf(0, author, PHONE, bytes, bytes, 1);
        return new ConversationEvent.CommitPosted(
                author,
                PHONE,
                id,
                log.size(),
                nth,
                bytes,
                nth,
                bytes,
                leaf,
                List.of(),
                List.of(),
                Optional.empty(),
                bytes,
                Optional.empty());
    }

    /// From memory, or as the list of conversations makes it of a summary and the entry at the read cursor.
    private long unread(final long read, final UserId reader) {
        return state.unreadAfter(read, reader).orElseGet(() -> {
            final var at = log.get((int) read - 1);
            final long ownUpToRead = at.author().equals(reader) ? at.nth() : read - at.nth();
            return state.head() - read - (state.countBy(reader) - ownUpToRead) - state.commitsAfter(read, reader);
        });
    }

    private long expected(final long read, final UserId reader) {
        return log.stream()
                .skip(read)
                .filter(each -> !each.author().equals(reader) && each instanceof ConversationEvent.MessagePosted)
                .count();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void it_is_right_for_every_read_cursor_also_after_restarts(final long seed) {
        final var random = new Random(seed);
        for (int i = 0; i < 120; i++) {
            append(random.nextBoolean() ? ADA : BO, random.nextInt(4) == 0);
            if (random.nextInt(10) == 0) {
                state = ConversationState.restored(TALK, state.snapshot(), LITTLE);
            }
        }
        for (long read = 0; read <= log.size(); read++) {
            for (final var reader : List.of(ADA, BO)) {
                assertEquals(expected(read, reader), unread(read, reader), "seed " + seed + ", read " + read);
            }
        }
    }

    @Test
    void of_very_many_commits_the_last_are_known() {
        for (int i = 0; i < CommitPlaces.KEPT + 10; i++) {
            append(ADA, true);
        }
        assertEquals(10, unread(0, BO));
        assertEquals(0, unread(10, BO));
    }
}
