package io.parley.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parley.conversation.SummaryReply;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import io.parley.protocol.ClientFrame;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.FrameException;
import io.parley.protocol.PageRequest;
import io.parley.protocol.ServerFrame;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// How much a device may ask before it is answered.
final class AskingTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final UserId ADA = new UserId("ada");

    private long lastTag;
    private final Asking asking = new Asking(
            new Identity(ADA, DeviceId.of(1), 1, "uid-ada"),
            new Addresses(_ -> {}, _ -> {}, _ -> {}, _ -> {}),
            () -> ++lastTag);

    @Test
    void a_frame_that_asks_for_a_hundred_is_taken_when_nothing_else_is_asked() throws FrameException {
        assertEquals(100, asked(receipts(100)));
        assertEquals(0, asked(receipts(1)));
        assertEquals(0, askedPage());
    }

    @Test
    void a_frame_that_would_ask_for_too_much_is_refused_whole() throws FrameException {
        assertEquals(1, askedPage());
        final var refused = new Decision();
        asking.receipts(receipts(100), NOON, refused);
        assertEquals(1, refused.effects().size());
        final var frame = ((Decision.Send) refused.effects().getFirst()).frame();
        assertEquals(ErrorCode.RATE_LIMITED, ((ServerFrame.Refusal) frame).code());
        assertEquals(Optional.of("r"), ((ServerFrame.Refusal) frame).ref());
        assertEquals(99, asked(receipts(99)));
        assertEquals(0, askedPage());
    }

    @Test
    void each_answer_makes_room_for_a_question() throws FrameException {
        asked(receipts(100));
        asking.summary(new SummaryReply.NotAMember(with(0), 1), true, new Decision());
        assertEquals(1, askedPage());
        assertEquals(0, askedPage());
    }

    private static ClientFrame.Receipts receipts(final int conversations) {
        return new ClientFrame.Receipts(
                IntStream.range(0, conversations).mapToObj(i -> with(i).value()).toList(), Optional.of("r"));
    }

    private static ConversationId with(final int other) {
        return ConversationId.between(ADA, new UserId("user" + other));
    }

    private long asked(final ClientFrame.Receipts frame) throws FrameException {
        final var decision = new Decision();
        asking.receipts(frame, NOON, decision);
        return questions(decision);
    }

    private long askedPage() throws FrameException {
        final var decision = new Decision();
        asking.pull(
                new ClientFrame.Pull(with(0).value(), new PageRequest.Newest(50), Optional.empty()), NOON, decision);
        return questions(decision);
    }

    private static long questions(final Decision decision) {
        return decision.effects().stream()
                .filter(Decision.TellConversation.class::isInstance)
                .count();
    }
}
