package io.parley.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parley.conversation.ConversationCommand;
import io.parley.conversation.PostReply;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import io.parley.protocol.BodyRules;
import io.parley.protocol.ClientFrame;
import io.parley.protocol.FrameException;
import io.parley.protocol.ServerFrame;
import io.parley.protocol.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// A device's messages where conversations may miss what they are told.
final class SendingTest {
    private static final UserId ADA = new UserId("ada");
    private static final UserId BO = new UserId("bo");
    private static final ConversationId CONVERSATION = ConversationId.between(ADA, BO);

    private Instant now = Instant.parse("2026-03-01T12:00:00Z");
    private long head;
    private final List<String> told = new ArrayList<>();
    private final List<String> answers = new ArrayList<>();
    private final Sending sending = new Sending(
            new Identity(ADA, DeviceId.of(1), 1, "uid-ada"),
            new Addresses(_ -> {}, _ -> {}, _ -> {}, _ -> {}),
            Optional.empty(),
            _ -> head);

    @Test
    void a_message_that_was_lost_on_its_way_is_told_again_until_it_is_answered() throws FrameException {
        send("a", 0);
        told("a");
        pass(Duration.ofMillis(900));
        told();
        pass(Duration.ofMillis(200));
        told("a");
        pass(Duration.ofSeconds(1));
        told();
        pass(Duration.ofSeconds(1));
        told("a");
        accepted("a", 1);
        pass(Duration.ofSeconds(4));
        told();
        answers("sent a");
    }

    @Test
    void what_comes_after_a_message_that_is_told_again_waits_for_it_and_keeps_its_order() throws FrameException {
        send("a", 0);
        pass(Duration.ofSeconds(1));
        told("a", "a");
        send("b", 0);
        send("c", 0);
        pass(Duration.ofSeconds(2));
        told("a");
        accepted("a", 1);
        told("b", "c");
        answers("sent a");
    }

    @Test
    void where_several_are_on_their_way_none_is_told_again_since_it_would_come_last() throws FrameException {
        send("a", 0);
        send("b", 0);
        told("a", "b");
        pass(Duration.ofSeconds(2));
        told();
        accepted("b", 1);
        pass(Duration.ofSeconds(6));
        answers("sent b", "unavailable a");
    }

    @Test
    void whoever_gets_no_answer_is_told_after_seven_seconds_and_the_next_one_goes_on() throws FrameException {
        send("a", 0);
        pass(Duration.ofSeconds(2));
        send("b", 0);
        pass(Duration.ofSeconds(5));
        answers("unavailable a");
        told("a", "a", "b");
    }

    @Test
    void a_message_that_may_be_an_old_resend_is_waited_for_as_long_as_the_log_is_searched() throws FrameException {
        head = 5_000;
        send("new", 4_900);
        accepted("new", 5_001);
        send("old", 100);
        pass(Duration.ofSeconds(31));
        answers("sent new");
        pass(Duration.ofSeconds(1));
        answers("unavailable old");
    }

    @Test
    void the_uploads_of_a_message_go_along_with_it() throws FrameException {
        final var media = List.of(new MediaId("0".repeat(32)));
        final var decision = new Decision();
        sending.send(
                new ClientFrame.Send(
                        new MessageId("a"),
                        new Target.User("bo"),
                        BodyRules.text("hello"),
                        media,
                        OptionalLong.empty(),
                        Optional.empty()),
                now,
                decision);
        assertEquals(
                List.of(media),
                decision.effects().stream()
                        .map(effect -> effect instanceof Decision.TellConversation(ConversationCommand.Post post)
                                ? post.media()
                                : List.of())
                        .toList());
    }

    private void send(final String id, final long after) throws FrameException {
        final var decision = new Decision();
        final var frame = new ClientFrame.Send(
                new MessageId(id),
                new Target.User("bo"),
                BodyRules.text("hello"),
                List.of(),
                OptionalLong.of(after),
                Optional.empty());
        sending.send(frame, now, decision);
        take(decision);
    }

    private void pass(final Duration time) {
        now = now.plus(time);
        final var decision = new Decision();
        sending.tick(now, decision);
        take(decision);
    }

    private void accepted(final String id, final long seq) {
        final var decision = new Decision();
        sending.answered(new PostReply.Accepted(CONVERSATION, new MessageId(id), seq, now, false, 0), now, decision);
        take(decision);
    }

    private void take(final Decision decision) {
        for (final var effect : decision.effects()) {
            if (effect instanceof Decision.TellConversation(ConversationCommand.Post post)) {
                told.add(post.id().value());
            } else if (effect instanceof Decision.Send(ServerFrame.Sent sent)) {
                answers.add("sent " + sent.id().value());
            } else if (effect instanceof Decision.Send(ServerFrame.Refusal refusal)) {
                answers.add(refusal.code().wire() + " " + refusal.id().orElseThrow());
            }
        }
    }

    /// Since the last look.
    private void told(final String... ids) {
        assertEquals(List.of(ids), told);
        told.clear();
    }

    private void answers(final String... expected) {
        assertEquals(List.of(expected), answers);
        answers.clear();
    }
}
