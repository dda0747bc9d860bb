package io.parley.account;

import static io.parley.account.AccountFixtures.ADA;
import static io.parley.account.AccountFixtures.HASH;
import static io.parley.account.AccountFixtures.OTHER_HASH;
import static io.parley.account.AccountFixtures.device;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.account.AccountFixtures.FakeInboxes;
import io.parley.account.AccountFixtures.MovedClock;
import io.parley.cluster.ActorReplyTo;
import io.parley.cluster.MembershipLease;
import io.parley.cluster.ReplyTo;
import io.parley.store.StoredEntities;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An account on a node's store.
final class AccountStoreTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int REFRESHES = 260;
    private static final String PID = "account|" + ADA;
    private static final List<String> SECRETS = List.of(HASH.phc(), OTHER_HASH.phc(), "phone", "Ada");

    @Test
    void an_account_that_is_used_a_lot_keeps_few_events_and_its_tokens_stay_good(@TempDir final Path directory)
            throws Exception {
        final AccountReply.Linked login;
        try (var store = new StoredEntities(directory)) {
            final var account = account(store.kit());
            login = begin(store.kit(), account);
            for (int i = 1; i <= REFRESHES; i++) {
                assertEquals(i + 1, refreshed(store.kit(), account, login, i));
            }
            store.awaitRowsAtMost(120, PID); // two snapshots back, and what came since
        }
        try (var store = new StoredEntities(directory)) {
            final var account = account(store.kit());
            assertEquals(REFRESHES + 2, refreshed(store.kit(), account, login, REFRESHES + 1));
        }
    }

    @Test
    void of_a_deleted_account_no_row_holds_a_password_hash_or_the_name_of_a_device(@TempDir final Path directory)
            throws Exception {
        try (var store = new StoredEntities(directory)) {
            final var account = account(store.kit());
            final var login = begin(store.kit(), account);
            for (int i = 1; i <= 55; i++) { // a snapshot by the rule of its kind is among what has to go
                refreshed(store.kit(), account, login, i);
            }
            final var changed = this.<AccountReply.ToChangePassword>ask(
                    store.kit(),
                    account,
                    replyTo -> new AccountCommand.ChangePassword(
                            ADA, login.device(), login.generation(), 1, OTHER_HASH, replyTo));
            assertEquals(new AccountReply.Made(ADA), changed);
            for (final var secret : SECRETS) {
                assertTrue(store.holds(PID, secret), secret);
            }
            delete(store.kit(), account);
            store.awaitRowsAtMost(2, PID); // the last event, and the one before it, marked as deleted
            store.awaitNone(PID, SECRETS);
        }
        try (var store = new StoredEntities(directory)) {
            final var account = account(store.kit());
            final var registered = this.<AccountReply.ToRegister>ask(
                    store.kit(), account, replyTo -> new AccountCommand.Register(ADA, "uid-2", "Ada", HASH, replyTo));
            assertEquals(new AccountReply.Exists(ADA), registered);
            delete(store.kit(), account);
            store.awaitRowsAtMost(2, PID);
        }
        try (var store = new StoredEntities(directory)) {
            final var examined = this.<AccountReply.ToExamine>ask(
                    store.kit(), account(store.kit()), replyTo -> new AccountCommand.Examine(ADA, replyTo));
            assertEquals(
                    "uid-1",
                    assertInstanceOf(AccountReply.WasDeleted.class, examined).uid());
        }
    }

    private void delete(final ActorTestKit kit, final ActorRef<AccountCommand> account) {
        assertEquals(
                new AccountReply.Made(ADA),
                this.<AccountReply.ToAdminister>ask(kit, account, replyTo -> new AccountCommand.Delete(ADA, replyTo)));
    }

    private AccountReply.Linked begin(final ActorTestKit kit, final ActorRef<AccountCommand> account) {
        this.<AccountReply.ToRegister>ask(
                kit, account, replyTo -> new AccountCommand.Register(ADA, "uid-1", "Ada", HASH, replyTo));
        return assertInstanceOf(
                AccountReply.Linked.class,
                this.<AccountReply.ToLink>ask(
                        kit,
                        account,
                        replyTo -> new AccountCommand.Link(
                                ADA,
                                1,
                                Optional.empty(),
                                device(1),
                                "phone",
                                "test",
                                Optional.empty(),
                                Optional.empty(),
                                replyTo)));
    }

    private static ActorRef<AccountCommand> account(final ActorTestKit kit) {
        return kit.spawn(Account.create(
                ADA,
                new Account.Shared(
                        AccountFixtures.settings(),
                        new AccountCounters(),
                        new FakeInboxes(),
                        MembershipLease.ALONE,
                        new MovedClock()),
                _ -> {}));
    }

    private long refreshed(
            final ActorTestKit kit,
            final ActorRef<AccountCommand> account,
            final AccountReply.Linked login,
            final long counter) {
        final var reply = this.<AccountReply.ToRefresh>ask(
                kit,
                account,
                replyTo -> new AccountCommand.Refresh(ADA, login.device(), login.generation(), counter, replyTo));
        return assertInstanceOf(AccountReply.Rotated.class, reply).counter();
    }

    private <R> R ask(
            final ActorTestKit kit,
            final ActorRef<AccountCommand> account,
            final Function<ReplyTo<R>, AccountCommand> command) {
        final var probe = kit.<R>createTestProbe();
        account.tell(command.apply(new ActorReplyTo<>(probe.ref())));
        final var answer = probe.receiveMessage(PATIENCE);
        probe.stop();
        return answer;
    }
}
