package io.parley.conversation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.parley.cluster.ActorReplyTo;
import io.parley.cluster.Counters;
import io.parley.cluster.ManualClock;
import io.parley.content.Body;
import io.parley.content.JsonText;
import io.parley.conversation.ConversationCommand.Noted;
import io.parley.conversation.ConversationCommand.Post;
import io.parley.conversation.ConversationCommand.ReadPage;
import io.parley.conversation.ConversationCommand.Refused;
import io.parley.conversation.ConversationCommand.Summarise;
import io.parley.conversation.ConversationCommand.Tick;
import io.parley.conversation.MemberMessage.Deliver;
import io.parley.conversation.MemberMessage.Notify;
import io.parley.conversation.PostReply.Accepted;
import io.parley.conversation.PostReply.Unavailable;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import io.parley.store.JournalReader;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.persistence.query.PersistenceQuery;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import org.apache.pekko.persistence.testkit.query.javadsl.PersistenceTestKitReadJournal;
import org.apache.pekko.serialization.SerializationExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The entity around the rules: what is stored, acknowledged and told, through restarts and failing writes.
/// Commands and events make their way through the real serializers. States change in place and have no equality
/// of their own, so what is compared is what is stored of them, their snapshots.
final class ConversationTest {
    private static final ActorTestKit KIT = ActorTestKit.create(ConfigFactory.load(EventSourcedBehaviorTestKit.config()
            .withFallback(ConfigFactory.parseString("pekko.loglevel = WARNING"))
            .withFallback(ConfigFactory.parseResources("serialization.conf"))));

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00.123Z");
    private static final UserId ADA = new UserId("ada");
    private static final UserId BO = new UserId("bo");
    private static final ConversationId ID = ConversationId.between(ADA, BO);
    private static final DeviceId PHONE = DeviceId.of(1);
    private static final MediaId CAT = new MediaId("c".repeat(32));

    private final ManualClock clock = new ManualClock(NOON);
    private final Counters counters = new Counters();
    private final AtomicLong nonces = new AtomicLong();
    private final TestProbe<MemberMessage> ada = KIT.createTestProbe();
    private final TestProbe<MemberMessage> bo = KIT.createTestProbe();
    private final TestProbe<PostReply> sender = KIT.createTestProbe();
    private final FakeDesk desk = new FakeDesk();
    private volatile boolean leaseHolds = true;

    private final Conversation.Shared shared = new Conversation.Shared(
            (member, message) -> (member.equals(ADA) ? ada : bo).ref().tell(message),
            new ConversationLog(new JournalReader(
                    KIT.system(),
                    PersistenceQuery.get(KIT.system())
                            .getReadJournalFor(
                                    PersistenceTestKitReadJournal.class, PersistenceTestKitReadJournal.Identifier()),
                    new JournalReader.Bounds(1, 1, Duration.ofSeconds(5)))),
            () -> leaseHolds,
            counters,
            clock,
            () -> new Nonce(7, nonces.incrementAndGet()),
            new Conversation.Groups(Encryption.DEFAULT, (_, _) -> {}),
            desk);

    private final EventSourcedBehaviorTestKit<ConversationCommand, ConversationEvent, ConversationState> conversation =
            EventSourcedBehaviorTestKit.create(
                    KIT.system(),
                    Conversation.create(ID, shared),
                    EventSourcedBehaviorTestKit.enabledSerializationSettings()
                            .withVerifyState(false) // only its snapshot leaves the actor: see snapshot()
                            .withVerifyEquality(true));

    @BeforeEach
    void empty() {
        conversation.clear();
    }

    @AfterEach
    void allIsAsItWas() {
        conversation.persistenceTestKit().resetPolicy();
    }

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    @Test
    void a_message_is_stored_once_every_inbox_has_noted_the_conversation_and_then_acknowledged() {
        conversation.runCommand(post("m1"));
        final var toAda = ada.expectMessageClass(Notify.class);
        final var toBo = bo.expectMessageClass(Notify.class);
        assertEquals(0, toBo.head());
        assertNotEquals(toAda.period(), toBo.period());
        conversation.runCommand(noted(ADA, toAda, true));
        assertEquals(0, conversation.getState().head());
        conversation.runCommand(noted(BO, toBo, true));

        assertEquals(new Accepted(ID, new MessageId("m1"), 1, NOON, false, 0), sender.receiveMessage());
        final var entry =
                new Entry(1, ADA, PHONE, new MessageId("m1"), NOON, body("m1").json(), Optional.empty(), List.of(), 1);
        assertEquals(new Deliver(ID, List.of(entry), Optional.empty()), ada.receiveMessage());
        assertEquals(new Deliver(ID, List.of(entry), Optional.empty()), bo.receiveMessage());
        assertEquals(
                List.of(new ConversationEvent.MessagePosted(
                        ADA,
                        PHONE,
                        new MessageId("m1"),
                        NOON.toEpochMilli(),
                        body("m1").json(),
                        Optional.empty(),
                        List.of(),
                        1)),
                stored(ID));
    }

    @Test
    void a_restart_keeps_the_log_and_forgets_who_was_opened() {
        open();
        clock.forward(Duration.ofSeconds(1));
        accepted("m2", 2);
        final var before = snapshot();
        conversation.restart();
        assertEquals(before, snapshot());

        conversation.runCommand(post("m3"));
        assertEquals(2, notify(bo).head()); // asked anew, since nobody knows what the inbox did meanwhile
    }

    @Test
    void a_message_sent_again_keeps_its_place_also_after_a_restart() {
        open();
        accepted("m2", 2);
        clock.forward(Duration.ofMinutes(1));
        conversation.runCommand(post("m1"));
        assertEquals(new Accepted(ID, new MessageId("m1"), 1, NOON, true, 0), sender.receiveMessage());
        conversation.restart();
        conversation.runCommand(post("m1"));
        assertEquals(new Accepted(ID, new MessageId("m1"), 1, NOON, true, 0), sender.receiveMessage());
        assertEquals(2, stored(ID).size());
    }

    @Test
    void a_message_to_nobody_is_refused_and_not_stored() {
        conversation.runCommand(post("m1"));
        conversation.runCommand(noted(ADA, ada.expectMessageClass(Notify.class), false));
        conversation.runCommand(
                new Refused(ID, BO, bo.expectMessageClass(Notify.class).period()));
        assertEquals(new PostReply.UnknownUser(ID, new MessageId("m1"), BO), sender.receiveMessage());
        assertEquals(List.of(), stored(ID));
    }

    @Test
    void who_wrote_with_somebody_that_is_gone_reads_on_and_writes_to_nobody() {
        open();
        accepted("m2", 2);
        conversation.restart();
        final TestProbe<SummaryReply> reader = KIT.createTestProbe();
        conversation.runCommand(new Summarise(ID, ADA, Optional.empty(), 0, 5, new ActorReplyTo<>(reader.ref())));
        conversation.runCommand(new Refused(
                ID, BO, bo.expectMessageClass(MemberMessage.AskReached.class).nonce()));
        final var summary = assertInstanceOf(SummaryReply.Summary.class, reader.receiveMessage());
        assertEquals(2, summary.head());
        assertEquals(List.of(), summary.others());
        final TestProbe<PageReply> pages = KIT.createTestProbe();
        conversation.runCommand(
                new ReadPage(ID, ADA, Optional.empty(), new PageQuery.Newest(10), 6, new ActorReplyTo<>(pages.ref())));
        assertEquals(6, pages.receiveMessage().tag());

        conversation.runCommand(post("m3"));
        conversation.runCommand(noted(ADA, notify(ada), false));
        conversation.runCommand(new Refused(ID, BO, notify(bo).period()));
        assertEquals(new PostReply.UnknownUser(ID, new MessageId("m3"), BO), sender.receiveMessage());
        conversation.runCommand(post("m2")); // sent again: it stands where it stood
        assertEquals(
                2, assertInstanceOf(Accepted.class, sender.receiveMessage()).seq());
        conversation.runCommand(new Summarise(ID, ADA, Optional.empty(), 0, 7, new ActorReplyTo<>(reader.ref())));
        assertInstanceOf(SummaryReply.Summary.class, reader.receiveMessage());
        bo.expectNoMessage(Duration.ofMillis(50)); // not asked again
    }

    @Test
    void a_member_who_settles_is_asked_before_the_next_message_and_may_be_gone_by_then() {
        open();
        conversation.runCommand(
                new ConversationCommand.Settle(ID, new Watermark(BO, 0, 0), 0, new Nonce(9, 9), OptionalLong.empty()));
        assertEquals(1, notify(bo).head()); // there is more than that: no
        conversation.runCommand(
                new ConversationCommand.Settle(ID, new Watermark(BO, 0, 0), 1, new Nonce(9, 9), OptionalLong.empty()));
        bo.expectMessage(new MemberMessage.MayClose(ID, 1, new Nonce(9, 9)));
        conversation.runCommand(post("m2"));
        conversation.runCommand(new Refused(ID, BO, notify(bo).period()));
        assertEquals(new PostReply.UnknownUser(ID, new MessageId("m2"), BO), sender.receiveMessage());
        assertEquals(1, stored(ID).size());
    }

    @Test
    void a_stranger_is_refused() {
        conversation.runCommand(new Post(
                ID,
                new UserId("cleo"),
                PHONE,
                new MessageId("m1"),
                body("m1"),
                Optional.empty(),
                List.of(),
                OptionalLong.empty(),
                new ActorReplyTo<>(sender.ref())));
        assertEquals(new PostReply.NotAMember(ID, new MessageId("m1")), sender.receiveMessage());
        ada.expectNoMessage(Duration.ofMillis(50));
    }

    @Test
    void a_sender_hears_after_five_seconds_that_an_inbox_does_not_answer() {
        conversation.runCommand(post("m1"));
        conversation.runCommand(noted(ADA, ada.expectMessageClass(Notify.class), false));
        final var asked = bo.expectMessageClass(Notify.class);
        clock.forward(Duration.ofMillis(4_999));
        conversation.runCommand(new Tick(ID));
        assertEquals(asked, bo.receiveMessage()); // said again, in the same period
        sender.expectNoMessage(Duration.ofMillis(50));
        clock.forward(Duration.ofMillis(1));
        conversation.runCommand(new Tick(ID));
        assertInstanceOf(Unavailable.class, sender.receiveMessage());
        assertEquals(1, counters.all().get("inbox_unanswered"));
        assertEquals(List.of(), stored(ID));
    }

    @Test
    void the_clock_of_the_actor_repeats_a_lost_note_by_itself() {
        conversation.runCommand(post("m1"));
        final var asked = bo.expectMessageClass(Notify.class);
        clock.forward(Duration.ofSeconds(1)); // the timer itself runs on real time, half a second
        assertEquals(asked, bo.receiveMessage(Duration.ofSeconds(10)));
    }

    @Test
    void a_failed_write_is_unavailable_and_the_message_sent_again_is_stored_once() {
        open();
        conversation.persistenceTestKit().failNextPersisted(pid(ID));
        conversation.runCommand(post("m2"));
        final var refused = assertInstanceOf(Unavailable.class, sender.receiveMessage(Duration.ofSeconds(10)));
        assertEquals(new MessageId("m2"), refused.id());
        assertEquals(1, conversation.getState().head()); // came back by itself, and knows what is stored

        conversation.runCommand(post("m2"));
        answerNotes();
        final var again = assertInstanceOf(Accepted.class, sender.receiveMessage());
        assertEquals(2, again.seq());
        assertEquals(2, stored(ID).size());
        final var before = snapshot();
        conversation.restart();
        assertEquals(before, snapshot());
    }

    @Test
    void a_write_that_the_journal_refuses_is_unavailable() {
        final var id = ConversationId.between(ADA, new UserId("refused"));
        final var entity = opened(id);
        conversation.persistenceTestKit().rejectNextPersisted(pid(id));
        entity.tell(post(id, "m2", OptionalLong.empty()));
        assertInstanceOf(Unavailable.class, sender.receiveMessage(Duration.ofSeconds(10)));
        assertEquals(1, stored(id).size());
    }

    @Test
    void what_waits_for_an_inbox_hears_that_the_conversation_stops() {
        conversation.runCommand(post("m1"));
        conversation.restart();
        assertInstanceOf(Unavailable.class, sender.receiveMessage());
    }

    @Test
    void a_command_for_another_conversation_is_ignored_and_counted() {
        final var other = ConversationId.between(ADA, new UserId("cleo"));
        conversation.runCommand(post(other, "m1", OptionalLong.empty()));
        sender.expectNoMessage(Duration.ofMillis(50));
        ada.expectNoMessage(Duration.ofMillis(50));
        assertEquals(1, counters.all().get("conversation_wrong_addressee"));
    }

    // without the lease

    @Test
    void without_the_lease_nothing_is_stored_and_whoever_asks_is_told() {
        final var id = ConversationId.between(ADA, new UserId("lease1"));
        final var entity = opened(id);
        leaseHolds = false;
        entity.tell(post(id, "m2", OptionalLong.empty()));
        assertInstanceOf(Unavailable.class, sender.receiveMessage());
        KIT.createTestProbe().expectTerminated(entity, Duration.ofSeconds(5));

        final TestProbe<PageReply> pages = KIT.createTestProbe();
        final var query = new PageQuery.Newest(50);
        KIT.spawn(Conversation.create(id, shared))
                .tell(new ReadPage(id, ADA, Optional.empty(), query, 3, new ActorReplyTo<>(pages.ref())));
        assertEquals(new PageReply.Unavailable(id, 3), pages.receiveMessage());
        final TestProbe<SummaryReply> summaries = KIT.createTestProbe();
        KIT.spawn(Conversation.create(id, shared))
                .tell(new Summarise(id, ADA, Optional.empty(), 0, 4, new ActorReplyTo<>(summaries.ref())));
        assertEquals(new SummaryReply.Unavailable(id, 4), summaries.receiveMessage());
        assertEquals(1, stored(id).size());
        assertEquals(3, counters.all().get("conversation_lease_lost"));
    }

    @Test
    void a_message_stored_while_the_lease_was_lost_is_not_acknowledged() {
        final var id = ConversationId.between(ADA, new UserId("lease2"));
        final var losing = new Conversation.Shared(
                shared.members(),
                shared.log(),
                () -> stored(id).size() < 2, // lost in the moment of the second write
                counters,
                clock,
                shared.nonces(),
                shared.groups(),
                desk);
        final var entity = opened(id, losing);
        entity.tell(post(id, "m2", OptionalLong.empty()));
        assertInstanceOf(Unavailable.class, sender.receiveMessage());
        assertEquals(2, stored(id).size());
        assertEquals(1, counters.all().get("conversation_lease_lost"));
    }

    // uploads

    @Test
    void a_message_with_uploads_is_stored_once_they_are_bound_to_it_and_they_hear_where() {
        open();
        final var binding = new CompletableFuture<MediaDesk.Outcome>();
        desk.answer = binding;
        conversation.runCommand(post("cat", CAT));
        sender.expectNoMessage(Duration.ofMillis(50));
        binding.complete(new MediaDesk.Outcome.Bound());
        assertEquals(new Accepted(ID, new MessageId("cat"), 2, NOON, false, 0), sender.receiveMessage());
        final var claim = new MediaDesk.Claim(ID, ADA, new MessageId("cat"), 1);
        assertEquals(List.of(claim), desk.claims);
        sender.awaitAssert(() -> {
            assertEquals(List.of(new FakeDesk.Stored(claim, 2, List.of(CAT))), desk.stored);
            return true;
        });
        assertEquals(
                List.of(CAT),
                assertInstanceOf(
                                ConversationEvent.MessagePosted.class,
                                stored(ID).getLast())
                        .media());
    }

    @Test
    void a_message_whose_uploads_cannot_be_bound_is_refused_and_one_whose_desk_fails_may_be_sent_again() {
        open();
        desk.answer = CompletableFuture.completedStage(new MediaDesk.Outcome.Missing(CAT));
        conversation.runCommand(post("cat", CAT));
        assertInstanceOf(PostReply.Wrong.class, sender.receiveMessage());
        desk.answer = CompletableFuture.completedStage(new MediaDesk.Outcome.Taken(CAT));
        conversation.runCommand(post("cat", CAT));
        assertInstanceOf(PostReply.Wrong.class, sender.receiveMessage());
        desk.answer = CompletableFuture.failedStage(new IllegalStateException("of the desk"));
        conversation.runCommand(post("cat", CAT));
        assertInstanceOf(Unavailable.class, sender.receiveMessage());
        assertEquals(1, stored(ID).size());
        assertEquals(List.of(), desk.stored);
    }

    // long logs

    @Test
    void a_long_conversation_starts_from_its_snapshot() {
        final int count = 1_100;
        final var id = ConversationId.between(ADA, new UserId("long"));
        final var entity = opened(id);
        for (int i = 2; i <= count; i++) { // as fast as it takes them: several to a write
            entity.tell(post(id, "m" + i, OptionalLong.empty()));
            if (i % 200 == 0 || i == count) {
                while (assertInstanceOf(Accepted.class, sender.receiveMessage()).seq() < i) {
                    // the next one
                }
            }
        }
        final var snapshots = conversation.snapshotTestKit().orElseThrow();
        final var saved = sender.awaitAssert(Duration.ofSeconds(5), () -> {
            final var all = snapshots.persistedInStorage(pid(id));
            assertEquals(1, all.size());
            return (ConversationSnapshot) all.getFirst().second();
        });
        assertTrue(saved.head() >= 1_000 && saved.head() < count, "at " + saved.head());
        assertEquals(Math.min(RecentIds.KEPT, saved.head()), saved.recentIds().size());

        KIT.stop(entity);
        final var again = KIT.spawn(Conversation.create(id, shared));
        again.tell(post(id, "m" + count, OptionalLong.empty()));
        assertEquals(new Accepted(id, new MessageId("m" + count), count, NOON, true, 0), sender.receiveMessage());
        again.tell(post(id, "m" + (count - RecentIds.KEPT + 1), OptionalLong.empty())); // the oldest in memory
        assertEquals(
                count - RecentIds.KEPT + 1,
                assertInstanceOf(Accepted.class, sender.receiveMessage()).seq());

        // older ones are looked for in the log, if the sender says what it knew
        again.tell(post(id, "m5", OptionalLong.of(3)));
        final var found = assertInstanceOf(Accepted.class, sender.receiveMessage(Duration.ofSeconds(10)));
        assertEquals(5, found.seq());
        assertTrue(found.resent());
        assertTrue(found.entriesRead() > 0);
        assertEquals(count, stored(id).size());
    }

    @Test
    void a_state_restored_from_its_snapshot_is_the_state() {
        final var state = new ConversationState(ID);
        for (int i = 1; i <= 2_500; i++) {
            final var author = i % 3 == 0 ? BO : ADA;
            state.apply(new ConversationEvent.MessagePosted(
                    author, PHONE, new MessageId("m" + i), i, body("x").json(), Optional.empty(), List.of(), i));
            if (i % 500 == 7) {
                final var snapshot = throughSerializer(state.snapshot());
                assertEquals(state.snapshot(), snapshot);
                final var restored = ConversationState.restored(ID, snapshot);
                assertEquals(snapshot, restored.snapshot());
                assertEquals(state.countBy(ADA), restored.countBy(ADA));
                assertEquals(state.find(author, new MessageId("m" + i)), restored.find(author, new MessageId("m" + i)));
                assertEquals(state.unreadAfter(i - 5, BO), restored.unreadAfter(i - 5, BO));
            }
        }
    }

    // what the tests say

    /// A started entity whose members are opened and whose log holds one message.
    private ActorRef<ConversationCommand> opened(final ConversationId id) {
        return opened(id, shared);
    }

    private ActorRef<ConversationCommand> opened(final ConversationId id, final Conversation.Shared with) {
        final var entity = KIT.spawn(Conversation.create(id, with));
        entity.tell(post(id, "m1", OptionalLong.empty()));
        entity.tell(noted(ADA, notify(ada), false));
        entity.tell(noted(id.people().getLast(), notify(bo), false));
        assertEquals(
                1, assertInstanceOf(Accepted.class, sender.receiveMessage()).seq());
        return entity;
    }

    private void open() {
        conversation.runCommand(post("m1"));
        answerNotes();
        assertEquals(
                1, assertInstanceOf(Accepted.class, sender.receiveMessage()).seq());
    }

    private void answerNotes() {
        conversation.runCommand(noted(ADA, notify(ada), false));
        conversation.runCommand(noted(BO, notify(bo), false));
    }

    /// The next note a member's user is asked for; whatever else it is told before that is passed over.
    private static Notify notify(final TestProbe<MemberMessage> member) {
        while (true) {
            if (member.receiveMessage(Duration.ofSeconds(10)) instanceof final Notify notify) {
                return notify;
            }
        }
    }

    private void accepted(final String message, final long seq) {
        conversation.runCommand(post(message));
        assertEquals(new Accepted(ID, new MessageId(message), seq, clock.instant(), false, 0), sender.receiveMessage());
    }

    private Post post(final String message) {
        return post(ID, message, OptionalLong.empty());
    }

    private Post post(final String message, final MediaId media) {
        return new Post(
                ID,
                ADA,
                PHONE,
                new MessageId(message),
                body(message),
                Optional.empty(),
                List.of(media),
                OptionalLong.empty(),
                new ActorReplyTo<>(sender.ref()));
    }

    private Post post(final ConversationId to, final String message, final OptionalLong after) {
        return new Post(
                to,
                ADA,
                PHONE,
                new MessageId(message),
                body(message),
                Optional.empty(),
                List.of(),
                after,
                new ActorReplyTo<>(sender.ref()));
    }

    private static Noted noted(final UserId member, final Notify notify, final boolean online) {
        return new Noted(
                notify.conversation(),
                notify.period(),
                online ? OptionalLong.of(1) : OptionalLong.empty(),
                new Watermark(member, 0, 0));
    }

    private static Body body(final String text) {
        return new Body("text", new JsonText("{\"type\":\"text\",\"text\":\"" + text + "\"}"));
    }

    private List<Object> stored(final ConversationId id) {
        return conversation.persistenceTestKit().persistedInStorage(pid(id));
    }

    private static String pid(final ConversationId id) {
        return "conversation|" + id.value();
    }

    private ConversationSnapshot snapshot() {
        return throughSerializer(conversation.getState().snapshot());
    }

    private static ConversationSnapshot throughSerializer(final ConversationSnapshot snapshot) {
        final var serialization = SerializationExtension.get(Adapter.toClassic(KIT.system()));
        final var serializer = serialization.findSerializerFor(snapshot);
        assertEquals(7_355_202, serializer.identifier());
        return (ConversationSnapshot) serialization
                .deserialize(serializer.toBinary(snapshot), 7_355_202, "")
                .get();
    }
}
