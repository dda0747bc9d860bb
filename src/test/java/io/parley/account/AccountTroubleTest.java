package io.parley.account;

import static io.parley.account.AccountFixtures.HASH;
import static io.parley.account.AccountFixtures.device;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.parley.account.AccountFixtures.FakeInboxes;
import io.parley.account.AccountFixtures.MovedClock;
import io.parley.cluster.ActorReplyTo;
import io.parley.cluster.ReplyTo;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.testkit.PersistenceTestKitPlugin;
import org.apache.pekko.persistence.testkit.PersistenceTestKitSnapshotPlugin;
import org.apache.pekko.persistence.testkit.javadsl.PersistenceTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/// A journal that fails, a lease that is lost, an inbox that is silent.
final class AccountTroubleTest {
    private static final ActorTestKit KIT =
            ActorTestKit.create(ConfigFactory.load(PersistenceTestKitPlugin.getInstance()
                    .config()
                    .withFallback(PersistenceTestKitSnapshotPlugin.getInstance().config())
                    .withFallback(AccountFixtures.config(""))));
    private static final PersistenceTestKit JOURNAL = PersistenceTestKit.create(KIT.system());

    private final FakeInboxes inboxes = new FakeInboxes();
    private final AccountCounters counters = new AccountCounters();
    private final CountDownLatch left = new CountDownLatch(1);
    private volatile boolean leaseHolds = true;

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    @Test
    void a_failed_write_is_refused_at_once_and_the_account_goes_on() {
        final var user = new UserId("failed.write");
        final var account = start(user);
        register(account, user);
        JOURNAL.failNextPersisted("account|" + user);
        assertEquals(new AccountReply.NotNow(user), login(account, user, device(1)));
        final var linked = assertInstanceOf(AccountReply.Linked.class, login(account, user, device(2)));
        assertEquals(
                List.of(new LinkedDevice(device(2), linked.generation())),
                inboxes.last(user).devices());
    }

    @Test
    void without_the_lease_nothing_is_written_or_acknowledged_and_the_account_stops() {
        final var user = new UserId("lost.lease");
        final var account = start(user);
        register(account, user);
        final int written = JOURNAL.persistedInStorage("account|" + user).size();
        leaseHolds = false;
        assertEquals(new AccountReply.NotNow(user), login(account, user, device(1)));
        KIT.createTestProbe().expectTerminated(account, Duration.ofSeconds(3));
        assertEquals(written, JOURNAL.persistedInStorage("account|" + user).size());
        assertEquals(1, counters.of(AccountCounters.Counted.LEASE_LOST));
    }

    @Test
    void a_login_is_unavailable_when_the_inbox_stays_silent_and_leaves_no_device_behind() {
        final var user = new UserId("silent.inbox");
        final var account = start(user);
        register(account, user);
        inboxes.loseNext(Integer.MAX_VALUE);
        assertEquals(new AccountReply.NotNow(user), login(account, user, device(1)));
        inboxes.loseNext(0);
        final var linked = assertInstanceOf(AccountReply.Linked.class, login(account, user, device(2)));
        assertEquals(
                List.of(new LinkedDevice(device(2), linked.generation())),
                inboxes.last(user).devices());
    }

    @Test
    void a_name_nobody_registered_leaves_the_memory_by_itself() throws InterruptedException {
        final var user = new UserId("nobody.here");
        final var account = start(user);
        final var reply = AccountTroubleTest.<AccountReply.ToProfile>ask(
                account, replyTo -> new AccountCommand.Profile(user, replyTo));
        assertEquals(new AccountReply.NoAccount(user), reply);
        account.tell(new AccountCommand.Remind(user)); // as its timer will
        assertEquals(true, left.await(3, TimeUnit.SECONDS));
    }

    @Test
    void an_account_that_stops_refuses_who_waits() {
        final var user = new UserId("stopped");
        final var account = start(user);
        register(account, user);
        inboxes.loseNext(Integer.MAX_VALUE);
        final var probe = KIT.<AccountReply.ToLink>createTestProbe();
        account.tell(link(user, device(1), new ActorReplyTo<>(probe.ref())));
        probe.awaitAssert(
                Duration.ofSeconds(20),
                () -> { // a stop overtakes what is in the mailbox
                    assertTrue(inboxes.lost() > 0);
                    return true;
                });
        KIT.stop(account);
        assertEquals(new AccountReply.NotNow(user), probe.receiveMessage());
    }

    private ActorRef<AccountCommand> start(final UserId user) {
        final var shared =
                new Account.Shared(AccountFixtures.settings(), counters, inboxes, () -> leaseHolds, new MovedClock());
        return KIT.spawn(Account.create(user, shared, self -> left.countDown()));
    }

    private static void register(final ActorRef<AccountCommand> account, final UserId user) {
        final var reply = AccountTroubleTest.<AccountReply.ToRegister>ask(
                account, replyTo -> new AccountCommand.Register(user, "uid-1", "Ada", HASH, replyTo));
        assertEquals(new AccountReply.Began(user, "uid-1", "Ada"), reply);
    }

    private static AccountReply.ToLink login(
            final ActorRef<AccountCommand> account, final UserId user, final DeviceId device) {
        return ask(account, replyTo -> link(user, device, replyTo));
    }

    private static AccountCommand link(
            final UserId user, final DeviceId device, final ReplyTo<AccountReply.ToLink> replyTo) {
        return new AccountCommand.Link(
                user, 1, Optional.empty(), device, "phone", "test", Optional.empty(), Optional.empty(), replyTo);
    }

    private static <R> R ask(
            final ActorRef<AccountCommand> account, final Function<ReplyTo<R>, AccountCommand> command) {
        final var probe = KIT.<R>createTestProbe();
        account.tell(command.apply(new ActorReplyTo<>(probe.ref())));
        return probe.receiveMessage();
    }
}
