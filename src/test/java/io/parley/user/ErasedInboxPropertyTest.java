package io.parley.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.cluster.ReplyTo;
import io.parley.content.JsonText;
import io.parley.conversation.ConversationCommand;
import io.parley.conversation.Entry;
import io.parley.conversation.MemberMessage;
import io.parley.conversation.Nonce;
import io.parley.conversation.Watermark;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import io.parley.user.UserCommand.DevicesNoted;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Random lives of an inbox that end with its account: whatever moved in it and whatever comes late, nothing of
/// it is ever stored again.
final class ErasedInboxPropertyTest {
    private static final int LIVES = 3_000;
    private static final UserId ADA = new UserId("ada");
    private static final List<UserId> OTHERS = List.of(ADA, new UserId("bo"), new UserId("cy"));

    @Test
    void after_any_life_nothing_is_stored_of_an_erased_inbox_but_its_end() {
        for (long seed = 0; seed < LIVES; seed++) {
            try {
                new Life(new SplittableRandom(seed)).run();
            } catch (final AssertionError | RuntimeException failure) {
                throw new AssertionError("seed " + seed, failure);
            }
        }
    }

    private static final class Life {
        private final SplittableRandom random;
        private final Map<ConversationId, Long> heads = new HashMap<>();
        private final List<ConversationCommand.Settle> settles = new ArrayList<>();
        private final List<DevicesNoted> noted = new ArrayList<>();
        private InboxState state = new InboxState();
        private InboxRules rules;
        private Instant now = Instant.parse("2026-03-01T12:00:00Z");
        private long version;
        private long nonces;

        Life(final SplittableRandom random) {
            this.random = random;
            this.rules = freshRules();
        }

        private InboxRules freshRules() {
            return new InboxRules(ADA, () -> new Nonce(1, ++nonces), _ -> Optional.of(now), Duration.ofDays(30), now);
        }

        void run() {
            link(++version, false);
            for (int left = random.nextInt(120); left > 0; left--) {
                perform(decide(anything()));
                if (random.nextInt(30) == 0) {
                    start();
                }
            }
            version++;
            final var end = decide(link(false, version, true));
            end.events().forEach(event -> assertInstanceOf(UserEvent.Erased.class, event));
            perform(end);
            for (int left = random.nextInt(120); left > 0; left--) {
                isGone();
                final var decision = decide(random.nextInt(4) == 0 ? answer() : anything());
                decision.events().forEach(event -> assertInstanceOf(UserEvent.Erased.class, event));
                perform(decision);
                if (random.nextInt(30) == 0) {
                    start();
                }
            }
            finish();
        }

        /// Every conversation consents, and the account has its answer.
        private void finish() {
            for (int round = 0; !state.relying().isEmpty(); round++) {
                assertTrue(round < 1_000, () -> "still relied on: " + state.relying());
                final var asked = List.copyOf(settles);
                settles.clear();
                asked.forEach(settle -> perform(decide(from(answer(settle)))));
                now = rules.wakeAt().orElse(now);
                perform(decide(new UserCommand.Tick(ADA)));
            }
            noted.clear();
            perform(decide(link(false, version, true)));
            assertEquals(List.of(new DevicesNoted(ADA, version)), noted);
            assertEquals(Optional.empty(), rules.wakeAt());
            isGone();
        }

        private void isGone() {
            assertTrue(state.isErased());
            assertFalse(state.exists());
            final var kept = new UserSnapshot("", version, List.of(), "everyone", true, List.of(), state.relying());
            assertEquals(kept, state.snapshot());
            assertEquals(kept, InboxState.restored(kept).snapshot());
        }

        /// As after a crash.
        private void start() {
            state = InboxState.restored(state.snapshot());
            rules = freshRules();
            perform(rules.recovered(state, now));
        }

        private Decision decide(final UserCommand command) {
            now = now.plusMillis(random.nextInt(5) == 0 ? random.nextInt(60_000) : random.nextInt(30));
            return rules.decide(state, command, now);
        }

        private void perform(final Decision decision) {
            decision.events().forEach(state::apply);
            decision.effects().forEach(effect -> {
                switch (effect) {
                    case Decision.Reply<?> reply -> reply.send();
                    case Decision.Tell(final ConversationCommand.Settle settle) -> settles.add(settle);
                    case Decision.Tell _, Decision.TellAway _, Decision.TellUnlinked _, Decision.TellKeysChanged _ -> {}
                }
            });
        }

        // what may come

        private UserCommand anything() {
            final var conversation = conversation();
            final long head = heads.merge(conversation, (long) random.nextInt(2), Long::sum);
            final var device = device();
            return switch (random.nextInt(20)) {
                case 0 -> link(true, random.nextLong(1, version + 1), false);
                case 1 -> state.isErased() ? link(true, version, random.nextBoolean()) : link(true, ++version, false);
                case 2, 3 -> new UserCommand.Attach(ADA, device, 9, nonces, "life", random.nextBoolean(), ignored());
                case 4 -> new UserCommand.Detach(ADA, device, nonces);
                case 5, 6, 7 ->
                    new UserCommand.Acknowledge(
                            ADA,
                            device,
                            conversation,
                            head,
                            head,
                            random.nextLong(head + 1),
                            random.nextBoolean() ? Optional.of(ignored()) : Optional.empty());
                case 8, 9, 10 -> from(new MemberMessage.Notify(conversation, head, new Nonce(2, ++nonces)));
                case 11, 12 ->
                    from(new MemberMessage.Deliver(conversation, List.of(entry(head + 1, device)), Optional.empty()));
                case 13 ->
                    from(new MemberMessage.Status(
                            conversation, head, now.toEpochMilli(), random.nextBoolean(), nonces, List.of()));
                case 14 -> from(new MemberMessage.Receipt(conversation, new Watermark(OTHERS.get(1), head, head)));
                case 15 -> from(new MemberMessage.AskReached(conversation, new Nonce(3, ++nonces)));
                case 16 ->
                    new UserCommand.ChangeSettings(
                            ADA, Optional.of(Settings.Audience.NOBODY), Optional.of(random.nextBoolean()), ignored());
                case 17 -> new UserCommand.Watch(ADA, OTHERS.get(2), ignored());
                case 18 -> answer();
                default -> new UserCommand.Tick(ADA);
            };
        }

        private UserCommand link(final boolean late, final long at, final boolean gone) {
            final var devices = gone ? List.<UserEvent.Linked>of() : List.of(new UserEvent.Linked(device(), 9));
            return new UserCommand.LinkDevices(
                    ADA, "uid", at, devices, gone, late ? ignored() : (ReplyTo<DevicesNoted>) noted::add);
        }

        private void link(final long at, final boolean gone) {
            perform(decide(link(true, at, gone)));
        }

        /// What a conversation says to one of the settles, an old one perhaps.
        private UserCommand answer() {
            return settles.isEmpty()
                    ? new UserCommand.Tick(ADA)
                    : from(answer(settles.get(random.nextInt(settles.size()))));
        }

        private MemberMessage answer(final ConversationCommand.Settle settle) {
            final long head = heads.getOrDefault(settle.conversation(), 0L);
            return settle.delivered() == head
                    ? new MemberMessage.MayClose(settle.conversation(), head, settle.nonce())
                    : new MemberMessage.Notify(settle.conversation(), head, new Nonce(4, ++nonces));
        }

        private static UserCommand from(final MemberMessage message) {
            return new UserCommand.FromConversation(ADA, message);
        }

        private Entry entry(final long seq, final DeviceId device) {
            return new Entry(
                    seq,
                    OTHERS.get(random.nextInt(3)),
                    device,
                    new MessageId("m" + seq),
                    now,
                    new JsonText("{\"type\":\"text\",\"text\":\"x\"}"),
                    Optional.empty(),
                    List.of(),
                    1);
        }

        private ConversationId conversation() {
            return ConversationId.between(ADA, OTHERS.get(random.nextInt(3)));
        }

        private DeviceId device() {
            return DeviceId.of(1 + random.nextInt(3));
        }

        private static <T> ReplyTo<T> ignored() {
            return _ -> {};
        }
    }
}
