package io.parley.account;

import io.parley.account.AccountCommand.Announce;
import io.parley.account.AccountCommand.ChangePassword;
import io.parley.account.AccountCommand.Confirm;
import io.parley.account.AccountCommand.Credentials;
import io.parley.account.AccountCommand.Delete;
import io.parley.account.AccountCommand.Devices;
import io.parley.account.AccountCommand.Disable;
import io.parley.account.AccountCommand.Enable;
import io.parley.account.AccountCommand.EndTokens;
import io.parley.account.AccountCommand.Examine;
import io.parley.account.AccountCommand.Link;
import io.parley.account.AccountCommand.Logout;
import io.parley.account.AccountCommand.Profile;
import io.parley.account.AccountCommand.Refresh;
import io.parley.account.AccountCommand.Register;
import io.parley.account.AccountCommand.Remind;
import io.parley.account.AccountCommand.Rename;
import io.parley.account.AccountCommand.Unlink;
import io.parley.account.AccountCommand.UnlinkAway;
import io.parley.account.AccountEvent.Deleted;
import io.parley.account.AccountEvent.DeviceLinked;
import io.parley.account.AccountEvent.DeviceUnlinked;
import io.parley.account.AccountEvent.Disabled;
import io.parley.account.AccountEvent.Enabled;
import io.parley.account.AccountEvent.PasswordChanged;
import io.parley.account.AccountEvent.PasswordRehashed;
import io.parley.account.AccountEvent.Registered;
import io.parley.account.AccountEvent.Renamed;
import io.parley.account.AccountEvent.TokenRefreshed;
import io.parley.account.AccountEvent.TokensEnded;
import io.parley.account.AccountEvent.Why;
import io.parley.account.AccountReply.AwayHandled;
import io.parley.account.AccountReply.Barred;
import io.parley.account.AccountReply.Began;
import io.parley.account.AccountReply.Confirmed;
import io.parley.account.AccountReply.Ended;
import io.parley.account.AccountReply.Examined;
import io.parley.account.AccountReply.Exists;
import io.parley.account.AccountReply.Full;
import io.parley.account.AccountReply.Known;
import io.parley.account.AccountReply.Linked;
import io.parley.account.AccountReply.Listed;
import io.parley.account.AccountReply.Made;
import io.parley.account.AccountReply.NoAccount;
import io.parley.account.AccountReply.NotOnList;
import io.parley.account.AccountReply.PasswordMoved;
import io.parley.account.AccountReply.Rotated;
import io.parley.account.AccountReply.Shown;
import io.parley.account.AccountReply.WasDeleted;
import io.parley.account.AccountState.Begun;
import io.parley.account.AccountState.Device;
import io.parley.account.AccountState.Gone;
import io.parley.account.AccountState.Nobody;
import io.parley.account.AccountState.Somebody;
import io.parley.cluster.ReplyTo;
import io.parley.id.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What an account decides. No Pekko, no clock, no randomness: everything comes in.
final class AccountRules {
    private final UserId self;
    private final Duration refreshGrace;
    private final Duration awayAfter;
    private final AccountCounters counters;

    AccountRules(final UserId self, final AccountSettings settings, final AccountCounters counters) {
        this.self = self;
        this.refreshGrace = settings.refreshGrace();
        this.awayAfter = settings.awayAfter();
        this.counters = counters;
    }

    /// @param news what the inbox knows; only the inbox's own word, the timer and the account's end change it
    Decision decide(final AccountState state, final InboxNews news, final AccountCommand command, final Instant now) {
        if (!command.user().equals(self)) {
            counters.add(AccountCounters.Counted.MISADDRESSED);
            return refused(command);
        }
        return switch (state) {
            case Nobody _ -> beforeRegistration(news, command, now);
            case Somebody somebody -> decide(somebody, news, command, now);
            case Gone gone -> afterTheEnd(gone, news, command, now);
        };
    }

    private Decision beforeRegistration(final InboxNews news, final AccountCommand command, final Instant now) {
        return switch (command) {
            case Register c -> register(c, news, now);
            case Credentials c -> answer(c, c.replyTo(), new NoAccount(self));
            case Link c -> answer(c, c.replyTo(), new NoAccount(self));
            case Refresh c -> answer(c, c.replyTo(), new Ended(self));
            case Logout c -> answer(c, c.replyTo(), new Ended(self));
            case ChangePassword c -> answer(c, c.replyTo(), new Ended(self));
            case Devices c -> answer(c, c.replyTo(), new Ended(self));
            case Unlink c -> answer(c, c.replyTo(), new Ended(self));
            case UnlinkAway c -> answer(c, c.replyTo(), new AwayHandled(self, c.device(), false));
            case Profile c -> answer(c, c.replyTo(), new NoAccount(self));
            case Examine c -> answer(c, c.replyTo(), new NoAccount(self));
            case Disable c -> answer(c, c.replyTo(), new NoAccount(self));
            case Enable c -> answer(c, c.replyTo(), new NoAccount(self));
            case EndTokens c -> answer(c, c.replyTo(), new NoAccount(self));
            case Delete c -> answer(c, c.replyTo(), new NoAccount(self));
            case Rename c -> answer(c, c.replyTo(), new Ended(self));
            case Confirm c -> answer(c, c.replyTo(), new NoAccount(self));
            case InboxNoted _ -> Decision.nothing();
            case Announce _ -> Decision.nothing();
            case Remind _ -> Decision.nothing();
        };
    }

    /// Everybody hears what is said of a name that nobody has, but that it is taken; operators hear more.
    private Decision afterTheEnd(
            final Gone state, final InboxNews news, final AccountCommand command, final Instant now) {
        return switch (command) {
            case Register c -> answer(c, c.replyTo(), new Exists(self));
            case Credentials _,
                    Link _,
                    Refresh _,
                    Logout _,
                    ChangePassword _,
                    Devices _,
                    Unlink _,
                    UnlinkAway _,
                    Profile _,
                    Disable _,
                    Enable _,
                    EndTokens _,
                    Rename _,
                    Confirm _ -> beforeRegistration(news, command, now);
            case Examine c ->
                answer(c, c.replyTo(), new WasDeleted(self, state.uid(), state.registered(), state.deleted()));
            case Delete c -> deleteAgain(news, c, now);
            case InboxNoted c -> Decision.answers(news.noted(c.version()));
            case Announce _ -> Decision.tell();
            case Remind _ -> remind(state, news, now);
        };
    }

    private Decision decide(
            final Somebody state, final InboxNews news, final AccountCommand command, final Instant now) {
        return switch (command) {
            case Register c -> registerAgain(state, news, c);
            case Credentials c -> answer(c, c.replyTo(), new Known(self, state.password(), state.passwordSince()));
            case Link c -> link(state, news, c, now);
            case Refresh c -> refresh(state, c, now);
            case Logout c -> logout(state, c, now);
            case ChangePassword c -> changePassword(state, c, now);
            case Devices c -> devices(state, c);
            case Unlink c -> unlink(state, c, now);
            case UnlinkAway c -> unlinkAway(state, c, now);
            case Profile c -> answer(c, c.replyTo(), new Shown(self, state.name(), state.uid()));
            case Examine c -> examine(state, c);
            case Disable c -> disable(state, c, now);
            case Enable c -> enable(state, c, now);
            case EndTokens c -> endTokens(state, c, now);
            case Delete c -> delete(news, state, c, now);
            case Rename c -> rename(state, c, now);
            case Confirm c -> answer(c, c.replyTo(), new Confirmed(self, state.uid(), state.linked(), state.version()));
            case InboxNoted c -> Decision.answers(news.noted(c.version()));
            case Announce _ -> Decision.tell();
            case Remind _ -> remind(state, news, now);
        };
    }

    private Decision register(final Register c, final InboxNews news, final Instant now) {
        if (news.isFull()) {
            return queueFull(c);
        }
        final var event = new Registered(c.uid(), c.name(), c.password(), now);
        return Decision.persist(event, Answer.to(c, c.replyTo(), new Began(self, c.uid(), c.name())))
                .onceNoted(Optional.empty());
    }

    private Decision registerAgain(final Somebody state, final InboxNews news, final Register c) {
        if (!state.uid().equals(c.uid())) {
            return answer(c, c.replyTo(), new Exists(self));
        }
        if (news.isFull()) {
            return queueFull(c);
        }
        return answer(c, c.replyTo(), new Began(self, state.uid(), state.name())) // our answer was lost
                .onceNoted(Optional.empty());
    }

    private Decision link(final Somebody state, final InboxNews news, final Link c, final Instant now) {
        if (c.passwordSince() != state.passwordSince()) {
            return answer(c, c.replyTo(), new PasswordMoved(self));
        }
        if (state.disabled().isPresent()) { // said only to who knows the password
            counters.add(AccountCounters.Counted.DISABLED_REFUSED);
            return answer(c, c.replyTo(), new Barred(self));
        }
        if (news.isFull()) {
            return queueFull(c);
        }
        final var again = c.wanted().flatMap(state::device).or(() -> state.device(c.fresh()));
        final var events = new ArrayList<AccountEvent>();
        c.rehash().map(PasswordRehashed::new).ifPresent(events::add);
        if (again.isEmpty() && state.devices().size() >= LinkedDevices.DEVICES_MAX) {
            final var leaves = c.replace().flatMap(state::device);
            if (leaves.isEmpty()) {
                return answer(c, c.replyTo(), new Full(self, onList(state)));
            }
            events.add(new DeviceUnlinked(leaves.get().id(), Why.REPLACED, now));
        }
        final var device = again.map(Device::id).orElse(c.fresh());
        final long generation = state.version() + events.size() + 1; // the number of the event: never used before
        events.add(new DeviceLinked(device, c.name(), c.platform(), generation, now));
        final var linked = new Linked(self, state.uid(), device, generation, 1, now);
        return Decision.persist(events, Answer.to(c, c.replyTo(), linked))
                .onceNoted(again.isPresent() ? Optional.empty() : Optional.of(new LinkedDevice(device, generation)));
    }

    private Decision refresh(final Somebody state, final Refresh c, final Instant now) {
        if (state.disabled().isPresent()) {
            counters.add(AccountCounters.Counted.DISABLED_REFUSED);
            return answer(c, c.replyTo(), new Barred(self));
        }
        final var found = state.device(c.device(), c.generation());
        if (found.isEmpty()) { // unlinked, or it logged in since: that ended its tokens and nothing more is to end
            return answer(c, c.replyTo(), new Ended(self));
        }
        final var device = found.get();
        if (c.counter() == device.counter()) {
            final var next = new TokenRefreshed(device.id(), device.counter() + 1, now);
            return Decision.persist(
                    next, Answer.to(c, c.replyTo(), new Rotated(self, state.uid(), next.counter(), now)));
        }
        if (c.counter() > device.counter()) { // sealed by us, yet not ours: a journal older than its keys
            return answer(c, c.replyTo(), new Ended(self));
        }
        final boolean answerWasLost = c.counter() == device.counter() - 1
                && !now.isAfter(device.rotated().plus(refreshGrace));
        if (answerWasLost) {
            final var same = new Rotated(self, state.uid(), device.counter(), device.rotated());
            return answer(c, c.replyTo(), same);
        }
        counters.add(AccountCounters.Counted.REFRESH_REUSED);
        return Decision.persist(
                new DeviceUnlinked(device.id(), Why.REUSE, now), Answer.to(c, c.replyTo(), new Ended(self)));
    }

    private Decision logout(final Somebody state, final Logout c, final Instant now) {
        if (state.device(c.by(), c.generation()).isEmpty()) {
            return answer(c, c.replyTo(), new Ended(self));
        }
        return Decision.persist(new DeviceUnlinked(c.by(), Why.LOGOUT, now), Answer.to(c, c.replyTo(), new Made(self)));
    }

    private Decision changePassword(final Somebody state, final ChangePassword c, final Instant now) {
        if (state.device(c.by(), c.generation()).isEmpty()) {
            return answer(c, c.replyTo(), new Ended(self));
        }
        if (c.passwordSince() != state.passwordSince()) {
            return answer(c, c.replyTo(), new PasswordMoved(self));
        }
        final var changed = new PasswordChanged(c.password(), c.by(), state.version() + 1, now);
        return Decision.persist(changed, Answer.to(c, c.replyTo(), new Made(self)));
    }

    private Decision devices(final Somebody state, final Devices c) {
        return state.device(c.by(), c.generation()).isEmpty()
                ? answer(c, c.replyTo(), new Ended(self))
                : answer(c, c.replyTo(), new Listed(self, onList(state)));
    }

    private Decision unlink(final Somebody state, final Unlink c, final Instant now) {
        if (state.device(c.by(), c.generation()).isEmpty()) {
            return answer(c, c.replyTo(), new Ended(self));
        }
        if (state.device(c.device()).isEmpty()) {
            return answer(c, c.replyTo(), new NotOnList(self, c.device()));
        }
        return Decision.persist(
                new DeviceUnlinked(c.device(), Why.OWNER, now), Answer.to(c, c.replyTo(), new Made(self)));
    }

    private Decision unlinkAway(final Somebody state, final UnlinkAway c, final Instant now) {
        final var device = state.device(c.device(), c.generation());
        if (device.isEmpty()) {
            final boolean linked = state.device(c.device()).isPresent();
            return answer(c, c.replyTo(), new AwayHandled(self, c.device(), linked));
        }
        if (now.isBefore(device.get().rotated().plus(awayAfter))) { // it has spoken to us, if not to the inbox
            return answer(c, c.replyTo(), new AwayHandled(self, c.device(), true));
        }
        return Decision.persist(
                new DeviceUnlinked(c.device(), Why.AWAY, now),
                Answer.to(c, c.replyTo(), new AwayHandled(self, c.device(), false)));
    }

    private Decision rename(final Somebody state, final Rename c, final Instant now) {
        if (state.device(c.by(), c.generation()).isEmpty()) {
            return answer(c, c.replyTo(), new Ended(self));
        }
        final var shown = Answer.to(c, c.replyTo(), new Shown(self, c.name(), state.uid()));
        return state.name().equals(c.name())
                ? Decision.answer(shown)
                : Decision.persist(new Renamed(c.name(), now), shown);
    }

    private Decision examine(final Somebody state, final Examine c) {
        final var seen =
                new Examined(self, state.uid(), state.name(), state.registered(), state.disabled(), onList(state));
        return answer(c, c.replyTo(), seen);
    }

    private Decision disable(final Somebody state, final Disable c, final Instant now) {
        if (state.disabled().isPresent()) {
            return answer(c, c.replyTo(), new Made(self));
        }
        final var ended = new TokensEnded(Optional.empty(), state.version() + 1, now);
        return Decision.persist(List.of(ended, new Disabled(now)), Answer.to(c, c.replyTo(), new Made(self)));
    }

    private Decision enable(final Somebody state, final Enable c, final Instant now) {
        return state.disabled().isEmpty()
                ? answer(c, c.replyTo(), new Made(self))
                : Decision.persist(new Enabled(now), Answer.to(c, c.replyTo(), new Made(self)));
    }

    private Decision endTokens(final Somebody state, final EndTokens c, final Instant now) {
        final var unknown = c.device().filter(device -> state.device(device).isEmpty());
        if (unknown.isPresent()) {
            return answer(c, c.replyTo(), new NotOnList(self, unknown.get()));
        }
        final var ended = new TokensEnded(c.device(), state.version() + 1, now);
        return Decision.persist(ended, Answer.to(c, c.replyTo(), new Made(self)));
    }

    /// The last event before it names no secret: where the newest row that was deleted is only marked so, it is
    /// that one. Whoever waits for the inbox is refused: he would be told of an account that is no more.
    private Decision delete(final InboxNews news, final Somebody state, final Delete c, final Instant now) {
        final var ended = new TokensEnded(Optional.empty(), state.version() + 1, now);
        final var refusals = news.all().stream().map(InboxNews.Waiting::answer).toList();
        return new Decision(
                List.of(ended, new Deleted(now)),
                List.of(Answer.to(c, c.replyTo(), new Made(self))),
                refusals,
                true,
                Optional.empty(),
                false);
    }

    private Decision deleteAgain(final InboxNews news, final Delete c, final Instant now) {
        if (news.isFull()) {
            return queueFull(c);
        }
        return Decision.persist(new Deleted(now), Answer.to(c, c.replyTo(), new Made(self)))
                .onceNoted(Optional.empty());
    }

    /// Tells the inbox again, and gives up who waited too long for it. A device that was linked for such an
    /// answer is unlinked again: its owner never heard of it, and would fill his 16 places by trying.
    private Decision remind(final Begun state, final InboxNews news, final Instant now) {
        final var late = news.overdue(now);
        final var events = new ArrayList<AccountEvent>();
        for (final var one : late) {
            counters.add(AccountCounters.Counted.INBOX_LATE);
            one.newly()
                    .filter(state.linked()::contains)
                    .ifPresent(device -> events.add(new DeviceUnlinked(device.device(), Why.UNANSWERED, now)));
        }
        final var refusals = late.stream().map(InboxNews.Waiting::answer).toList();
        final boolean tell = !news.knows(state.listed());
        return new Decision(events, List.of(), refusals, false, Optional.empty(), tell);
    }

    private Decision queueFull(final AccountCommand command) {
        counters.add(AccountCounters.Counted.INBOX_QUEUE_FULL);
        return refused(command);
    }

    private static Decision refused(final AccountCommand command) {
        final var refusal = new Answer(command, command::refuse);
        return new Decision(List.of(), List.of(), List.of(refusal), false, Optional.empty(), false);
    }

    private static <R extends AccountReply> Decision answer(
            final AccountCommand command, final ReplyTo<? super R> replyTo, final R reply) {
        return Decision.answer(Answer.to(command, replyTo, reply));
    }

    private static List<Outcome.DeviceOnList> onList(final Somebody state) {
        return state.devices().stream().map(Device::onList).toList();
    }

    /// The whole news for the inbox.
    LinkedDevices linkedDevices(final Begun state, final ReplyTo<InboxNoted> replyTo) {
        return new LinkedDevices(self, state.uid(), state.listed(), state.linked(), state instanceof Gone, replyTo);
    }
}
