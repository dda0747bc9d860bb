package io.parley.account;

import static io.parley.account.AccountFixtures.ADA;
import static io.parley.account.AccountFixtures.HASH;
import static io.parley.account.AccountFixtures.NOON;
import static io.parley.account.AccountFixtures.OTHER_HASH;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.account.AccountFixtures.Heard;
import io.parley.account.AccountState.Gone;
import io.parley.account.AccountState.Somebody;
import io.parley.id.DeviceId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// Random lives of an account, each step judged by a model that knows only which tokens were given to whom.
final class AccountRulesPropertyTest {
    private static final int LIVES = 1_000;
    private static final int STEPS = 120;
    private static final AccountSettings SETTINGS = AccountFixtures.settings();

    @Test
    void in_any_life_only_the_newest_tokens_of_linked_devices_count() {
        live(Life::run);
    }

    @Test
    void after_any_life_a_deleted_account_lets_nobody_in_and_takes_nothing_more() {
        live(Life::runToTheEnd);
    }

    private static void live(final Consumer<Life> how) {
        for (long seed = 0; seed < LIVES; seed++) {
            try {
                how.accept(new Life(new SplittableRandom(seed)));
            } catch (final AssertionError | RuntimeException failure) {
                throw new AssertionError("seed " + seed, failure);
            }
        }
    }

    /// A refresh token somebody holds.
    private record Held(DeviceId device, long generation, long counter) {}

    /// The newest token of a linked device, and when it was given.
    private record Newest(long generation, long counter, Instant given) {}

    private static final class Life {
        private final SplittableRandom random;
        private final AccountRules rules = new AccountRules(ADA, SETTINGS, new AccountCounters());
        private final InboxNews news = new InboxNews();
        private final List<AccountEvent> journal = new ArrayList<>();
        private final Map<DeviceId, Newest> model = new TreeMap<>();
        private final List<Held> held = new ArrayList<>();
        private final HashSet<Long> generations = new HashSet<>();
        private AccountState state = AccountState.NOBODY;
        private Instant now = NOON;
        private int names;
        private boolean disabled;

        Life(final SplittableRandom random) {
            this.random = random;
        }

        void run() {
            decide(new AccountCommand.Register(ADA, "uid", "Ada", HASH, new Heard<>()));
            for (int step = 0; step < STEPS; step++) {
                now = now.plusSeconds(random.nextInt(20));
                step();
                judge();
            }
            AccountState folded = AccountState.NOBODY;
            for (final var event : journal) {
                folded = folded.apply(event);
            }
            assertEquals(folded, state);
        }

        /// Is deleted somewhere on the way, and everybody goes on trying.
        void runToTheEnd() {
            decide(new AccountCommand.Register(ADA, "uid", "Ada", HASH, new Heard<>()));
            for (int left = random.nextInt(STEPS); left > 0; left--) {
                now = now.plusSeconds(random.nextInt(20));
                step();
            }
            final var deleted = now;
            administer(new AccountCommand.Delete(ADA, new Heard<>()));
            for (int step = 0; step < STEPS; step++) {
                now = now.plusSeconds(random.nextInt(20));
                trySomething();
                final var gone = assertInstanceOf(Gone.class, state);
                assertEquals(journal.size(), gone.version());
                assertEquals(deleted, gone.deleted());
            }
            assertEquals(state, journal.stream().reduce(AccountState.NOBODY, AccountState::apply, (_, later) -> later));
        }

        private void trySomething() {
            final var heard = new Heard<AccountReply>();
            final var token =
                    held.isEmpty() ? new Held(AccountFixtures.device(1), 2, 1) : held.get(random.nextInt(held.size()));
            final AccountCommand command = switch (random.nextInt(8)) {
                case 0 -> new AccountCommand.Register(ADA, "uid", "Ada", HASH, heard::tell);
                case 1 -> new AccountCommand.Credentials(ADA, heard::tell);
                case 2 ->
                    new AccountCommand.Link(
                            ADA,
                            random.nextInt(1, 60),
                            Optional.of(token.device()),
                            AccountFixtures.device(++names),
                            "n",
                            "p",
                            Optional.empty(),
                            Optional.of(OTHER_HASH),
                            heard::tell);
                case 3 ->
                    new AccountCommand.Refresh(ADA, token.device(), token.generation(), token.counter(), heard::tell);
                case 4 -> new AccountCommand.Rename(ADA, token.device(), token.generation(), "Eve", heard::tell);
                case 5 -> new AccountCommand.Confirm(ADA, heard::tell);
                case 6 -> new AccountCommand.Enable(ADA, heard::tell);
                default -> new AccountCommand.Delete(ADA, heard::tell);
            };
            administer(command);
            switch (heard.last()) {
                case AccountReply.Exists _, AccountReply.NoAccount _, AccountReply.Ended _ -> {}
                case AccountReply.Made _ -> assertInstanceOf(AccountCommand.Delete.class, command);
                default -> throw new AssertionError(command + " is answered with " + heard.last());
            }
        }

        /// As `decide`, of an account that is perhaps no more.
        private void administer(final AccountCommand command) {
            final var decision = rules.decide(state, news, command, now);
            for (final var event : decision.events()) {
                assertTrue(!(state instanceof Gone) || event instanceof AccountEvent.Deleted, event::toString);
                journal.add(event);
                state = state.apply(event);
            }
            decision.answers().forEach(Answer::give);
            decision.refusals().forEach(Answer::refuse);
        }

        private void step() {
            switch (random.nextInt(12)) {
                case 0, 1 -> login();
                case 2 -> logout();
                case 3 -> changePassword();
                case 4 -> away();
                case 5 -> decide(new AccountCommand.Remind(ADA));
                case 6 -> administer();
                default -> refresh();
            }
        }

        private void login() {
            final boolean again = random.nextBoolean();
            final Optional<DeviceId> wanted = again ? anyDevice() : Optional.empty();
            final var replace = random.nextBoolean() ? anyDevice() : Optional.<DeviceId>empty();
            final var heard = new Heard<AccountReply.ToLink>();
            final int before = model.size();
            decide(new AccountCommand.Link(
                    ADA,
                    somebody().passwordSince(),
                    wanted,
                    AccountFixtures.device(++names),
                    "n",
                    "p",
                    replace,
                    random.nextInt(8) == 0 ? Optional.of(OTHER_HASH) : Optional.empty(),
                    heard));
            switch (heard.last()) {
                case AccountReply.Linked linked -> {
                    assertFalse(disabled, "let in though the door is closed");
                    if (before == 16 && !model.containsKey(linked.device())) {
                        model.remove(replace.orElseThrow());
                    }
                    assertTrue(generations.add(linked.generation()), "a generation came twice");
                    give(linked.device(), linked.generation(), linked.counter(), linked.at());
                }
                case AccountReply.Full full -> assertEquals(16, before, "no room although there was some");
                case AccountReply.Barred _ -> assertTrue(disabled, "refused though the door is open");
                case AccountReply.PasswordMoved moved -> throw new AssertionError(moved);
                case AccountReply.NoAccount none -> throw new AssertionError(none);
                case AccountReply.NotNow not -> throw new AssertionError(not);
            }
        }

        private void refresh() {
            if (held.isEmpty()) {
                return;
            }
            final var token = held.get(held.size() - 1 - random.nextInt(Math.min(held.size(), 6)));
            final var newest = Optional.ofNullable(model.get(token.device()))
                    .filter(one -> one.generation() == token.generation());
            final var heard = new Heard<AccountReply.ToRefresh>();
            decide(new AccountCommand.Refresh(ADA, token.device(), token.generation(), token.counter(), heard));
            if (disabled) {
                assertEquals(new AccountReply.Barred(ADA), heard.last());
            } else if (newest.isEmpty()) {
                assertEquals(new AccountReply.Ended(ADA), heard.last());
            } else if (token.counter() == newest.get().counter()) {
                give(token.device(), token.generation(), token.counter() + 1, now);
                assertEquals(new AccountReply.Rotated(ADA, "uid", token.counter() + 1, now), heard.last());
            } else if (token.counter() == newest.get().counter() - 1
                    && Duration.between(newest.get().given(), now).toSeconds() <= 30) {
                final var same = new AccountReply.Rotated(
                        ADA, "uid", newest.get().counter(), newest.get().given());
                assertEquals(same, heard.last());
            } else {
                model.remove(token.device());
                assertEquals(new AccountReply.Ended(ADA), heard.last());
            }
        }

        private void logout() {
            if (held.isEmpty()) {
                return;
            }
            final var by = held.get(random.nextInt(held.size()));
            final var heard = new Heard<AccountReply.ToLogout>();
            decide(new AccountCommand.Logout(ADA, by.device(), by.generation(), heard));
            if (isLinked(by)) {
                model.remove(by.device());
                assertEquals(new AccountReply.Made(ADA), heard.last());
            } else {
                assertEquals(new AccountReply.Ended(ADA), heard.last());
            }
        }

        private void changePassword() {
            if (held.isEmpty() || random.nextInt(3) > 0) {
                return;
            }
            final var by = held.get(random.nextInt(held.size()));
            final var heard = new Heard<AccountReply.ToChangePassword>();
            decide(new AccountCommand.ChangePassword(
                    ADA, by.device(), by.generation(), somebody().passwordSince(), OTHER_HASH, heard));
            if (isLinked(by)) {
                final long generation = somebody().version();
                generations.add(generation);
                model.replaceAll(
                        (device, newest) -> device.equals(by.device()) ? newest : new Newest(generation, 1, now));
            }
        }

        private void administer() {
            switch (random.nextInt(4)) {
                case 0 -> {
                    decide(new AccountCommand.Disable(ADA, new Heard<>()));
                    if (!disabled) {
                        end(somebody().version() - 1, Optional.empty()); // the door closes behind it
                    }
                    disabled = true;
                }
                case 1 -> {
                    final var device = random.nextBoolean() ? anyDevice() : Optional.<DeviceId>empty();
                    decide(new AccountCommand.EndTokens(ADA, device, new Heard<>()));
                    end(somebody().version(), device);
                }
                default -> {
                    decide(new AccountCommand.Enable(ADA, new Heard<>()));
                    disabled = false;
                }
            }
        }

        private void end(final long generation, final Optional<DeviceId> device) {
            generations.add(generation);
            model.replaceAll(
                    (each, newest) -> device.map(each::equals).orElse(true) ? new Newest(generation, 1, now) : newest);
        }

        private void away() {
            if (random.nextInt(6) > 0) {
                return;
            }
            anyDevice().ifPresent(device -> {
                now = now.plus(Duration.ofDays(31));
                final long generation = Optional.ofNullable(model.get(device))
                        .map(Newest::generation)
                        .orElse(0L);
                decide(new AccountCommand.UnlinkAway(ADA, device, generation, new Heard<>()));
                model.remove(device);
            });
        }

        private boolean isLinked(final Held by) {
            final var newest = model.get(by.device());
            return newest != null && newest.generation() == by.generation();
        }

        private Optional<DeviceId> anyDevice() {
            final var known = List.copyOf(model.keySet());
            return known.isEmpty() ? Optional.empty() : Optional.of(known.get(random.nextInt(known.size())));
        }

        private void give(final DeviceId device, final long generation, final long counter, final Instant at) {
            model.put(device, new Newest(generation, counter, at));
            held.add(new Held(device, generation, counter));
        }

        private void judge() {
            final var somebody = somebody();
            final var linked = new TreeMap<DeviceId, Newest>();
            somebody.devices()
                    .forEach(device -> linked.put(
                            device.id(), new Newest(device.generation(), device.counter(), device.rotated())));
            assertEquals(model, linked);
            assertTrue(model.size() <= 16);
            assertEquals(journal.size(), somebody.version());
            assertEquals(disabled, somebody.disabled().isPresent());
        }

        private Somebody somebody() {
            return assertInstanceOf(Somebody.class, state);
        }

        private void decide(final AccountCommand command) {
            final var listBefore = state instanceof Somebody before ? before.linked() : List.<LinkedDevice>of();
            final long listedBefore = state instanceof Somebody before ? before.listed() : 0;
            final var decision = rules.decide(state, news, command, now);
            for (final var event : decision.events()) {
                journal.add(event);
                state = state.apply(event);
            }
            if (!somebody().linked().equals(listBefore)) {
                assertTrue(somebody().listed() > listedBefore, "the inbox would not hear of it");
            }
            decision.answers().forEach(Answer::give);
            decision.refusals().forEach(Answer::refuse);
            news.noted(somebody().listed());
        }
    }
}
