package io.parley.account;

import static io.parley.account.AccountFixtures.ADA;
import static io.parley.account.AccountFixtures.BO;
import static io.parley.account.AccountFixtures.HASH;
import static io.parley.account.AccountFixtures.NOON;
import static io.parley.account.AccountFixtures.OTHER_HASH;
import static io.parley.account.AccountFixtures.device;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.account.AccountFixtures.Heard;
import io.parley.account.AccountState.Somebody;
import io.parley.id.DeviceId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class AccountRulesTest {
    private final AccountCounters counters = new AccountCounters();
    private final AccountRules rules = new AccountRules(ADA, AccountFixtures.settings(), counters);
    private final InboxNews news = new InboxNews();
    private AccountState state = AccountState.NOBODY;
    private Instant now = NOON;
    private final Heard<AccountReply.ToAdminister> administered = new Heard<>();

    @Test
    void the_first_registration_wins_and_the_same_one_repeated_is_the_same() {
        assertEquals(new AccountReply.Began(ADA, "uid-1", "Ada"), register("uid-1"));
        assertEquals(new AccountReply.Began(ADA, "uid-1", "Ada"), register("uid-1"));
        assertEquals(new AccountReply.Exists(ADA), register("uid-2"));
        assertEquals(1, somebody().version());
    }

    @Test
    void nobody_can_log_in_before_registering() {
        final var heard = new Heard<AccountReply.ToLink>();
        decide(link(Optional.empty(), device(1), Optional.empty(), heard));
        assertEquals(new AccountReply.NoAccount(ADA), heard.last());
        assertEquals(AccountState.NOBODY, state);
    }

    @Test
    void each_login_gets_a_generation_that_was_never_used() {
        register("uid-1");
        final var first = login(1);
        final var again = loginAgain(first.device());
        assertEquals(first.device(), again.device());
        assertTrue(again.generation() > first.generation());
        assertEquals(1, somebody().devices().size());

        logout(again.device(), again.generation());
        final var anew = login(1); // even if chance gave the same id once more
        assertTrue(anew.generation() > again.generation());
    }

    @Test
    void the_same_device_again_keeps_its_place_and_its_date() {
        register("uid-1");
        final var first = login(1);
        login(2);
        now = now.plusSeconds(60);
        loginAgain(first.device());
        final var device = somebody().devices().getFirst();
        assertEquals(first.device(), device.id());
        assertEquals(NOON, device.linked());
        assertEquals(now, device.rotated());
    }

    @Test
    void an_unknown_device_id_is_a_new_device() {
        register("uid-1");
        final var heard = new Heard<AccountReply.ToLink>();
        decide(link(Optional.of(device(77)), device(3), Optional.empty(), heard));
        assertEquals(
                device(3),
                assertInstanceOf(AccountReply.Linked.class, heard.last()).device());
    }

    @Test
    void the_seventeenth_device_must_replace_one() {
        register("uid-1");
        for (int i = 1; i <= 16; i++) {
            login(i);
        }
        final var full = new Heard<AccountReply.ToLink>();
        decide(link(Optional.empty(), device(17), Optional.empty(), full));
        assertEquals(
                16,
                assertInstanceOf(AccountReply.Full.class, full.last()).devices().size());
        decide(link(Optional.empty(), device(17), Optional.of(device(99)), full));
        assertInstanceOf(AccountReply.Full.class, full.last(), "replacing a device that is not linked");
        assertTrue(somebody().device(device(17)).isEmpty());

        decide(link(Optional.empty(), device(17), Optional.of(device(4)), full));
        assertEquals(
                device(17),
                assertInstanceOf(AccountReply.Linked.class, full.last()).device());
        assertEquals(16, somebody().devices().size());
        assertTrue(somebody().device(device(4)).isEmpty());

        loginAgain(device(5)); // the same device again needs no room
        assertEquals(16, somebody().devices().size());
    }

    @Test
    void replace_leaves_everything_alone_while_there_is_room() {
        register("uid-1");
        login(1);
        decide(link(Optional.empty(), device(2), Optional.of(device(1)), new Heard<>()));
        assertTrue(somebody().device(device(1)).isPresent());
    }

    @Test
    void refreshing_goes_on_by_one_and_a_lost_answer_is_given_again_for_thirty_seconds() {
        register("uid-1");
        final var login = login(1);
        now = now.plusSeconds(100);
        final var rotation = new AccountReply.Rotated(ADA, "uid-1", 2, now);
        assertEquals(rotation, refresh(login, 1));
        now = now.plusSeconds(30);
        assertEquals(rotation, refresh(login, 1));
        assertEquals(new AccountReply.Rotated(ADA, "uid-1", 3, now), refresh(login, 2));
    }

    @Test
    void an_old_refresh_token_unlinks_the_device() {
        register("uid-1");
        final var login = login(1);
        refresh(login, 1);
        now = now.plus(Duration.ofMillis(30_001));
        assertEquals(new AccountReply.Ended(ADA), refresh(login, 1));
        assertTrue(somebody().devices().isEmpty());
        assertEquals(1, counters.of(AccountCounters.Counted.REFRESH_REUSED));
        assertEquals(new AccountReply.Ended(ADA), refresh(login, 2), "the newest one is over too");
    }

    @Test
    void the_token_before_the_last_is_old_even_within_thirty_seconds() {
        register("uid-1");
        final var login = login(1);
        refresh(login, 1);
        refresh(login, 2);
        assertEquals(new AccountReply.Ended(ADA), refresh(login, 1));
        assertTrue(somebody().devices().isEmpty());
    }

    @Test
    void a_refresh_token_of_an_earlier_login_changes_nothing() {
        register("uid-1");
        final var first = login(1);
        loginAgain(first.device());
        final var before = state;
        assertEquals(new AccountReply.Ended(ADA), refresh(first, 1));
        assertEquals(before, state);
    }

    @Test
    void a_refresh_token_from_the_future_changes_nothing() {
        register("uid-1");
        final var login = login(1);
        final var before = state;
        assertEquals(new AccountReply.Ended(ADA), refresh(login, 2));
        assertEquals(before, state);
    }

    @Test
    void another_password_ends_the_tokens_of_all_other_devices_but_leaves_them_linked() {
        register("uid-1");
        final var mine = login(1);
        final var other = login(2);
        final var heard = new Heard<AccountReply.ToChangePassword>();
        decide(new AccountCommand.ChangePassword(
                ADA, mine.device(), mine.generation(), somebody().passwordSince(), OTHER_HASH, heard));
        assertEquals(new AccountReply.Made(ADA), heard.last());
        assertTrue(somebody().device(mine.device(), mine.generation()).isPresent());
        assertTrue(somebody().device(other.device(), other.generation()).isEmpty());
        assertTrue(somebody().device(other.device()).isPresent());
        assertEquals(OTHER_HASH, somebody().password());
        assertInstanceOf(AccountReply.Rotated.class, refresh(mine, 1));
        assertEquals(new AccountReply.Ended(ADA), refresh(other, 1));
    }

    @Test
    void a_login_whose_password_was_changed_meanwhile_is_refused() {
        register("uid-1");
        final var mine = login(1);
        decide(new AccountCommand.ChangePassword(ADA, mine.device(), mine.generation(), 1, OTHER_HASH, new Heard<>()));
        final var heard = new Heard<AccountReply.ToLink>();
        decide(new AccountCommand.Link(
                ADA, 1, Optional.empty(), device(9), "n", "p", Optional.empty(), Optional.empty(), heard));
        assertEquals(new AccountReply.PasswordMoved(ADA), heard.last());
    }

    @Test
    void a_rehash_is_kept_without_ending_anything() {
        register("uid-1");
        final var first = login(1);
        decide(new AccountCommand.Link(
                ADA,
                1,
                Optional.empty(),
                device(2),
                "n",
                "p",
                Optional.empty(),
                Optional.of(OTHER_HASH),
                new Heard<>()));
        assertEquals(OTHER_HASH, somebody().password());
        assertEquals(1, somebody().passwordSince());
        assertTrue(somebody().device(first.device(), first.generation()).isPresent());
        assertEquals(
                somebody().version(), somebody().device(device(2)).orElseThrow().generation());
    }

    @Test
    void a_revoked_device_can_do_nothing() {
        register("uid-1");
        final var gone = login(1);
        final var other = login(2);
        final var unlinked = new Heard<AccountReply.ToUnlink>();
        decide(new AccountCommand.Unlink(ADA, other.device(), other.generation(), gone.device(), unlinked));
        assertEquals(new AccountReply.Made(ADA), unlinked.last());
        final var before = state;

        decide(new AccountCommand.Unlink(ADA, gone.device(), gone.generation(), other.device(), unlinked));
        assertEquals(new AccountReply.Ended(ADA), unlinked.last());
        final var renamed = new Heard<AccountReply.ToRename>();
        decide(new AccountCommand.Rename(ADA, gone.device(), gone.generation(), "Eve", renamed));
        assertEquals(new AccountReply.Ended(ADA), renamed.last());
        final var changed = new Heard<AccountReply.ToChangePassword>();
        decide(new AccountCommand.ChangePassword(ADA, gone.device(), gone.generation(), 1, OTHER_HASH, changed));
        assertEquals(new AccountReply.Ended(ADA), changed.last());
        final var listed = new Heard<AccountReply.ToDevices>();
        decide(new AccountCommand.Devices(ADA, gone.device(), gone.generation(), listed));
        assertEquals(new AccountReply.Ended(ADA), listed.last());
        assertEquals(before, state);
    }

    @Test
    void a_device_is_away_only_if_it_did_not_speak_to_the_account_either() {
        register("uid-1");
        final var login = login(1);
        final var heard = new Heard<AccountReply.ToUnlinkAway>();
        now = NOON.plus(Duration.ofDays(30)).minusSeconds(1);
        decide(new AccountCommand.UnlinkAway(ADA, login.device(), login.generation(), heard));
        assertEquals(new AccountReply.AwayHandled(ADA, login.device(), true), heard.last());
        now = NOON.plus(Duration.ofDays(30));
        decide(new AccountCommand.UnlinkAway(ADA, login.device(), login.generation() - 1, heard));
        assertEquals(new AccountReply.AwayHandled(ADA, login.device(), true), heard.last(), "it logged in since");
        decide(new AccountCommand.UnlinkAway(ADA, login.device(), login.generation(), heard));
        assertEquals(new AccountReply.AwayHandled(ADA, login.device(), false), heard.last());
        assertTrue(somebody().devices().isEmpty());
    }

    private Heard<AccountReply.ToLink> loginThatWaitsForTheInbox() {
        final var heard = new Heard<AccountReply.ToLink>();
        final var login = rules.decide(state, news, link(Optional.empty(), device(1), Optional.empty(), heard), now);
        login.events().forEach(event -> state = state.apply(event));
        news.await(new InboxNews.Waiting(
                somebody().listed(), login.answers().getFirst(), now.plusSeconds(5), login.newly()));
        return heard;
    }

    @Test
    void a_login_the_inbox_never_confirmed_is_refused_and_leaves_no_device() {
        register("uid-1");
        final var heard = loginThatWaitsForTheInbox();

        decide(new AccountCommand.Remind(ADA));
        assertEquals(List.of(), heard.all());
        now = now.plusSeconds(5);
        decide(new AccountCommand.Remind(ADA));
        assertEquals(List.of(new AccountReply.NotNow(ADA)), heard.all());
        assertTrue(somebody().devices().isEmpty());
        decide(new InboxNoted(ADA, somebody().listed()));
        assertEquals(1, heard.all().size(), "and it is answered once");
    }

    @Test
    void a_disabled_account_ends_its_tokens_and_lets_nobody_in_until_it_is_enabled() {
        register("uid-1");
        final var phone = login(1);
        administer(new AccountCommand.Disable(ADA, administered));
        assertEquals(Optional.of(NOON), somebody().disabled());
        final var device = somebody().device(phone.device()).orElseThrow();
        assertTrue(device.generation() > phone.generation(), "the inbox closes its sockets");
        assertEquals(new AccountReply.Barred(ADA), refresh(phone, 1));
        final var heard = new Heard<AccountReply.ToLink>();
        decide(link(Optional.of(phone.device()), device(2), Optional.empty(), heard));
        assertEquals(new AccountReply.Barred(ADA), heard.last());

        final var before = state;
        administer(new AccountCommand.Disable(ADA, administered)); // as it is already
        assertEquals(before, state);

        administer(new AccountCommand.Enable(ADA, administered));
        assertEquals(Optional.empty(), somebody().disabled());
        assertEquals(new AccountReply.Ended(ADA), refresh(phone, 1));
        assertTrue(loginAgain(phone.device()).generation() > device.generation());
        assertEquals(1, somebody().devices().size(), "what was owed to it still is");
        final var after = state;
        administer(new AccountCommand.Enable(ADA, administered));
        assertEquals(after, state);
    }

    @Test
    void an_operator_ends_the_tokens_of_one_device_or_of_all_and_unlinks_none() {
        register("uid-1");
        final var phone = login(1);
        final var tablet = login(2);
        administer(new AccountCommand.EndTokens(ADA, Optional.of(phone.device()), administered));
        assertEquals(new AccountReply.Ended(ADA), refresh(phone, 1));
        assertInstanceOf(AccountReply.Rotated.class, refresh(tablet, 1));
        administer(new AccountCommand.EndTokens(ADA, Optional.empty(), administered));
        assertEquals(new AccountReply.Ended(ADA), refresh(tablet, 2));
        assertEquals(2, somebody().devices().size());
        final var before = state;
        decide(new AccountCommand.EndTokens(ADA, Optional.of(device(3)), administered));
        assertEquals(new AccountReply.NotOnList(ADA, device(3)), administered.last());
        assertEquals(before, state);
    }

    @Test
    void an_operator_sees_what_the_account_is() {
        final var heard = new Heard<AccountReply.ToExamine>();
        decide(new AccountCommand.Examine(ADA, heard));
        assertEquals(new AccountReply.NoAccount(ADA), heard.last());
        register("uid-1");
        final var phone = login(1);
        decide(new AccountCommand.Examine(ADA, heard));
        final var devices = List.of(new Outcome.DeviceOnList(phone.device(), "phone", "test", NOON));
        assertEquals(new AccountReply.Examined(ADA, "uid-1", "Ada", NOON, Optional.empty(), devices), heard.last());
    }

    @Test
    void nobody_can_be_administered_before_registering() {
        decide(new AccountCommand.Disable(ADA, administered));
        assertEquals(new AccountReply.NoAccount(ADA), administered.last());
        decide(new AccountCommand.Enable(ADA, administered));
        assertEquals(new AccountReply.NoAccount(ADA), administered.last());
        decide(new AccountCommand.EndTokens(ADA, Optional.empty(), administered));
        assertEquals(new AccountReply.NoAccount(ADA), administered.last());
        decide(new AccountCommand.Delete(ADA, administered));
        assertEquals(new AccountReply.NoAccount(ADA), administered.last());
        assertEquals(AccountState.NOBODY, state);
    }

    @Test
    void a_deleted_account_keeps_its_name_for_ever_and_nothing_else() {
        register("uid-1");
        login(1);
        login(2);
        now = NOON.plusSeconds(60);
        administer(new AccountCommand.Delete(ADA, administered));
        assertEquals(new AccountState.Gone("uid-1", NOON, now, 5, 5), state);
        final var told = rules.linkedDevices(gone(), new Heard<>());
        assertTrue(told.gone());
        assertEquals(List.of(), told.devices());
        assertEquals(5, told.version());

        assertEquals(new AccountReply.Exists(ADA), register("uid-1")); // also the same registration, come late
        assertEquals(new AccountReply.Exists(ADA), register("uid-2"));
        final var examined = new Heard<AccountReply.ToExamine>();
        decide(new AccountCommand.Examine(ADA, examined));
        assertEquals(new AccountReply.WasDeleted(ADA, "uid-1", NOON, now), examined.last());
        assertEquals(5, gone().version());
    }

    @Test
    void of_a_deleted_account_everybody_hears_what_is_said_of_a_name_that_nobody_has() {
        final var before = everything();
        register("uid-1");
        final var phone = login(1);
        administer(new AccountCommand.Delete(ADA, administered));
        final var deleted = state;
        assertEquals(before, everything());
        assertEquals(new AccountReply.Ended(ADA), refresh(phone, 1));
        assertEquals(deleted, state);
    }

    /// What an account answers to everything that is not said by who registers or deletes.
    private List<AccountReply> everything() {
        final var heard = new Heard<AccountReply>();
        final var one = device(1);
        for (final var command : List.of(
                new AccountCommand.Credentials(ADA, heard::tell),
                new AccountCommand.Link(
                        ADA, 1, Optional.of(one), one, "n", "p", Optional.empty(), Optional.empty(), heard::tell),
                new AccountCommand.Refresh(ADA, one, 2, 1, heard::tell),
                new AccountCommand.Logout(ADA, one, 2, heard::tell),
                new AccountCommand.ChangePassword(ADA, one, 2, 1, OTHER_HASH, heard::tell),
                new AccountCommand.Devices(ADA, one, 2, heard::tell),
                new AccountCommand.Unlink(ADA, one, 2, one, heard::tell),
                new AccountCommand.UnlinkAway(ADA, one, 2, heard::tell),
                new AccountCommand.Profile(ADA, heard::tell),
                new AccountCommand.Disable(ADA, heard::tell),
                new AccountCommand.Enable(ADA, heard::tell),
                new AccountCommand.EndTokens(ADA, Optional.of(one), heard::tell),
                new AccountCommand.Rename(ADA, one, 2, "Ada", heard::tell),
                new AccountCommand.Confirm(ADA, heard::tell))) {
            decide(command);
        }
        assertEquals(14, heard.all().size());
        return heard.all();
    }

    @Test
    void deleted_again_an_account_stays_as_it_is_and_the_operator_hears_so_when_the_inbox_is_erased() {
        register("uid-1");
        administer(new AccountCommand.Delete(ADA, administered));
        final var first = gone();
        now = NOON.plusSeconds(60);
        final var decision = rules.decide(state, news, new AccountCommand.Delete(ADA, administered), now);
        assertTrue(decision.onceNoted());
        administer(new AccountCommand.Delete(ADA, administered));
        assertEquals(
                new AccountState.Gone("uid-1", NOON, NOON, first.version() + 1, first.listed()),
                state,
                "stored once more, so that what is left of it is deleted once more");
    }

    @Test
    void an_inbox_that_does_not_confirm_is_told_again_and_the_operator_hears_that_it_is_late() {
        register("uid-1");
        final var decision = rules.decide(state, news, new AccountCommand.Delete(ADA, administered), now);
        assertTrue(decision.onceNoted());
        decision.events().forEach(event -> state = state.apply(event));
        news.await(new InboxNews.Waiting(
                gone().listed(), decision.answers().getFirst(), now.plusSeconds(5), decision.newly()));
        now = now.plusSeconds(5);
        final var late = rules.decide(state, news, new AccountCommand.Remind(ADA), now);
        assertTrue(late.tellInbox());
        late.refusals().forEach(Answer::refuse);
        assertEquals(List.of(new AccountReply.NotNow(ADA)), administered.all());
        assertEquals(1, counters.of(AccountCounters.Counted.INBOX_LATE));
        decide(new InboxNoted(ADA, gone().listed()));
        assertFalse(
                rules.decide(state, news, new AccountCommand.Remind(ADA), now).tellInbox());
        assertTrue(
                rules.decide(state, news, new AccountCommand.Announce(ADA), now).tellInbox());
    }

    @Test
    void whoever_waits_for_the_inbox_when_the_account_is_deleted_is_refused() {
        register("uid-1");
        final var heard = loginThatWaitsForTheInbox();
        administer(new AccountCommand.Delete(ADA, administered));
        assertEquals(List.of(new AccountReply.NotNow(ADA)), heard.all());
        decide(new InboxNoted(ADA, gone().listed()));
        assertEquals(1, heard.all().size());
    }

    private AccountState.Gone gone() {
        return assertInstanceOf(AccountState.Gone.class, state);
    }

    private void administer(final AccountCommand command) {
        decide(command);
        assertEquals(new AccountReply.Made(ADA), administered.last());
    }

    @Test
    void an_account_refuses_and_counts_what_is_for_another() {
        register("uid-1");
        final var before = state;
        final var heard = new Heard<AccountReply.ToProfile>();
        decide(new AccountCommand.Profile(BO, heard));
        assertEquals(new AccountReply.NotNow(BO), heard.last());
        decide(new InboxNoted(BO, 1_000));
        assertFalse(news.knows(1_000));
        assertEquals(2, counters.of(AccountCounters.Counted.MISADDRESSED));
        assertEquals(before, state);
    }

    @Test
    void no_more_wait_for_the_inbox_than_there_is_room_for() {
        register("uid-1");
        final var heard = new Heard<AccountReply.ToLink>();
        final var link = link(Optional.empty(), device(1), Optional.empty(), heard);
        for (int i = 0; i < InboxNews.WAITING_MAX; i++) {
            news.await(new InboxNews.Waiting(99, new Answer(link, () -> {}), now, Optional.empty()));
        }
        final var before = state;
        decide(link);
        assertEquals(List.of(new AccountReply.NotNow(ADA)), heard.all());
        assertEquals(before, state);
    }

    private Somebody somebody() {
        return assertInstanceOf(Somebody.class, state);
    }

    private AccountReply.ToRegister register(final String uid) {
        final var heard = new Heard<AccountReply.ToRegister>();
        decide(new AccountCommand.Register(ADA, uid, "Ada", HASH, heard));
        return heard.last();
    }

    private AccountReply.Linked login(final int device) {
        return login(Optional.empty(), device(device));
    }

    private AccountReply.Linked loginAgain(final DeviceId device) {
        return login(Optional.of(device), device(1_000));
    }

    private AccountReply.Linked login(final Optional<DeviceId> wanted, final DeviceId fresh) {
        final var heard = new Heard<AccountReply.ToLink>();
        decide(link(wanted, fresh, Optional.empty(), heard));
        return assertInstanceOf(AccountReply.Linked.class, heard.last());
    }

    private AccountCommand.Link link(
            final Optional<DeviceId> wanted,
            final DeviceId fresh,
            final Optional<DeviceId> replace,
            final Heard<AccountReply.ToLink> heard) {
        final long since = state instanceof Somebody somebody ? somebody.passwordSince() : 1;
        return new AccountCommand.Link(ADA, since, wanted, fresh, "phone", "test", replace, Optional.empty(), heard);
    }

    private AccountReply.ToRefresh refresh(final AccountReply.Linked login, final long counter) {
        final var heard = new Heard<AccountReply.ToRefresh>();
        decide(new AccountCommand.Refresh(ADA, login.device(), login.generation(), counter, heard));
        return heard.last();
    }

    private void logout(final DeviceId device, final long generation) {
        final var heard = new Heard<AccountReply.ToLogout>();
        decide(new AccountCommand.Logout(ADA, device, generation, heard));
        assertEquals(new AccountReply.Made(ADA), heard.last());
    }

    /// As the actor does, with an inbox that confirms at once.
    private void decide(final AccountCommand command) {
        final var decision = rules.decide(state, news, command, now);
        decision.events().forEach(event -> state = state.apply(event));
        decision.answers().forEach(Answer::give);
        decision.refusals().forEach(Answer::refuse);
    }
}
