package io.parley.account;

import static io.parley.account.AccountFixtures.device;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.parley.account.AccountFixtures.FakeInboxes;
import io.parley.account.AccountFixtures.MovedClock;
import io.parley.account.Outcome.Tokens;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.apache.pekko.persistence.testkit.PersistenceTestKitPlugin;
import org.apache.pekko.persistence.testkit.PersistenceTestKitSnapshotPlugin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Accounts as the doors use them, in a cluster of one node.
@Tag("slow")
final class AccountsTest {
    private static final ActorTestKit KIT = ActorTestKit.create(
            "accounts",
            ConfigFactory.load(ConfigFactory.parseString("""
                    pekko.actor.provider = cluster
                    pekko.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                    pekko.cluster.gossip-interval = 200ms
                    pekko.coordinated-shutdown.exit-jvm = off
                    """)
                    .withFallback(PersistenceTestKitPlugin.getInstance().config())
                    .withFallback(PersistenceTestKitSnapshotPlugin.getInstance().config())
                    .withFallback(AccountFixtures.config("pekko.cluster.jmx.multi-mbeans-in-same-jvm = on"))));
    private static final FakeInboxes INBOXES = new FakeInboxes();
    private static final MovedClock CLOCK = new MovedClock();
    private static final String PASSWORD = "correct horse battery";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static volatile boolean leaseHolds = true;

    private final TokenKeys keys;
    private final Accounts accounts;

    /// The door of another node, as far as its cache is concerned.
    private final Accounts elsewhere;

    AccountsTest(@TempDir final Path directory) {
        keys = TokenKeys.readOrCreate(directory.resolve("keys.json"), new SecureRandom());
        accounts = door(keys, AccountFixtures.settings());
        accounts.init();
        elsewhere = door(keys, AccountFixtures.settings());
    }

    @BeforeAll
    static void form() {
        final var cluster = Cluster.get(KIT.system());
        cluster.manager().tell(Join.create(cluster.selfMember().address()));
        KIT.createTestProbe().awaitAssert(PATIENCE, () -> {
            assertEquals(MemberStatus.up(), cluster.selfMember().status());
            return true;
        });
    }

    @AfterEach
    void close() {
        accounts.close();
        elsewhere.close();
    }

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    @Test
    void a_user_id_is_given_once() {
        final var user = new UserId("once");
        final var registered = assertInstanceOf(Outcome.Registered.class, register(user, PASSWORD));
        assertEquals(new Outcome.Taken(user), register(user, PASSWORD));
        assertEquals(new Outcome.Taken(user), register(user, "another password"));
        assertEquals(new Outcome.Profile(user, "once", registered.uid()), join(accounts.profile(user)));
        assertEquals(new Outcome.UnknownUser(new UserId("nobody")), join(accounts.profile(new UserId("nobody"))));
    }

    @Test
    void of_two_registrations_at_once_exactly_one_wins() {
        for (int round = 0; round < 5; round++) {
            final var user = new UserId("race" + round);
            final var both = List.of(
                    accounts.register(user, "first password", Optional.empty()),
                    accounts.register(user, "second password", Optional.empty()));
            final var outcomes = both.stream().map(AccountsTest::join).toList();
            final boolean firstWon = outcomes.getFirst() instanceof Outcome.Registered;
            assertEquals(new Outcome.Taken(user), outcomes.get(firstWon ? 1 : 0));
            assertInstanceOf(Outcome.Registered.class, outcomes.get(firstWon ? 0 : 1));
            final var winner = firstWon ? "first password" : "second password";
            final var loser = firstWon ? "second password" : "first password";
            assertInstanceOf(Tokens.class, login(user, winner));
            assertEquals(new Outcome.WrongPassword(), login(user, loser));
        }
    }

    @Test
    void what_breaks_a_rule_is_invalid_and_changes_nothing() {
        final var user = new UserId("rules");
        assertInstanceOf(Outcome.Invalid.class, register(user, "too short"));
        assertInstanceOf(Outcome.Invalid.class, join(accounts.register(user, PASSWORD, Optional.of("x".repeat(65)))));
        assertEquals(new Outcome.UnknownUser(user), join(accounts.profile(user)));
        final var nameless = new LoginDevice(Optional.empty(), " ", "test");
        assertInstanceOf(Outcome.Invalid.class, join(accounts.login(user, PASSWORD, nameless, Optional.empty())));
    }

    @Test
    void the_inbox_knows_a_device_before_its_owner_does() {
        final var user = new UserId("inbox.first");
        register(user, PASSWORD);
        assertEquals(List.of(), INBOXES.last(user).devices());
        final var caller = caller(loggedIn(user));
        assertEquals(
                List.of(new LinkedDevice(caller.device(), caller.generation())),
                INBOXES.last(user).devices());
        INBOXES.loseNext(1);
        final var second = caller(loggedIn(user));
        assertEquals(2, INBOXES.last(user).devices().size());
        assertEquals(caller.uid(), second.uid());
        assertEquals(caller.uid(), INBOXES.last(user).uid());
    }

    @Test
    void unknown_users_and_wrong_passwords_are_answered_alike() {
        final var user = new UserId("alike");
        register(user, PASSWORD);
        final var slow = AccountSettings.from(AccountFixtures.config("parley.account.passwords.refusal-after = 300ms"));
        try (var door = door(keys, slow)) {
            for (final var who : List.of(user, new UserId("nobody.at.all"))) {
                final long start = System.nanoTime();
                assertEquals(
                        new Outcome.WrongPassword(),
                        join(door.login(who, "wrong password", phone(Optional.empty()), Optional.empty())));
                assertTrue(System.nanoTime() - start >= 300_000_000L);
            }
            assertEquals(2, door.counters().of(AccountCounters.Counted.PASSWORD_WRONG));
        }
    }

    @Test
    void sixteen_devices_then_a_conflict_then_one_is_replaced() {
        final var user = new UserId("sixteen");
        register(user, PASSWORD);
        final var first = loggedIn(user);
        for (int i = 1; i < 16; i++) {
            loggedIn(user);
        }
        final var full = assertInstanceOf(Outcome.TooManyDevices.class, login(user, PASSWORD));
        assertEquals(16, full.devices().size());
        assertEquals(first.device(), full.devices().getFirst().device());
        caller(first);
        final var replaced = join(accounts.login(user, PASSWORD, phone(Optional.empty()), Optional.of(first.device())));
        final var seventeenth = caller(assertInstanceOf(Tokens.class, replaced));
        refusedHere(first);
        final var list = assertInstanceOf(Outcome.DeviceList.class, join(accounts.devices(seventeenth)));
        assertEquals(16, list.devices().size());
        assertEquals(seventeenth.device(), list.devices().getLast().device());
        assertEquals("phone", list.devices().getLast().name());
    }

    @Test
    void the_same_device_again_ends_its_old_tokens() {
        final var user = new UserId("again");
        register(user, PASSWORD);
        final var first = loggedIn(user);
        caller(first);
        final var again = assertInstanceOf(
                Tokens.class,
                join(accounts.login(user, PASSWORD, phone(Optional.of(first.device())), Optional.empty())));
        assertEquals(first.device(), again.device());
        refusedHere(first);
        assertInstanceOf(Outcome.Unauthenticated.class, join(accounts.refresh(first.refreshToken())));
        final var caller = caller(again);
        assertEquals(
                List.of(new LinkedDevice(caller.device(), caller.generation())),
                INBOXES.last(user).devices());
    }

    @Test
    void refreshing_rotates_and_a_lost_answer_is_given_again() {
        final var user = new UserId("refresh");
        register(user, PASSWORD);
        final var first = loggedIn(user);
        CLOCK.forward(Duration.ofSeconds(20));
        final var second = refreshed(first);
        assertNotEquals(first.refreshToken(), second.refreshToken());
        assertNotEquals(first.token(), second.token());
        CLOCK.forward(Duration.ofSeconds(25));
        assertEquals(second, refreshed(first));
        final var third = refreshed(second);
        assertEquals(caller(second), caller(third), "the access token before lives on until it ends");
    }

    @Test
    void a_refresh_token_used_too_late_revokes_the_device() {
        final var user = new UserId("reuse");
        register(user, PASSWORD);
        final var first = loggedIn(user);
        final var second = refreshed(first);
        caller(second);
        CLOCK.forward(Duration.ofSeconds(31));
        assertInstanceOf(Outcome.Unauthenticated.class, join(accounts.refresh(first.refreshToken())));
        refusedHere(second);
        assertInstanceOf(Outcome.Unauthenticated.class, join(accounts.refresh(second.refreshToken())));
        assertEquals(List.of(), INBOXES.last(user).devices());
        assertInstanceOf(Outcome.Unauthenticated.class, join(accounts.refresh("r1.nonsense")));
    }

    @Test
    void logging_out_is_seen_here_at_once_and_elsewhere_within_two_seconds() {
        final var user = new UserId("logout");
        register(user, PASSWORD);
        final var tokens = loggedIn(user);
        final var caller = caller(tokens);
        assertEquals(caller, join(elsewhere.authenticate(tokens.token())));
        assertEquals(new Outcome.Done(), join(accounts.logout(caller)));
        refusedHere(tokens);
        CLOCK.forward(Duration.ofSeconds(2));
        assertInstanceOf(Outcome.Unauthenticated.class, join(elsewhere.authenticate(tokens.token())));
        assertInstanceOf(Outcome.Unauthenticated.class, join(accounts.logout(caller)));
        assertInstanceOf(Outcome.Unauthenticated.class, join(accounts.refresh(tokens.refreshToken())));
    }

    @Test
    void who_has_logged_in_on_one_node_is_let_in_on_another_at_once() {
        final var user = new UserId("balanced");
        register(user, PASSWORD);
        final var first = loggedIn(user);
        assertEquals(caller(first), join(elsewhere.authenticate(first.token()))); // there, nothing is asked for a while
        final var second = loggedIn(user);
        assertEquals(caller(second), join(elsewhere.authenticate(second.token())));
    }

    @Test
    void a_device_is_unlinked_from_another() {
        final var user = new UserId("unlink");
        register(user, PASSWORD);
        final var mine = caller(loggedIn(user));
        final var lost = loggedIn(user);
        caller(lost);
        assertEquals(new Outcome.Done(), join(accounts.unlink(mine, lost.device())));
        refusedHere(lost);
        assertEquals(new Outcome.NoSuchDevice(lost.device()), join(accounts.unlink(mine, lost.device())));
        assertEquals(new Outcome.NoSuchDevice(device(5)), join(accounts.unlink(mine, device(5))));
    }

    @Test
    void another_password_ends_all_other_tokens_and_the_devices_come_back_as_they_were() {
        final var user = new UserId("password");
        register(user, PASSWORD);
        final var mine = loggedIn(user);
        final var other = loggedIn(user);
        caller(other);
        final var caller = caller(mine);
        assertEquals(new Outcome.WrongPassword(), join(accounts.changePassword(caller, "wrong", "another password")));
        assertInstanceOf(Outcome.Invalid.class, join(accounts.changePassword(caller, PASSWORD, "short")));
        assertEquals(new Outcome.Done(), join(accounts.changePassword(caller, PASSWORD, "another password")));
        refusedHere(other);
        assertInstanceOf(Outcome.Unauthenticated.class, join(accounts.refresh(other.refreshToken())));
        assertEquals(caller, caller(mine));
        assertEquals(new Outcome.WrongPassword(), login(user, PASSWORD));
        final var back =
                join(accounts.login(user, "another password", phone(Optional.of(other.device())), Optional.empty()));
        assertEquals(other.device(), assertInstanceOf(Tokens.class, back).device());
    }

    @Test
    void a_disabled_account_is_shut_for_everyone_until_it_is_enabled() {
        final var user = new UserId("disabled");
        register(user, PASSWORD);
        final var tokens = loggedIn(user);
        final var caller = caller(tokens);
        assertEquals(caller, join(elsewhere.authenticate(tokens.token())));
        assertEquals(new Outcome.Done(), join(accounts.disable(user)));
        refusedHere(tokens);
        CLOCK.forward(AccountFixtures.settings().tokenCheckValid());
        assertInstanceOf(Outcome.Unauthenticated.class, join(elsewhere.authenticate(tokens.token())));
        assertEquals(new Outcome.Disabled(), login(user, PASSWORD));
        assertEquals(new Outcome.WrongPassword(), login(user, "a wrong password"), "strangers are not told");
        assertEquals(new Outcome.Disabled(), join(accounts.refresh(tokens.refreshToken())));
        final var seen = assertInstanceOf(Outcome.Examined.class, join(elsewhere.examine(user)));
        assertEquals(caller.uid(), seen.uid());
        assertTrue(seen.disabled().isPresent());
        assertEquals(1, seen.devices().size(), "what is written meanwhile is owed to it");

        assertEquals(new Outcome.Done(), join(elsewhere.enable(user)));
        assertInstanceOf(Outcome.Unauthenticated.class, join(accounts.refresh(tokens.refreshToken())));
        final var back = join(accounts.login(user, PASSWORD, phone(Optional.of(tokens.device())), Optional.empty()));
        assertEquals(tokens.device(), assertInstanceOf(Tokens.class, back).device());
    }

    @Test
    void an_operator_ends_sessions_of_one_device_or_of_all() {
        final var user = new UserId("ended");
        register(user, PASSWORD);
        final var phone = loggedIn(user);
        final var tablet = loggedIn(user);
        assertEquals(new Outcome.Done(), join(accounts.endTokens(user, Optional.of(phone.device()))));
        refusedHere(phone);
        caller(tablet);
        assertEquals(new Outcome.Done(), join(accounts.endTokens(user, Optional.empty())));
        refusedHere(tablet);
        final var nobody = new UserId("nobody-at-all");
        assertEquals(new Outcome.UnknownUser(nobody), join(accounts.endTokens(nobody, Optional.empty())));
        assertEquals(new Outcome.NoSuchDevice(device(5)), join(accounts.endTokens(user, Optional.of(device(5)))));
    }

    @Test
    void a_name_is_changed_for_everyone() {
        final var user = new UserId("renamed");
        register(user, PASSWORD);
        final var caller = caller(loggedIn(user));
        final var profile = new Outcome.Profile(user, "Ren\u00e9", caller.uid());
        assertEquals(profile, join(accounts.rename(caller, " Rene\u0301 ")));
        assertEquals(profile, join(elsewhere.profile(user)));
    }

    @Test
    void a_device_that_was_away_is_unlinked_when_the_inbox_says_so() {
        final var user = new UserId("away");
        register(user, PASSWORD);
        final var caller = caller(loggedIn(user));
        assertEquals(Optional.of(true), join(accounts.unlinkAway(user, caller.device(), caller.generation())));
        CLOCK.forward(Duration.ofDays(31));
        assertEquals(Optional.of(false), join(accounts.unlinkAway(user, caller.device(), caller.generation())));
        assertEquals(List.of(), INBOXES.last(user).devices());
    }

    @Test
    void an_account_that_was_stopped_comes_back_as_it_was_and_tells_the_inbox_again() {
        final var user = new UserId("stopped");
        register(user, PASSWORD);
        final var tokens = loggedIn(user);
        final var caller = caller(tokens);
        final int told = INBOXES.received(user).size();
        leaseHolds = false;
        assertInstanceOf(Outcome.Unavailable.class, join(accounts.profile(user)));
        leaseHolds = true;
        KIT.createTestProbe().awaitAssert(PATIENCE, () -> {
            accounts.announce(user); // again: the first may meet the account while it is stopping
            assertTrue(INBOXES.received(user).size() > told);
            return true;
        });
        CLOCK.forward(Duration.ofSeconds(2));
        assertEquals(caller, caller(tokens));
        assertEquals(caller.device(), refreshed(tokens).device());
    }

    @Test
    void nothing_that_must_stay_secret_is_in_a_log_line() {
        final var user = new UserId("discreet");
        register(user, PASSWORD);
        final var tokens = loggedIn(user);
        assertFalse(tokens.toString().contains(tokens.token()));
        assertFalse(tokens.toString().contains(tokens.refreshToken()));
        assertFalse(AccountFixtures.HASH.toString().contains("argon2"));
    }

    private static Accounts door(final TokenKeys keys, final AccountSettings settings) {
        return new Accounts(KIT.system(), INBOXES, keys, settings, CLOCK, new SecureRandom(), () -> leaseHolds);
    }

    private static LoginDevice phone(final Optional<DeviceId> id) {
        return new LoginDevice(id, "phone", "test");
    }

    private Outcome.Registration register(final UserId user, final String password) {
        return join(accounts.register(user, password, Optional.empty()));
    }

    private Outcome.Login login(final UserId user, final String password) {
        return join(accounts.login(user, password, phone(Optional.empty()), Optional.empty()));
    }

    private Tokens loggedIn(final UserId user) {
        return assertInstanceOf(Tokens.class, login(user, PASSWORD));
    }

    private Tokens refreshed(final Tokens tokens) {
        return assertInstanceOf(Tokens.class, join(accounts.refresh(tokens.refreshToken())));
    }

    private Caller caller(final Tokens tokens) {
        return assertInstanceOf(Caller.class, join(accounts.authenticate(tokens.token())));
    }

    private void refusedHere(final Tokens tokens) {
        assertInstanceOf(Outcome.Unauthenticated.class, join(accounts.authenticate(tokens.token())));
    }

    private static <T> T join(final CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}
