package io.parley.account;

import static io.parley.account.AccountFixtures.ADA;
import static io.parley.account.AccountFixtures.HASH;
import static io.parley.account.AccountFixtures.OTHER_HASH;
import static io.parley.account.AccountFixtures.device;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.parley.account.AccountFixtures.FakeInboxes;
import io.parley.account.AccountFixtures.MovedClock;
import io.parley.account.AccountState.Somebody;
import io.parley.cluster.ActorReplyTo;
import io.parley.cluster.MembershipLease;
import io.parley.cluster.ReplyTo;
import io.parley.id.DeviceId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The account's commands, events and states through their real serializers, and through restarts.
final class AccountTest {
    private static final ActorTestKit KIT = ActorTestKit.create(
            ConfigFactory.load(EventSourcedBehaviorTestKit.config().withFallback(AccountFixtures.config(""))));

    private final FakeInboxes inboxes = new FakeInboxes();

    private final EventSourcedBehaviorTestKit<AccountCommand, AccountEvent, AccountState> account =
            EventSourcedBehaviorTestKit.create(
                    KIT.system(),
                    Account.create(
                            ADA,
                            new Account.Shared(
                                    AccountFixtures.settings(),
                                    new AccountCounters(),
                                    inboxes,
                                    MembershipLease.ALONE,
                                    new MovedClock()),
                            self -> {}),
                    EventSourcedBehaviorTestKit.enabledSerializationSettings().withVerifyEquality(true));

    @BeforeEach
    void empty() {
        account.clear();
    }

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    @Test
    void a_whole_life_survives_a_restart() {
        register();
        final var first = login(device(1));
        final var second = login(device(2));
        refresh(first, 1);
        final var shown = this.<AccountReply.ToRename>run(
                replyTo -> new AccountCommand.Rename(ADA, first.device(), first.generation(), "Ada Lovelace", replyTo));
        assertEquals(new AccountReply.Shown(ADA, "Ada Lovelace", "uid-1"), shown);
        final var changed = this.<AccountReply.ToChangePassword>run(replyTo ->
                new AccountCommand.ChangePassword(ADA, first.device(), first.generation(), 1, OTHER_HASH, replyTo));
        assertEquals(new AccountReply.Made(ADA), changed);
        final var unlinked = this.<AccountReply.ToUnlink>run(replyTo ->
                new AccountCommand.Unlink(ADA, first.device(), first.generation(), second.device(), replyTo));
        assertEquals(new AccountReply.Made(ADA), unlinked);

        final var before = account.getState();
        assertEquals(before, account.restart().state());
        assertEquals(
                List.of(new LinkedDevice(first.device(), first.generation())),
                inboxes.last(ADA).devices());
        final var profile = this.<AccountReply.ToProfile>run(replyTo -> new AccountCommand.Profile(ADA, replyTo));
        assertEquals(new AccountReply.Shown(ADA, "Ada Lovelace", "uid-1"), profile);
    }

    @Test
    void a_long_life_survives_a_restart_from_its_snapshot() {
        register();
        final var login = login(device(1));
        for (int counter = 1; counter <= 60; counter++) {
            refresh(login, counter);
        }
        final var before = account.getState();
        assertEquals(before, account.restart().state());
        assertEquals(62, assertInstanceOf(Somebody.class, before).version());
        assertTrue(account.snapshotTestKit()
                        .orElseThrow()
                        .persistedInStorage("account|" + ADA)
                        .size()
                >= 1);
    }

    @Test
    void the_inbox_is_told_again_until_it_answers() {
        inboxes.loseNext(1);
        register();
        assertEquals(1, inboxes.last(ADA).version());
    }

    @Test
    void after_a_restart_the_inbox_is_told_once_more() {
        register();
        final int before = inboxes.received(ADA).size();
        account.restart();
        KIT.createTestProbe().awaitAssert(Duration.ofSeconds(3), () -> {
            assertTrue(inboxes.received(ADA).size() > before);
            return true;
        });
    }

    @Test
    void a_deleted_account_is_answered_for_when_its_inbox_is_erased_and_stays_deleted_after_a_restart() {
        register();
        final var login = login(device(1));
        inboxes.loseNext(1);
        final var deleted = this.<AccountReply.ToAdminister>run(replyTo -> new AccountCommand.Delete(ADA, replyTo));
        assertEquals(new AccountReply.Made(ADA), deleted);
        assertTrue(inboxes.last(ADA).gone());
        assertEquals(1, inboxes.lost());

        final var before = account.getState();
        assertInstanceOf(AccountState.Gone.class, before);
        assertEquals(before, account.restart().state());
        final var again = this.<AccountReply.ToRegister>run(
                replyTo -> new AccountCommand.Register(ADA, "uid-2", "Ada", HASH, replyTo));
        assertEquals(new AccountReply.Exists(ADA), again);
        final var credentials =
                this.<AccountReply.ToCredentials>run(replyTo -> new AccountCommand.Credentials(ADA, replyTo));
        assertEquals(new AccountReply.NoAccount(ADA), credentials);
        final var refreshed = this.<AccountReply.ToRefresh>run(
                replyTo -> new AccountCommand.Refresh(ADA, login.device(), login.generation(), 1, replyTo));
        assertEquals(new AccountReply.Ended(ADA), refreshed);
        awaitLeft();

        assertEquals(
                new AccountReply.Made(ADA),
                this.<AccountReply.ToAdminister>run(replyTo -> new AccountCommand.Delete(ADA, replyTo)));
        final var after = assertInstanceOf(AccountState.Gone.class, account.getState());
        assertEquals(5, after.version());
        assertEquals(after, account.restart().state());
        awaitLeft();
    }

    @Test
    void an_inbox_that_is_not_erased_in_time_makes_a_deletion_unavailable_and_it_goes_on_by_itself() {
        register();
        inboxes.loseNext(1_000);
        final var late = this.<AccountReply.ToAdminister>run(replyTo -> new AccountCommand.Delete(ADA, replyTo));
        assertEquals(new AccountReply.NotNow(ADA), late);
        assertInstanceOf(AccountState.Gone.class, account.getState());
        inboxes.loseNext(0);
        KIT.createTestProbe().awaitAssert(Duration.ofSeconds(5), () -> {
            assertTrue(inboxes.last(ADA).gone());
            return true;
        });
    }

    @Test
    void a_deletion_that_was_interrupted_before_its_snapshot_is_finished_by_the_next_start() {
        register();
        login(device(1));
        account.persistenceTestKit()
                .persistForRecovery(
                        "account|" + ADA,
                        List.of(
                                new AccountEvent.TokensEnded(Optional.empty(), 3, AccountFixtures.NOON),
                                new AccountEvent.Deleted(AccountFixtures.NOON)));
        account.restart();
        awaitLeft();
        final var state = assertInstanceOf(AccountState.Gone.class, account.getState());
        assertEquals(AccountFixtures.NOON, state.deleted());
        assertTrue(inboxes.last(ADA).gone());
    }

    /// Of what was stored, the last event and the snapshot behind it.
    private void awaitLeft() {
        KIT.createTestProbe().awaitAssert(Duration.ofSeconds(5), () -> {
            final var events = account.persistenceTestKit().persistedInStorage("account|" + ADA);
            assertEquals(1, events.size(), events.toString());
            assertInstanceOf(AccountEvent.Deleted.class, events.getFirst());
            final var snapshots = account.snapshotTestKit().orElseThrow().persistedInStorage("account|" + ADA);
            assertEquals(1, snapshots.size(), snapshots.toString());
            assertInstanceOf(AccountState.Gone.class, snapshots.getFirst().second());
            return true;
        });
    }

    private void register() {
        final var began = this.<AccountReply.ToRegister>run(
                replyTo -> new AccountCommand.Register(ADA, "uid-1", "Ada", HASH, replyTo));
        assertEquals(new AccountReply.Began(ADA, "uid-1", "Ada"), began);
    }

    private AccountReply.Linked login(final DeviceId device) {
        final var reply = this.<AccountReply.ToLink>run(replyTo -> new AccountCommand.Link(
                ADA, 1, Optional.empty(), device, "phone", "test", Optional.empty(), Optional.empty(), replyTo));
        return assertInstanceOf(AccountReply.Linked.class, reply);
    }

    private void refresh(final AccountReply.Linked login, final long counter) {
        final var reply = this.<AccountReply.ToRefresh>run(
                replyTo -> new AccountCommand.Refresh(ADA, login.device(), login.generation(), counter, replyTo));
        assertInstanceOf(AccountReply.Rotated.class, reply);
    }

    private <R> R run(final Function<ReplyTo<R>, AccountCommand> command) {
        final var probe = KIT.<R>createTestProbe();
        account.runCommand(command.apply(new ActorReplyTo<>(probe.ref())));
        return probe.receiveMessage();
    }
}
