package io.parley.conversation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.parley.content.Body;
import io.parley.content.JsonText;
import io.parley.conversation.ConversationCommand.Append;
import io.parley.conversation.ConversationCommand.LookedUp;
import io.parley.conversation.ConversationCommand.MediaBound;
import io.parley.conversation.ConversationCommand.Noted;
import io.parley.conversation.ConversationCommand.Post;
import io.parley.conversation.ConversationCommand.Tick;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Messages that carry uploads: bound before they are stored, and in the order they came.
final class MediaPostTest {
    private static final UserId ADA = new UserId("ada");
    private static final UserId BO = new UserId("bo");
    private static final ConversationId ID = ConversationId.between(ADA, BO);
    private static final DeviceId PHONE = DeviceId.of(1);
    private static final DeviceId LAPTOP = DeviceId.of(2);
    private static final MediaId CAT = new MediaId("0".repeat(32));
    private static final MediaId DOG = new MediaId("1".repeat(32));
    private static final int IDS_KEPT = 8;

    private final ConversationState state = new ConversationState(ID, new ConversationState.Memory(IDS_KEPT, 4));
    private final ConversationRules rules = new ConversationRules(ID, () -> new Nonce(1, 1));
    private final List<ConversationEvent> journal = new ArrayList<>();
    private final List<PostReply> answers = new ArrayList<>();
    private final List<Decision.BindMedia> binds = new ArrayList<>();
    private final List<Decision.MediaStored> told = new ArrayList<>();
    private Instant now = Instant.parse("2026-03-01T12:00:00.123Z");

    @BeforeEach
    void opened() {
        post("first", PHONE);
        for (final var member : List.of(ADA, BO)) {
            decide(new Noted(ID, new Nonce(1, 1), OptionalLong.empty(), new Watermark(member, 0, 0)));
        }
        assertEquals(List.of("first"), log());
        answers.clear();
    }

    @Test
    void a_message_is_stored_when_its_uploads_are_bound_to_it_and_then_they_hear_where_it_stands() {
        post("cat", PHONE, CAT, DOG);
        final var claim = new MediaDesk.Claim(ID, ADA, new MessageId("cat"), 1);
        assertEquals(List.of(new Decision.BindMedia(claim, List.of(CAT, DOG))), binds);
        assertEquals(List.of("first"), log());
        bound("cat", CAT, DOG);
        assertEquals(List.of("first", "cat"), log());
        assertEquals(List.of(CAT, DOG), entry(2).media());
        assertEquals(List.of(new Decision.MediaStored(claim, 2, List.of(CAT, DOG))), told);
        assertEquals(
                2, assertInstanceOf(PostReply.Accepted.class, answers.getLast()).seq());
    }

    @Test
    void a_message_without_uploads_waits_for_nothing_and_nobody_is_told() {
        post("plain", PHONE);
        assertEquals(List.of("first", "plain"), log());
        assertEquals(List.of(), binds);
        assertEquals(List.of(), told);
    }

    @Test
    void an_upload_that_is_not_there_refuses_the_message() {
        post("cat", PHONE, CAT);
        answer("cat", Optional.of(CAT), Optional.empty(), false);
        assertEquals(
                List.of(new PostReply.Wrong(
                        ID,
                        new MessageId("cat"),
                        "the upload " + CAT + " is not there (any more), not finished, or not for this conversation:"
                                + " upload it again")),
                answers);
        assertEquals(List.of("first"), log());
        assertEquals(List.of(), told);
    }

    @Test
    void an_upload_of_another_message_refuses_the_message() {
        post("cat", PHONE, CAT);
        answer("cat", Optional.empty(), Optional.of(CAT), false);
        assertEquals(
                List.of(new PostReply.Wrong(
                        ID,
                        new MessageId("cat"),
                        "the upload " + CAT + " belongs to another message: upload it again")),
                answers);
        assertEquals(List.of("first"), log());
    }

    @Test
    void where_it_is_not_known_whether_uploads_are_bound_the_message_may_be_sent_again() {
        post("cat", PHONE, CAT);
        answer("cat", Optional.empty(), Optional.empty(), true);
        assertInstanceOf(PostReply.Unavailable.class, answers.getLast());
        post("cat", PHONE, CAT);
        assertEquals(2, binds.size());
        bound("cat", CAT);
        assertEquals(List.of("first", "cat"), log());
    }

    @Test
    void uploads_are_waited_for_five_seconds() {
        post("cat", PHONE, CAT);
        pass(Duration.ofMillis(4_999));
        assertEquals(List.of(), answers);
        pass(Duration.ofMillis(1));
        assertEquals(
                List.of(new PostReply.Unavailable(ID, new MessageId("cat"), "its uploads are not bound to it in time")),
                answers);
        bound("cat", CAT); // too late, and nobody waits
        assertEquals(List.of("first"), log());
        assertEquals(Optional.empty(), rules.wakeAt());
    }

    @Test
    void a_device_is_not_overtaken_by_itself_and_holds_up_nobody_else() {
        post("cat", PHONE, CAT);
        post("about-the-cat", PHONE);
        post("elsewhere", LAPTOP);
        post("dog", LAPTOP, DOG);
        assertEquals(List.of("first", "elsewhere"), log());
        assertEquals(2, binds.size()); // both are on their way at once
        bound("dog", DOG);
        bound("cat", CAT);
        assertEquals(List.of("first", "elsewhere", "dog", "cat", "about-the-cat"), log());
    }

    @Test
    void what_comes_behind_a_refused_one_goes_on() {
        post("cat", PHONE, CAT);
        post("next", PHONE);
        answer("cat", Optional.of(CAT), Optional.empty(), false);
        assertEquals(List.of("first", "next"), log());
    }

    @Test
    void a_resend_binds_nothing_twice_and_is_answered_too() {
        post("cat", PHONE, CAT);
        post("cat", LAPTOP, CAT);
        bound("cat", CAT);
        assertEquals(2, answers.size());
        post("cat", PHONE, CAT);
        assertEquals(3, answers.size());
        assertEquals(
                2, assertInstanceOf(PostReply.Accepted.class, answers.getLast()).seq());
        assertEquals(1, binds.size());
        assertEquals(List.of("first", "cat"), log());
    }

    @Test
    void what_may_be_in_the_log_is_looked_for_before_its_uploads_are_bound() {
        for (int i = 0; i < IDS_KEPT; i++) {
            post("m" + i, PHONE);
        }
        decide(post("old", PHONE, OptionalLong.of(0), CAT));
        decide(post("older", LAPTOP, OptionalLong.of(0), DOG));
        assertEquals(List.of(), binds);
        decide(new LookedUp(ID, ADA, new MessageId("old"), Optional.empty(), 1, false));
        assertEquals(1, binds.size());
        assertEquals(state.head(), binds.getFirst().claim().head());
        decide(new LookedUp(
                ID, ADA, new MessageId("older"), Optional.of(new ConversationCommand.Found(1, now)), 1, false));
        assertEquals(1, binds.size()); // it is in the log, and its upload is its own
        bound("old", CAT);
        assertEquals("old", log().getLast());
    }

    @Test
    void that_other_uploads_were_bound_says_nothing_of_these() {
        post("cat", PHONE, CAT);
        pass(Duration.ofSeconds(5));
        post("cat", PHONE, DOG); // under the same id, which no good client does
        bound("cat", CAT);
        assertEquals(List.of("first"), log());
        bound("cat", DOG);
        assertEquals(List.of(DOG), entry(2).media());
    }

    @Test
    void what_is_bound_stays_bound_whatever_an_earlier_try_still_answers() {
        post("dog", PHONE, DOG);
        post("cat", PHONE, CAT);
        bound("cat", CAT);
        answer("cat", Optional.of(CAT), Optional.empty(), false);
        answer("cat", Optional.empty(), Optional.empty(), true);
        bound("dog", DOG);
        assertEquals(List.of("first", "dog", "cat"), log());
    }

    // what the tests say

    private void post(final String message, final DeviceId device, final MediaId... media) {
        decide(post(message, device, OptionalLong.empty(), media));
    }

    private Post post(final String message, final DeviceId device, final OptionalLong after, final MediaId... media) {
        return new Post(
                ID,
                ADA,
                device,
                new MessageId(message),
                new Body("text", new JsonText("{}")),
                Optional.empty(),
                List.of(media),
                after,
                answers::add);
    }

    private void bound(final String message, final MediaId... media) {
        decide(new MediaBound(
                ID, ADA, new MessageId(message), List.of(media), Optional.empty(), Optional.empty(), false));
    }

    private void answer(
            final String message,
            final Optional<MediaId> missing,
            final Optional<MediaId> taken,
            final boolean failed) {
        decide(new MediaBound(ID, ADA, new MessageId(message), List.of(CAT), missing, taken, failed));
    }

    private void pass(final Duration time) {
        now = now.plus(time);
        decide(new Tick(ID));
    }

    private void decide(final ConversationCommand command) {
        final var decision = rules.decide(state, command, now);
        decision.events().forEach(event -> {
            state.apply(event);
            journal.add(event);
        });
        for (final var effect : decision.effects()) {
            switch (effect) {
                case Decision.Reply<?> reply -> reply.send();
                case Decision.BindMedia bind -> binds.add(bind);
                case Decision.MediaStored stored -> told.add(stored);
                case Decision.AppendSoon _ -> decide(new Append(ID));
                case Decision.Tell _,
                        Decision.LookUp _,
                        Decision.Superseded _,
                        Decision.Full _,
                        Decision.Unanswered _ -> {}
            }
        }
    }

    private List<String> log() {
        return journal.stream().map(event -> event.id().value()).toList();
    }

    private Entry entry(final int seq) {
        return Entry.of(seq, journal.get(seq - 1));
    }
}
