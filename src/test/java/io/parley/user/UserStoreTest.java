package io.parley.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.cluster.ActorReplyTo;
import io.parley.cluster.Counters;
import io.parley.cluster.ManualClock;
import io.parley.cluster.MembershipLease;
import io.parley.cluster.ReplyTo;
import io.parley.conversation.MemberMessage;
import io.parley.conversation.Nonce;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import io.parley.store.StoredEntities;
import io.parley.user.UserCommand.Acknowledge;
import io.parley.user.UserCommand.ChatList;
import io.parley.user.UserCommand.CursorsStored;
import io.parley.user.UserCommand.DevicesNoted;
import io.parley.user.UserCommand.FromConversation;
import io.parley.user.UserCommand.LinkDevices;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An inbox on a node's store.
final class UserStoreTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final UserId ADA = new UserId("ada");
    private static final DeviceId PHONE = DeviceId.of(1);
    private static final ConversationId WITH_BO = ConversationId.between(ADA, new UserId("bo"));
    private static final int MOVES = 2_100;
    private static final String PID = "user|ada";

    private final ManualClock clock = new ManualClock(NOON);

    @Test
    void a_busy_inbox_keeps_few_events_and_comes_back_as_it_was(@TempDir final Path directory) throws Exception {
        final List<ChatList.Chat> before;
        try (var store = new StoredEntities(directory)) {
            final var user = user(store.kit());
            linkPhone(store.kit(), user);
            user.tell(new FromConversation(ADA, new MemberMessage.Notify(WITH_BO, MOVES, new Nonce(1, 1))));
            for (int i = 1; i <= MOVES; i++) {
                acknowledge(store.kit(), user, i);
            }
            store.awaitRowsAtMost(1_200, PID); // two snapshots back, and what came since
            before = chats(store.kit(), user);
            assertEquals(MOVES, before.getFirst().delivered());
        }
        try (var store = new StoredEntities(directory)) {
            final var user = user(store.kit());
            assertEquals(before, chats(store.kit(), user));
            acknowledge(store.kit(), user, MOVES + 1); // and numbers go on
        }
        try (var store = new StoredEntities(directory)) {
            assertEquals(
                    MOVES + 1, chats(store.kit(), user(store.kit())).getFirst().delivered());
        }
    }

    @Test
    void of_an_erased_inbox_no_row_says_whom_the_person_wrote_with(@TempDir final Path directory) throws Exception {
        try (var store = new StoredEntities(directory)) {
            final var user = user(store.kit());
            linkPhone(store.kit(), user);
            user.tell(new FromConversation(ADA, new MemberMessage.Notify(WITH_BO, 9, new Nonce(1, 1))));
            acknowledge(store.kit(), user, 4);
            assertTrue(store.holds(PID, WITH_BO.value()));
            final var account = store.kit().<DevicesNoted>createTestProbe();
            user.tell(new LinkDevices(ADA, "uid-ada", 2, List.of(), true, new ActorReplyTo<>(account.ref())));
            user.tell(new FromConversation(ADA, new MemberMessage.MayClose(WITH_BO, 9, new Nonce(1, 1))));
            assertEquals(new DevicesNoted(ADA, 2), account.receiveMessage(PATIENCE));
            store.awaitRowsAtMost(2, PID); // the last event, and the one before it, marked as deleted
            store.awaitNone(PID, List.of(WITH_BO.value(), "uid-ada", PHONE.value()));
        }
        try (var store = new StoredEntities(directory)) {
            final var user = user(store.kit());
            assertEquals(List.of(), chats(store.kit(), user));
            final var noted = this.<DevicesNoted>ask(
                    store.kit(),
                    user,
                    replyTo -> new LinkDevices(
                            ADA, "uid-ada", 2, List.of(new UserEvent.Linked(PHONE, 1)), false, replyTo));
            assertEquals(new DevicesNoted(ADA, 2), noted);
            final var presence = this.<UserCommand.PresenceReply>ask(
                    store.kit(), user, replyTo -> new UserCommand.AskPresence(ADA, new UserId("bo"), replyTo));
            assertFalse(presence.exists());
        }
    }

    private ActorRef<UserCommand> user(final ActorTestKit kit) {
        return kit.spawn(User.create(
                ADA,
                new User.Shared(
                        _ -> {},
                        (_, _, _) -> {},
                        new KeyNotes() {
                            @Override
                            public void unlinked(final UserId person, final long version, final List<DeviceId> left) {}

                            @Override
                            public void changed(final UserId person, final long version, final List<UserId> people) {}
                        },
                        _ -> Optional.empty(),
                        Duration.ofDays(30),
                        MembershipLease.ALONE,
                        new Counters(),
                        clock,
                        () -> new Nonce(1, 1))));
    }

    private void linkPhone(final ActorTestKit kit, final ActorRef<UserCommand> user) {
        this.<DevicesNoted>ask(
                kit,
                user,
                replyTo -> new LinkDevices(ADA, "uid-ada", 1, List.of(new UserEvent.Linked(PHONE, 1)), false, replyTo));
    }

    private void acknowledge(final ActorTestKit kit, final ActorRef<UserCommand> user, final long seq) {
        clock.forward(CursorDesk.FLUSH_EVERY);
        assertEquals(
                new CursorsStored(WITH_BO, true),
                this.<CursorsStored>ask(
                        kit,
                        user,
                        replyTo -> new Acknowledge(ADA, PHONE, WITH_BO, seq, seq, seq, Optional.of(replyTo))));
    }

    private List<ChatList.Chat> chats(final ActorTestKit kit, final ActorRef<UserCommand> user) {
        return this.<ChatList>ask(
                        kit,
                        user,
                        replyTo -> new UserCommand.ListChats(ADA, Optional.empty(), Optional.empty(), 10, replyTo))
                .chats();
    }

    private <R> R ask(
            final ActorTestKit kit, final ActorRef<UserCommand> user, final Function<ReplyTo<R>, UserCommand> command) {
        final var probe = kit.<R>createTestProbe();
        user.tell(command.apply(new ActorReplyTo<>(probe.ref())));
        final var answer = probe.receiveMessage(PATIENCE);
        probe.stop();
        return answer;
    }
}
