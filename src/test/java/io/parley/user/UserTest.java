package io.parley.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.parley.cluster.ActorReplyTo;
import io.parley.cluster.Counters;
import io.parley.cluster.ManualClock;
import io.parley.cluster.ReplyTo;
import io.parley.conversation.ConversationCommand;
import io.parley.conversation.ConversationCommand.Noted;
import io.parley.conversation.ConversationCommand.Probe;
import io.parley.conversation.ConversationCommand.Reached;
import io.parley.conversation.ConversationCommand.Refused;
import io.parley.conversation.ConversationCommand.Settle;
import io.parley.conversation.MemberMessage;
import io.parley.conversation.Nonce;
import io.parley.conversation.Watermark;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import io.parley.user.UserCommand.Acknowledge;
import io.parley.user.UserCommand.Attach;
import io.parley.user.UserCommand.ChangeSettings;
import io.parley.user.UserCommand.ChatList;
import io.parley.user.UserCommand.CursorsStored;
import io.parley.user.UserCommand.Detach;
import io.parley.user.UserCommand.DevicesNoted;
import io.parley.user.UserCommand.DevicesReply;
import io.parley.user.UserCommand.FromConversation;
import io.parley.user.UserCommand.LinkDevices;
import io.parley.user.UserCommand.PresenceReply;
import io.parley.user.UserCommand.SettingsReply;
import io.parley.user.UserCommand.Tick;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import org.apache.pekko.serialization.SerializationExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The entity around the inbox's rules: what is stored and who is told, through restarts and failing writes.
/// Commands and events make their way through the real serializers. States change in place and have no equality
/// of their own, so what is compared is what is stored of them, their snapshots.
final class UserTest {
    private static final ActorTestKit KIT = ActorTestKit.create(ConfigFactory.load(EventSourcedBehaviorTestKit.config()
            .withFallback(ConfigFactory.parseString("pekko.loglevel = WARNING"))
            .withFallback(ConfigFactory.parseResources("serialization.conf"))));

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00.123Z");
    private static final UserId ADA = new UserId("ada");
    private static final UserId BO = new UserId("bo");
    private static final ConversationId WITH_BO = ConversationId.between(ADA, BO);
    private static final DeviceId PHONE = DeviceId.of(1);
    private static final DeviceId LAPTOP = DeviceId.of(2);
    private static final OptionalLong ATTACHED_AT_NOON = OptionalLong.of(NOON.toEpochMilli() * 1_000 + 1);
    private static final String PID = "user|ada";
    private static final UserSnapshot ERASED =
            new UserSnapshot("", 5, List.of(), "everyone", true, List.of(), List.of());

    private record Unlinked(UserId user, long version, List<DeviceId> left) {}

    private record Away(UserId user, DeviceId device, long generation) {}

    private final ManualClock clock = new ManualClock(NOON);
    private final Counters counters = new Counters();
    private final AtomicLong nonces = new AtomicLong();
    private final Map<String, Instant> lives = new ConcurrentHashMap<>();
    private final TestProbe<ConversationCommand> conversations = KIT.createTestProbe();
    private final TestProbe<Delivery> phone = KIT.createTestProbe();
    private final TestProbe<Away> away = KIT.createTestProbe();
    private final TestProbe<Object> keys = KIT.createTestProbe();
    private volatile boolean leaseHolds = true;

    private final User.Shared shared = new User.Shared(
            conversations.ref()::tell,
            (user, device, generation) -> away.ref().tell(new Away(user, device, generation)),
            new KeyNotes() {
                @Override
                public void unlinked(final UserId user, final long version, final List<DeviceId> left) {
                    keys.ref().tell(new Unlinked(user, version, left));
                }

                @Override
                public void changed(final UserId user, final long version, final List<UserId> people) {
                    keys.ref().tell(new KeysNews(user, version, people));
                }
            },
            life -> Optional.ofNullable(lives.get(life)),
            Duration.ofDays(30),
            () -> leaseHolds,
            counters,
            clock,
            () -> new Nonce(7, nonces.incrementAndGet()));

    private final EventSourcedBehaviorTestKit<UserCommand, UserEvent, InboxState> user =
            EventSourcedBehaviorTestKit.create(
                    KIT.system(),
                    User.create(ADA, shared),
                    EventSourcedBehaviorTestKit.enabledSerializationSettings()
                            .withVerifyState(false) // only its snapshot leaves the actor: see snapshot()
                            .withVerifyEquality(true));

    @BeforeEach
    void empty() {
        user.clear();
    }

    @AfterEach
    void allIsAsItWas() {
        user.persistenceTestKit().resetPolicy();
    }

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    @Test
    void the_first_linked_device_is_the_beginning_of_an_inbox() {
        final var linked = List.of(new UserEvent.Linked(PHONE, 1));
        assertEquals(new DevicesNoted(ADA, 3), link(3, PHONE));
        assertEquals(new DevicesNoted(ADA, 3), link(2, LAPTOP)); // an older list, come late
        assertEquals(List.of(new UserEvent.DevicesLinked("uid-ada", 3, linked, NOON.toEpochMilli())), stored());
        restartKeepsState();
        assertTrue(user.getState().exists());
    }

    @Test
    void a_note_to_nobody_is_refused_and_leaves_nothing() {
        user.runCommand(note(4, new Nonce(1, 1)));
        assertEquals(new Refused(WITH_BO, ADA, new Nonce(1, 1)), conversations.receiveMessage());
        assertEquals(List.of(), stored());
        restartKeepsState();
        assertFalse(user.getState().exists());
    }

    @Test
    void a_note_is_answered_once_the_open_conversation_is_stored() {
        link(1, PHONE);
        user.runCommand(note(4, new Nonce(1, 1)));
        assertEquals(
                new Noted(WITH_BO, new Nonce(1, 1), OptionalLong.empty(), new Watermark(ADA, 0, 0)),
                conversations.receiveMessage());
        assertEquals(new UserEvent.ChatOpened(WITH_BO, 4, NOON.toEpochMilli()), stored().getLast());
        user.runCommand(note(4, new Nonce(1, 1))); // said again because the answer was lost: nothing to store
        conversations.expectMessageClass(Noted.class);
        assertEquals(2, stored().size());
        restartKeepsState();
    }

    @Test
    void a_session_hears_which_conversations_are_open_and_where_its_device_stands() {
        link(1, PHONE);
        open(4);
        clock.forward(Duration.ofSeconds(1)); // conversations are looked at in turns of 20 ms
        attach(PHONE, phone, 1);
        assertEquals(
                new Delivery.Attached(List.of(new Delivery.OpenChat(WITH_BO, 0)), 0, true, true),
                phone.receiveMessage());
        final var probe = conversations.expectMessageClass(Probe.class);
        assertEquals(new Watermark(ADA, 0, 0), probe.reached());
        user.runCommand(hear(new MemberMessage.Status(WITH_BO, 6, NOON.toEpochMilli(), false, probe.tag(), List.of())));
        assertEquals(new Delivery.HeadKnown(WITH_BO, 0, 6, true), phone.receiveMessage());
        assertEquals(new Delivery.OwnMoved(WITH_BO, 0, new Watermark(ADA, 0, 0)), phone.receiveMessage());
        restartKeepsState();
        assertEquals(new Delivery.Leaving(), phone.receiveMessage()); // and attaches again
    }

    @Test
    void a_device_that_is_not_linked_is_revoked() {
        link(1, PHONE);
        attach(LAPTOP, phone, 1);
        assertEquals(new Delivery.Revoked(LAPTOP), phone.receiveMessage());
        attach(PHONE, phone, 1);
        phone.expectMessageClass(Delivery.Attached.class);
        link(2, LAPTOP);
        assertEquals(new Delivery.Revoked(PHONE), phone.receiveMessage());
    }

    @Test
    void whoever_talks_with_a_person_is_to_hear_of_other_keys_the_latest_first() {
        link(1, PHONE);
        user.runCommand(new UserCommand.KeysChanged(ADA, 3));
        keys.expectNoMessage(Duration.ofMillis(50)); // talks with nobody
        attach(PHONE, phone, 1);
        phone.expectMessageClass(Delivery.Attached.class);
        for (final var other : List.of("bo", "cleo", "ada")) { // the last: notes to oneself
            clock.forward(Duration.ofSeconds(1));
            user.runCommand(
                    hear(new MemberMessage.Notify(ConversationId.between(ADA, new UserId(other)), 4, new Nonce(1, 1))));
        }
        user.runCommand(new UserCommand.KeysChanged(ADA, 4));
        keys.expectMessage(new KeysNews(ADA, 4, List.of(new UserId("cleo"), BO)));
        phone.fishForMessage(
                Duration.ofSeconds(3),
                each -> each.equals(new Delivery.OwnKeysChanged(ADA, 4))
                        ? FishingOutcomes.complete()
                        : FishingOutcomes.continueAndIgnore());
    }

    @Test
    void that_a_device_was_unlinked_goes_to_the_keeper_of_the_keys() {
        link(1, PHONE);
        link(2, PHONE, LAPTOP);
        keys.expectNoMessage(Duration.ofMillis(50));
        link(3, LAPTOP);
        keys.expectMessage(new Unlinked(ADA, 3, List.of(LAPTOP)));
        link(3, LAPTOP);
        keys.expectNoMessage(Duration.ofMillis(50));
    }

    @Test
    void a_device_that_connects_again_replaces_its_older_session_and_no_newer_one() {
        final TestProbe<Delivery> again = KIT.createTestProbe();
        link(1, PHONE);
        attach(PHONE, phone, 1);
        phone.expectMessageClass(Delivery.Attached.class);
        attach(PHONE, again, 2);
        assertEquals(new Delivery.Replaced(PHONE), phone.receiveMessage());
        again.expectMessageClass(Delivery.Attached.class);
        attach(PHONE, phone, 1); // a late word of the older one
        assertEquals(new Delivery.Replaced(PHONE), phone.receiveMessage());
        again.expectNoMessage(Duration.ofMillis(50));
    }

    @Test
    void cursors_are_stored_before_the_conversation_and_the_device_hear_of_them() {
        link(1, PHONE, LAPTOP);
        open(4);
        attachedPhone();
        final var stored = this.<CursorsStored>run(replyTo -> acknowledge(4, 3, Optional.of(replyTo)));
        assertEquals(new CursorsStored(WITH_BO, true), stored);
        assertEquals(
                new UserEvent.ChatsMoved(List.of(
                        new UserEvent.Moved(WITH_BO, 4, NOON.toEpochMilli(), 4, 3, Map.of(PHONE, 4L), false, false))),
                stored().getLast());
        final var reached = new Watermark(ADA, 4, 3);
        assertEquals(new Reached(WITH_BO, reached, ATTACHED_AT_NOON, Optional.empty()), next(Reached.class));
        assertEquals(new Delivery.OwnMoved(WITH_BO, 4, reached), phone.receiveMessage());
        restartKeepsState();
    }

    @Test
    void what_moves_quickly_is_stored_together_a_moment_later() {
        link(1, PHONE);
        open(9);
        attachedPhone();
        for (int cursor = 1; cursor <= 9; cursor++) {
            user.runCommand(acknowledge(cursor, 0, Optional.empty()));
        }
        final int before = stored().size();
        clock.forward(CursorDesk.FLUSH_EVERY);
        user.runCommand(new Tick(ADA));
        final var last = assertInstanceOf(UserEvent.ChatsMoved.class, stored().getLast());
        assertEquals(9, last.chats().getFirst().delivered());
        assertTrue(stored().size() <= before + 1);
        restartKeepsState();
    }

    @Test
    void after_a_restart_a_conversation_that_has_not_confirmed_is_told_again() {
        link(1, PHONE);
        open(4);
        attachedPhone();
        user.runCommand(acknowledge(4, 4, Optional.empty()));
        final var told = next(Reached.class).reached();
        user.restart();
        assertEquals(told, next(Reached.class).reached());
        user.runCommand(hear(new MemberMessage.ReachedNoted(WITH_BO, told)));
        user.restart(); // confirmed is not stored: once too often, never too seldom
        assertEquals(told, next(Reached.class).reached());
    }

    @Test
    void a_restart_keeps_cursors_open_conversations_and_settings() {
        link(1, PHONE, LAPTOP);
        open(4);
        attachedPhone();
        user.runCommand(acknowledge(4, 2, Optional.empty()));
        this.<SettingsReply>run(
                replyTo -> new ChangeSettings(ADA, Optional.of(Settings.Audience.NOBODY), Optional.of(false), replyTo));
        restartKeepsState();

        final var settings = new Settings(Settings.Audience.NOBODY, false);
        assertEquals(
                new SettingsReply(settings),
                this.<SettingsReply>run(replyTo -> new UserCommand.AskSettings(ADA, replyTo)));
        final TestProbe<Delivery> laptop = KIT.createTestProbe();
        attach(LAPTOP, laptop, 5);
        assertEquals(
                new Delivery.Attached(List.of(new Delivery.OpenChat(WITH_BO, 0)), 0, true, false),
                laptop.receiveMessage());
        final TestProbe<Delivery> again = KIT.createTestProbe();
        attach(PHONE, again, 6);
        assertEquals(
                new Delivery.Attached(List.of(new Delivery.OpenChat(WITH_BO, 4)), 0, true, false),
                again.receiveMessage());
        final var list = this.<ChatList>run(
                replyTo -> new UserCommand.ListChats(ADA, Optional.empty(), Optional.empty(), 10, replyTo));
        assertEquals(List.of(new ChatList.Chat(WITH_BO, 4, NOON.toEpochMilli(), 4, 2)), list.chats());
    }

    @Test
    void once_every_device_has_everything_the_conversation_lets_the_inbox_forget_it() {
        final var settle = settled();
        assertEquals(new Watermark(ADA, 4, 4), settle.reached());
        assertEquals(4, settle.delivered());
        assertEquals(OptionalLong.empty(), settle.attachedSince());
        user.runCommand(hear(new MemberMessage.MayClose(WITH_BO, 4, settle.nonce())));
        assertFalse(user.getState().chat(WITH_BO).orElseThrow().open);
        restartKeepsState();
        final TestProbe<Delivery> again = KIT.createTestProbe();
        attach(PHONE, again, 9);
        assertEquals(new Delivery.Attached(List.of(), 0, true, true), again.receiveMessage());
    }

    @Test
    void what_is_noted_while_a_conversation_is_being_settled_keeps_it_open() {
        final var settle = settled();
        user.runCommand(note(5, new Nonce(1, 2)));
        user.runCommand(hear(new MemberMessage.MayClose(WITH_BO, 4, settle.nonce())));
        assertTrue(user.getState().chat(WITH_BO).orElseThrow().open);
        restartKeepsState();
    }

    @Test
    void what_only_a_device_that_stays_away_was_owed_is_let_go_once_the_account_has_unlinked_it() {
        link(1, PHONE, LAPTOP);
        open(4);
        clock.forward(Duration.ofDays(29));
        attachedPhone();
        user.runCommand(acknowledge(4, 4, Optional.empty()));
        user.runCommand(new Detach(ADA, PHONE, 1));
        away.expectNoMessage(Duration.ofMillis(50));
        clock.forward(Duration.ofDays(1));
        user.runCommand(new Tick(ADA));
        assertEquals(new Away(ADA, LAPTOP, 1), away.receiveMessage());
        restartKeepsState();
        assertEquals(new Away(ADA, LAPTOP, 1), away.receiveMessage());
        assertTrue(user.getState().chat(WITH_BO).orElseThrow().open); // nobody else may unlink it

        link(2, PHONE);
        clock.forward(Duration.ofSeconds(1));
        user.runCommand(new Tick(ADA));
        final var settle = next(Settle.class);
        user.runCommand(hear(new MemberMessage.MayClose(WITH_BO, 4, settle.nonce())));
        assertFalse(user.getState().chat(WITH_BO).orElseThrow().open);
        clock.forward(Duration.ofHours(1));
        user.runCommand(new Tick(ADA));
        away.expectNoMessage(Duration.ofMillis(50));
        restartKeepsState();
    }

    @Test
    void a_delivery_that_finds_nobody_says_again_that_the_last_device_has_left() {
        link(1, PHONE);
        open(4);
        attachedPhone();
        user.runCommand(new Detach(ADA, PHONE, 1));
        clock.forward(Duration.ofSeconds(1));
        user.runCommand(new Tick(ADA));
        final var left = next(ConversationCommand.Detach.class);
        assertEquals(new ConversationCommand.Detach(WITH_BO, ADA, ATTACHED_AT_NOON.getAsLong()), left);
        user.runCommand(hear(new MemberMessage.Deliver(WITH_BO, List.of(), Optional.empty())));
        assertEquals(left, next(ConversationCommand.Detach.class));

        attach(PHONE, phone, 2);
        user.runCommand(hear(new MemberMessage.Deliver(WITH_BO, List.of(), Optional.empty())));
        clock.forward(Duration.ofSeconds(1));
        user.runCommand(new Tick(ADA));
        final var back = next(Probe.class);
        assertTrue(back.attachedSince() > left.attachedSince()); // so that the leave does not count any more
    }

    @Test
    void last_seen_is_the_end_of_the_last_session() {
        link(1, PHONE, LAPTOP);
        attachedPhone();
        assertEquals(Optional.of(true), presence().online());
        clock.forward(Duration.ofMinutes(3));
        final var left = clock.instant();
        user.runCommand(new Detach(ADA, PHONE, 1));
        assertEquals(
                List.of(
                        new UserEvent.Seen(PHONE, NOON.toEpochMilli(), true, "life-1"),
                        new UserEvent.Seen(PHONE, left.toEpochMilli(), false, "life-1")),
                stored().subList(1, 3));
        restartKeepsState();
        clock.forward(Duration.ofMinutes(3));
        assertEquals(new PresenceReply(ADA, true, Optional.of(false), Optional.of(left)), presence());
        assertEquals(
                List.of(
                        new DevicesReply.DeviceSeen(PHONE, false, Optional.of(left)),
                        new DevicesReply.DeviceSeen(LAPTOP, false, Optional.empty())),
                this.<DevicesReply>run(replyTo -> new UserCommand.AskDevices(ADA, replyTo))
                        .devices());
    }

    @Test
    void a_session_that_died_with_its_node_was_last_seen_at_the_nodes_last_sign_of_life() {
        link(1, PHONE);
        attachedPhone();
        final var sign = NOON.plusSeconds(40);
        lives.put("life-1", sign);
        clock.forward(Duration.ofSeconds(43));
        restartKeepsState();
        assertEquals(Optional.of(true), presence().online()); // it may yet say that it is there
        clock.forward(Duration.ofMinutes(1));
        assertEquals(new PresenceReply(ADA, true, Optional.of(false), Optional.of(sign)), presence());
    }

    @Test
    void a_session_that_falls_silent_was_last_seen_when_it_was_last_heard() {
        link(1, PHONE);
        attachedPhone();
        clock.forward(Duration.ofSeconds(10));
        attach(PHONE, phone, 1); // alive
        clock.forward(Sessions.GONE_AFTER);
        user.runCommand(new Tick(ADA));
        assertEquals(
                new UserEvent.Seen(PHONE, NOON.plusSeconds(10).toEpochMilli(), false, "life-1"), stored().getLast());
        restartKeepsState();
    }

    @Test
    void presence_is_shown_to_nobody_whom_the_settings_do_not_name() {
        link(1, PHONE);
        this.<SettingsReply>run(replyTo ->
                new ChangeSettings(ADA, Optional.of(Settings.Audience.WRITTEN_TO), Optional.empty(), replyTo));
        assertEquals(new PresenceReply(ADA, true, Optional.empty(), Optional.empty()), presence());
    }

    // the end

    @Test
    void an_erased_inbox_keeps_nothing_and_lets_go_of_its_sessions_and_watchers() {
        final TestProbe<Delivery> watcher = KIT.createTestProbe();
        link(1, PHONE, LAPTOP);
        attachedPhone();
        this.<SettingsReply>run(
                replyTo -> new ChangeSettings(ADA, Optional.of(Settings.Audience.NOBODY), Optional.of(false), replyTo));
        phone.expectMessageClass(Delivery.ReadReceiptsSet.class);
        user.runCommand(new UserCommand.Watch(ADA, BO, new ActorReplyTo<>(watcher.ref())));
        watcher.expectMessageClass(Delivery.PresenceChanged.class);

        assertEquals(new DevicesNoted(ADA, 5), erase(5));
        assertEquals(new Delivery.Revoked(PHONE), phone.receiveMessage());
        assertEquals(new Delivery.PresenceChanged(ADA, Optional.empty(), Optional.empty()), watcher.receiveMessage());
        assertEquals(new Delivery.NoSuchUser(ADA), watcher.receiveMessage());
        assertEquals(ERASED, snapshot());
        assertFalse(user.getState().exists());
        restartKeepsState();
        awaitLeft();

        assertEquals(new PresenceReply(ADA, false, Optional.empty(), Optional.empty()), presence());
        attach(PHONE, phone, 2);
        assertEquals(new Delivery.Revoked(PHONE), phone.receiveMessage());
        user.runCommand(note(0, new Nonce(1, 9)));
        assertEquals(new Refused(WITH_BO, ADA, new Nonce(1, 9)), next(Refused.class));
        awaitLeft();
    }

    @Test
    void a_list_of_devices_that_comes_late_does_not_bring_an_erased_inbox_back() {
        link(1, PHONE);
        link(3, PHONE, LAPTOP);
        assertEquals(new DevicesNoted(ADA, 4), erase(4));
        for (final long version : List.of(1L, 2L, 3L, 4L)) {
            assertEquals(new DevicesNoted(ADA, 4), link(version, PHONE));
        }
        assertEquals(new DevicesNoted(ADA, 4), erase(4));
        assertEquals(new DevicesNoted(ADA, 4), erase(3));
        user.restart();
        assertEquals(new DevicesNoted(ADA, 4), link(4, PHONE, LAPTOP));
        assertEquals(ERASED.devices(), snapshot().devices());
        assertFalse(user.getState().exists());
    }

    @Test
    void an_account_that_no_inbox_had_heard_of_leaves_an_erased_one() {
        assertEquals(new DevicesNoted(ADA, 3), erase(3));
        assertEquals(new DevicesNoted(ADA, 3), link(2, PHONE));
        assertFalse(user.getState().exists());
        restartKeepsState();
    }

    @Test
    void what_moved_and_was_not_yet_written_dies_with_the_inbox() {
        link(1, PHONE);
        open(9);
        attachedPhone();
        user.runCommand(acknowledge(1, 0, Optional.empty()));
        final TestProbe<CursorsStored> asker = KIT.createTestProbe();
        user.runCommand(acknowledge(2, 0, Optional.of(new ActorReplyTo<>(asker.ref())))); // waits for the next write
        asker.expectNoMessage(Duration.ofMillis(50));
        final TestProbe<DevicesNoted> account = KIT.createTestProbe();
        user.runCommand(erasure(2, new ActorReplyTo<>(account.ref())));
        assertEquals(new CursorsStored(WITH_BO, false), asker.receiveMessage());
        clock.forward(Duration.ofHours(1));
        user.runCommand(new Tick(ADA));
        user.runCommand(acknowledge(3, 3, Optional.empty()));
        user.runCommand(hear(new MemberMessage.Deliver(WITH_BO, List.of(), Optional.empty())));
        user.runCommand(hear(new MemberMessage.Status(WITH_BO, 9, NOON.toEpochMilli(), true, 1, List.of())));
        assertEquals(List.of(), snapshot().chats());
        account.expectNoMessage(Duration.ofMillis(50)); // a conversation has not heard of it yet
    }

    @Test
    void the_account_hears_of_the_end_when_every_conversation_that_relied_on_the_inbox_has_heard_of_it() {
        link(1, PHONE);
        open(4);
        attachedPhone();
        final TestProbe<DevicesNoted> account = KIT.createTestProbe();
        user.runCommand(erasure(2, new ActorReplyTo<>(account.ref())));
        assertEquals(List.of(WITH_BO), snapshot().relying());
        assertEquals(
                ATTACHED_AT_NOON.getAsLong(),
                next(ConversationCommand.Detach.class).attachedSince());
        final var settle = next(Settle.class);
        assertEquals(new Watermark(ADA, 0, 0), settle.reached());
        assertEquals(0, settle.delivered());

        user.runCommand(note(7, new Nonce(1, 2))); // the conversation: no, there are seven
        assertEquals(new Refused(WITH_BO, ADA, new Nonce(1, 2)), next(Refused.class));
        final var right = next(Settle.class);
        assertEquals(7, right.delivered());
        account.expectNoMessage(Duration.ofMillis(50));

        user.restart(); // and asks anew: whatever comes of the earlier question may be too late
        final var again = next(Settle.class);
        assertFalse(again.nonce().equals(right.nonce()));
        user.runCommand(hear(new MemberMessage.MayClose(WITH_BO, 7, right.nonce())));
        assertEquals(List.of(WITH_BO), snapshot().relying());
        user.runCommand(erasure(2, new ActorReplyTo<>(account.ref())));
        user.runCommand(new LinkDevices(ADA, "uid-ada", 1, List.of(), false, new ActorReplyTo<>(account.ref())));
        account.expectNoMessage(Duration.ofMillis(50));
        user.runCommand(hear(new MemberMessage.MayClose(WITH_BO, 7, again.nonce())));
        assertEquals(new DevicesNoted(ADA, 2), account.receiveMessage());
        assertEquals(List.of(), snapshot().relying());
        restartKeepsState();
        awaitLeft();
    }

    @Test
    void a_conversation_that_does_not_answer_is_told_again() {
        link(1, PHONE);
        open(4);
        final TestProbe<DevicesNoted> account = KIT.createTestProbe();
        user.runCommand(erasure(2, new ActorReplyTo<>(account.ref())));
        final var settle = next(Settle.class);
        clock.forward(Duration.ofSeconds(1));
        user.runCommand(new Tick(ADA));
        assertEquals(settle, next(Settle.class));
        user.runCommand(hear(new MemberMessage.Receipt(WITH_BO, new Watermark(BO, 3, 3))));
        assertEquals(
                new ConversationCommand.ReceiptNoted(WITH_BO, ADA, new Watermark(BO, 3, 3)),
                next(ConversationCommand.ReceiptNoted.class));
        user.runCommand(hear(new MemberMessage.AskReached(WITH_BO, new Nonce(1, 3))));
        assertEquals(new Refused(WITH_BO, ADA, new Nonce(1, 3)), next(Refused.class));
    }

    /// Not through the test kit, which waits for a state after each command: one that is asked for while a
    /// write fails may be told only when something else comes.
    @Test
    void an_erasure_that_could_not_be_stored_is_said_again_by_the_account_and_stored_then() {
        link(1, PHONE);
        final var inbox = KIT.spawn(User.create(ADA, shared));
        inbox.tell(new Attach(ADA, PHONE, 1, 1, "life-1", false, new ActorReplyTo<>(phone.ref())));
        phone.expectMessageClass(Delivery.Attached.class);
        user.persistenceTestKit().failNextPersisted(PID);
        final TestProbe<DevicesNoted> account = KIT.createTestProbe();
        inbox.tell(erasure(2, new ActorReplyTo<>(account.ref())));
        final TestProbe<PresenceReply> asker = KIT.createTestProbe();
        final var afterwards = asker.awaitAssert(Duration.ofSeconds(10), () -> {
            inbox.tell(new UserCommand.AskPresence(ADA, BO, new ActorReplyTo<>(asker.ref())));
            return asker.receiveMessage(Duration.ofSeconds(1));
        });
        assertEquals(new PresenceReply(ADA, true, Optional.of(false), Optional.of(NOON)), afterwards);
        account.expectNoMessage(Duration.ofMillis(50));
        inbox.tell(erasure(2, new ActorReplyTo<>(account.ref())));
        assertEquals(new DevicesNoted(ADA, 2), account.receiveMessage());
        KIT.stop(inbox);
        user.restart();
        restartKeepsState();
        awaitLeft();
    }

    @Test
    void an_erasure_that_was_interrupted_before_its_snapshot_is_finished_by_the_next_start() {
        link(1, PHONE);
        open(4);
        user.persistenceTestKit()
                .persistForRecovery(
                        PID,
                        List.of(
                                new UserEvent.Erased(2, List.of(), NOON.toEpochMilli()),
                                new UserEvent.Erased(2, List.of(), NOON.toEpochMilli())));
        user.restart();
        awaitLeft();
        assertEquals(2, snapshot().version());
    }

    private DevicesNoted erase(final long version) {
        return run(replyTo -> erasure(version, replyTo));
    }

    private static LinkDevices erasure(final long version, final ReplyTo<DevicesNoted> replyTo) {
        return new LinkDevices(ADA, "uid-ada", version, List.of(), true, replyTo);
    }

    /// Of what was stored, the last event and the snapshot behind it.
    private void awaitLeft() {
        KIT.createTestProbe().awaitAssert(Duration.ofSeconds(5), () -> {
            assertEquals(1, stored().size(), stored().toString());
            assertInstanceOf(UserEvent.Erased.class, stored().getFirst());
            final var snapshots = user.snapshotTestKit().orElseThrow().persistedInStorage(PID);
            assertEquals(1, snapshots.size(), snapshots.toString());
            assertEquals(user.getState().snapshot(), snapshots.getFirst().second());
            return true;
        });
    }

    // failures

    @Test
    void a_failed_write_tells_nobody_and_said_again_it_is_stored() {
        link(1, PHONE);
        open(4);
        attachedPhone();
        final var before = snapshot();
        user.persistenceTestKit().failNextPersisted(PID);
        final TestProbe<CursorsStored> asker = KIT.createTestProbe();
        user.runCommand(acknowledge(4, 4, Optional.of(new ActorReplyTo<>(asker.ref()))));
        assertEquals(new Delivery.Leaving(), phone.receiveMessage(Duration.ofSeconds(10)));
        assertEquals(before, snapshot()); // came back by itself, with what is stored
        asker.expectNoMessage(Duration.ofMillis(50));
        assertEquals(
                new CursorsStored(WITH_BO, true),
                this.<CursorsStored>run(replyTo -> acknowledge(4, 4, Optional.of(replyTo))));
        restartKeepsState();
        assertEquals(4, user.getState().chat(WITH_BO).orElseThrow().delivered);
    }

    @Test
    void a_failed_first_write_leaves_no_trace_of_a_user() {
        user.persistenceTestKit().failNextPersisted(PID);
        final TestProbe<DevicesNoted> asker = KIT.createTestProbe();
        user.runCommand(new LinkDevices(
                ADA, "uid-ada", 1, List.of(new UserEvent.Linked(LAPTOP, 1)), false, new ActorReplyTo<>(asker.ref())));
        asker.expectNoMessage(Duration.ofMillis(50));
        assertFalse(user.getState().exists());
        link(1, PHONE);
        assertEquals(1, user.getState().devices().size());
        restartKeepsState();
    }

    @Test
    void a_command_for_another_user_is_ignored_and_counted() {
        user.runCommand(new FromConversation(BO, new MemberMessage.Notify(WITH_BO, 1, new Nonce(1, 1))));
        conversations.expectNoMessage(Duration.ofMillis(50));
        assertEquals(1, counters.all().get("user_wrong_addressee"));
    }

    @Test
    void without_the_lease_nobody_is_told_anything() {
        final var entity = KIT.spawn(User.create(BO, shared));
        final TestProbe<DevicesNoted> asker = KIT.createTestProbe();
        leaseHolds = false;
        entity.tell(new LinkDevices(BO, "uid-bo", 1, List.of(), false, new ActorReplyTo<>(asker.ref())));
        KIT.createTestProbe().expectTerminated(entity, Duration.ofSeconds(5));
        asker.expectNoMessage(Duration.ofMillis(50));
        assertEquals(List.of(), user.persistenceTestKit().persistedInStorage("user|bo"));
        assertEquals(1, counters.all().get("user_lease_lost"));
    }

    @Test
    void what_was_stored_while_the_lease_was_lost_is_told_to_nobody() {
        final var pid = "user|cleo";
        final var losing = new User.Shared(
                shared.conversations(),
                shared.account(),
                shared.keys(),
                shared.lastAlive(),
                shared.awayAfter(),
                () -> user.persistenceTestKit().persistedInStorage(pid).isEmpty(), // lost in the moment of the write
                counters,
                clock,
                shared.nonces());
        final var cleo = new UserId("cleo");
        final TestProbe<DevicesNoted> asker = KIT.createTestProbe();
        KIT.spawn(User.create(cleo, losing))
                .tell(new LinkDevices(cleo, "uid-cleo", 1, List.of(), false, new ActorReplyTo<>(asker.ref())));
        asker.expectNoMessage(Duration.ofMillis(200));
        asker.awaitAssert(() -> {
            assertEquals(1, counters.all().get("user_lease_lost"));
            return true;
        });
    }

    @Test
    void a_busy_inbox_starts_from_its_snapshot() {
        link(1, PHONE, LAPTOP);
        open(1_000);
        attachedPhone();
        for (int i = 1; i <= 520; i++) {
            clock.forward(CursorDesk.FLUSH_EVERY);
            user.runCommand(acknowledge(i, i / 2, Optional.empty()));
        }
        final var snapshots = user.snapshotTestKit().orElseThrow();
        assertInstanceOf(
                UserSnapshot.class, snapshots.persistedInStorage(PID).getLast().second());
        restartKeepsState();
        assertEquals(520, user.getState().chat(WITH_BO).orElseThrow().cursor(PHONE));
        assertEquals(0, user.getState().chat(WITH_BO).orElseThrow().cursor(LAPTOP));
    }

    // what the tests say

    private DevicesNoted link(final long version, final DeviceId... devices) {
        return run(replyTo -> new LinkDevices(
                ADA,
                "uid-ada",
                version,
                Arrays.stream(devices)
                        .map(device -> new UserEvent.Linked(device, 1))
                        .toList(),
                false,
                replyTo));
    }

    private void open(final long head) {
        user.runCommand(note(head, new Nonce(1, 1)));
        conversations.expectMessageClass(Noted.class);
    }

    private static FromConversation note(final long head, final Nonce period) {
        return hear(new MemberMessage.Notify(WITH_BO, head, period));
    }

    private static FromConversation hear(final MemberMessage message) {
        return new FromConversation(ADA, message);
    }

    private void attach(final DeviceId device, final TestProbe<Delivery> session, final long stamp) {
        user.runCommand(new Attach(ADA, device, 1, stamp, "life-1", false, new ActorReplyTo<>(session.ref())));
    }

    private void attachedPhone() {
        attach(PHONE, phone, 1);
        phone.expectMessageClass(Delivery.Attached.class);
    }

    /// The phone, the only device, has everything and has gone.
    private Settle settled() {
        link(1, PHONE);
        open(4);
        attachedPhone();
        user.runCommand(acknowledge(4, 4, Optional.empty()));
        user.runCommand(new Detach(ADA, PHONE, 1));
        clock.forward(Duration.ofSeconds(1));
        user.runCommand(new Tick(ADA));
        return next(Settle.class);
    }

    private static Acknowledge acknowledge(
            final long cursor, final long read, final Optional<ReplyTo<CursorsStored>> replyTo) {
        return new Acknowledge(ADA, PHONE, WITH_BO, cursor, cursor, read, replyTo);
    }

    private PresenceReply presence() {
        return run(replyTo -> new UserCommand.AskPresence(ADA, BO, replyTo));
    }

    /// The next word of its kind to a conversation; others before it are passed over.
    private <C extends ConversationCommand> C next(final Class<C> kind) {
        while (true) {
            final var message = conversations.receiveMessage(Duration.ofSeconds(10));
            if (kind.isInstance(message)) {
                return kind.cast(message);
            }
        }
    }

    private <R> R run(final Function<ReplyTo<R>, UserCommand> command) {
        final var probe = KIT.<R>createTestProbe();
        user.runCommand(command.apply(new ActorReplyTo<>(probe.ref())));
        return probe.receiveMessage();
    }

    private List<Object> stored() {
        return user.persistenceTestKit().persistedInStorage(PID);
    }

    private void restartKeepsState() {
        final var before = snapshot();
        user.restart();
        assertEquals(before, snapshot());
    }

    /// What would be stored of the state, through the serializer and back, and of the state restored from that
    /// again.
    private UserSnapshot snapshot() {
        final var snapshot = user.getState().snapshot();
        final var serialization = SerializationExtension.get(Adapter.toClassic(KIT.system()));
        final var serializer = serialization.findSerializerFor(snapshot);
        assertEquals(7_355_302, serializer.identifier());
        final var back = (UserSnapshot) serialization
                .deserialize(serializer.toBinary(snapshot), 7_355_302, "")
                .get();
        assertEquals(snapshot, back);
        assertEquals(snapshot, InboxState.restored(back).snapshot());
        return back;
    }
}
