package io.parley.account;

import io.parley.account.AccountCounters.Counted;
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
import io.parley.account.AccountReply.NotNow;
import io.parley.account.AccountReply.NotOnList;
import io.parley.account.AccountReply.PasswordMoved;
import io.parley.account.AccountReply.Rotated;
import io.parley.account.AccountReply.Shown;
import io.parley.account.AccountReply.WasDeleted;
import io.parley.cluster.ActorReplyTo;
import io.parley.cluster.MembershipLease;
import io.parley.cluster.ReplyTo;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The door to all accounts, one per node. Every call may be made from any thread, returns at once, and ends by
/// itself within [AccountSettings#inboxTimeout()] or [AccountSettings#askTimeout()] plus about 2 s, for
/// passwords plus the time of the hashes before it.
///
/// [Outcome.Unavailable] says that nothing was confirmed. Of a registration it may mean that the account
/// exists: said again it is [Outcome.Taken], and a login with its password works. A login that was not answered
/// leaves no device behind (it is unlinked again), so it may be repeated as often as it takes.
public final class Accounts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Accounts.class);

    /// The account itself answers that the inbox is late; only if the account is gone must the asker give up.
    private static final Duration BEYOND_INBOX = Duration.ofSeconds(2);

    private static final Outcome.Unauthenticated NOT_ACCEPTED =
            new Outcome.Unauthenticated("the token is not accepted");
    private static final Outcome.Unavailable NO_ANSWER = new Outcome.Unavailable("the account does not answer now");

    private final ClusterSharding sharding;
    private final AccountSettings settings;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final AccountCounters counters = new AccountCounters();
    private final Account.Shared shared;
    private final AccessTokens accessTokens;
    private final RefreshTokens refreshTokens;
    private final Passwords passwords;
    private final TokenChecks checks;

    /// The door of one node.
    ///
    /// @param system  a member of the cluster
    /// @param inboxes the way to the users' inboxes
    /// @param keys    sign and verify tokens; the same on all nodes
    /// @param clock   tells what is over
    /// @param random  secure: makes ids and salts
    /// @param lease   whether this node may still write
    public Accounts(
            final ActorSystem<?> system,
            final Inboxes inboxes,
            final TokenKeys keys,
            final AccountSettings settings,
            final InstantSource clock,
            final RandomGenerator random,
            final MembershipLease lease) {
        this.sharding = ClusterSharding.get(system);
        this.settings = settings;
        this.clock = clock;
        this.random = random;
        this.shared = new Account.Shared(settings, counters, inboxes, lease, clock);
        this.accessTokens = new AccessTokens(keys, settings);
        this.refreshTokens = new RefreshTokens(keys);
        this.passwords = new Passwords(settings.passwords(), random, counters);
        this.checks = new TokenChecks(
                settings,
                clock,
                user -> ask(
                        user,
                        (ReplyTo<AccountReply.ToConfirm> replyTo) -> new AccountCommand.Confirm(user, replyTo),
                        settings.askTimeout()));
    }

    /// Lets this node host accounts. Once, before the first call.
    public void init() {
        sharding.init(Entity.of(
                Account.KEY,
                entity -> Account.create(
                        new UserId(entity.getEntityId()),
                        shared,
                        self -> entity.getShard().tell(new ClusterSharding.Passivate<>(self)))));
    }

    /// Ends the threads that hash passwords; those under way are finished.
    @Override
    public void close() {
        passwords.close();
    }

    /// How many passwords wait to be hashed, now.
    public int hashesWaiting() {
        return passwords.waiting();
    }

    /// How many were hashed since the node started.
    public long hashesComputed() {
        return passwords.computed();
    }

    /// What was refused on this node.
    public AccountCounters counters() {
        return counters;
    }

    /// Registers `user`, answered when the person's inbox exists. Takes one hash of time.
    ///
    /// @param password 10 to 256 code points after NFC normalisation
    /// @param name     for the profile, 1 to 64 code points; the user id if none is given
    public CompletionStage<Outcome.Registration> register(
            final UserId user, final String password, final Optional<String> name) {
        final var shownName = Texts.name(name.orElse(user.value()));
        final var secret = Texts.password(password);
        final var wrong = Texts.wrongPassword(secret).or(() -> Texts.wrongName("a name", shownName, Texts.NAME_MAX));
        if (wrong.isPresent()) {
            return done(new Outcome.Invalid(wrong.get()));
        }
        return credentials(user)
                .thenCompose(found -> switch (found) {
                    case Known known -> Accounts.<Outcome.Registration>done(new Outcome.Taken(user));
                    case NotNow _ -> Accounts.<Outcome.Registration>done(NO_ANSWER);
                    case NoAccount _ -> passwords.hash(secret).thenCompose(hash -> register(user, shownName, hash));
                })
                .exceptionally(this::unavailable);
    }

    private CompletionStage<Outcome.Registration> register(
            final UserId user, final String name, final PasswordHash hash) {
        final long high = (random.nextLong() & ~0xF000L) | 0x4000L; // a UUID of version 4, variant 10
        final long low = (random.nextLong() >>> 2) | Long.MIN_VALUE;
        final var uid = new UUID(high, low).toString();
        return this.<AccountReply.ToRegister>ask(
                        user,
                        replyTo -> new AccountCommand.Register(user, uid, name, hash, replyTo),
                        settings.inboxTimeout().plus(BEYOND_INBOX))
                .thenApply(reply -> switch (reply) {
                    case Began began -> new Outcome.Registered(user, began.uid(), began.name());
                    case Exists _ -> new Outcome.Taken(user);
                    case NotNow _ -> NO_ANSWER;
                });
    }

    /// Links a device (or the same device again: then its earlier tokens are over), answered when the person's
    /// inbox knows it. Takes one hash of time, two if the hashing parameters were raised; unknown users and
    /// wrong passwords are answered alike, no sooner than [AccountSettings.Passwords#refusalAfter()].
    ///
    /// @param replace is unlinked if all [LinkedDevices#DEVICES_MAX] places are taken
    public CompletionStage<Outcome.Login> login(
            final UserId user, final String password, final LoginDevice device, final Optional<DeviceId> replace) {
        final long start = System.nanoTime();
        final var secret = Texts.password(password);
        final var asKept = new LoginDevice(device.id(), Texts.name(device.name()), Texts.name(device.platform()));
        final var wrong = wrongDevice(asKept);
        if (wrong.isPresent()) {
            return done(new Outcome.Invalid(wrong.get()));
        }
        if (secret.length() > Texts.PASSWORD_UNITS_MAX) {
            return done(new Outcome.Invalid("the password is too long"));
        }
        return credentials(user)
                .thenCompose(found -> switch (found) {
                    case Known known ->
                        passwords
                                .check(Optional.of(known.password()), secret)
                                .thenCompose(checked -> checked.matches()
                                        ? link(user, known.since(), checked.rehash(), asKept, replace)
                                        : done(new Outcome.WrongPassword()));
                    case NoAccount _ ->
                        passwords
                                .check(Optional.empty(), secret)
                                .<Outcome.Login>thenApply(checked -> new Outcome.WrongPassword());
                    case NotNow _ -> Accounts.<Outcome.Login>done(NO_ANSWER);
                })
                .thenCompose(
                        outcome -> outcome instanceof Outcome.WrongPassword ? later(start, outcome) : done(outcome))
                .exceptionally(this::unavailable);
    }

    private static Optional<String> wrongDevice(final LoginDevice device) {
        return Texts.wrongName("a device's name", device.name(), Texts.NAME_MAX)
                .or(() -> Texts.wrongName("a device's platform", device.platform(), Texts.PLATFORM_MAX));
    }

    private CompletionStage<Outcome.Login> link(
            final UserId user,
            final long passwordSince,
            final Optional<PasswordHash> rehash,
            final LoginDevice device,
            final Optional<DeviceId> replace) {
        final var fresh = DeviceId.of(random.nextLong());
        return this.<AccountReply.ToLink>change(
                        user,
                        replyTo -> new AccountCommand.Link(
                                user,
                                passwordSince,
                                device.id(),
                                fresh,
                                device.name(),
                                device.platform(),
                                replace,
                                rehash,
                                replyTo),
                        settings.inboxTimeout().plus(BEYOND_INBOX))
                .thenApply(reply -> switch (reply) {
                    case Linked linked ->
                        tokens(
                                new Caller(user, linked.device(), linked.generation(), linked.uid()),
                                linked.counter(),
                                linked.at());
                    case Full full -> new Outcome.TooManyDevices(full.devices());
                    case PasswordMoved _ -> new Outcome.WrongPassword();
                    case Barred _ -> new Outcome.Disabled();
                    case NoAccount _ -> new Outcome.WrongPassword();
                    case NotNow _ -> NO_ANSWER;
                });
    }

    /// The next pair of tokens. The last refresh token again within [AccountSettings#refreshGrace()] gets the
    /// same pair; any older one of this login means that somebody has a copy: the device is unlinked. One that
    /// is not ours, or of an earlier login, changes nothing.
    public CompletionStage<Outcome.Refresh> refresh(final String refreshToken) {
        final var opened = refreshTokens.open(refreshToken);
        if (opened.isEmpty()) {
            counters.add(Counted.TOKEN_REFUSED);
            return done(NOT_ACCEPTED);
        }
        final var shown = opened.get();
        final var user = shown.user();
        return this.<AccountReply.ToRefresh>ask(
                        user,
                        replyTo -> new AccountCommand.Refresh(
                                user, shown.device(), shown.generation(), shown.counter(), replyTo),
                        settings.askTimeout())
                .<Outcome.Refresh>thenApply(reply -> switch (reply) {
                    case Rotated rotated ->
                        tokens(
                                new Caller(user, shown.device(), shown.generation(), rotated.uid()),
                                rotated.counter(),
                                rotated.at());
                    case Barred _ -> new Outcome.Disabled();
                    case Ended _ -> {
                        checks.forget(user); // it may have unlinked the device
                        yield refused();
                    }
                    case NotNow _ -> NO_ANSWER;
                })
                .exceptionally(this::unavailable);
    }

    /// Unlinks the caller's own device.
    public CompletionStage<Outcome.Logout> logout(final Caller caller) {
        final var user = caller.user();
        return this.<AccountReply.ToLogout>change(
                        user,
                        replyTo -> new AccountCommand.Logout(user, caller.device(), caller.generation(), replyTo),
                        settings.askTimeout())
                .<Outcome.Logout>thenApply(reply -> switch (reply) {
                    case Made _ -> new Outcome.Done();
                    case Ended _ -> refused();
                    case NotNow _ -> NO_ANSWER;
                })
                .exceptionally(this::unavailable);
    }

    /// Another password. The tokens of all other devices are over; they stay linked, with what is still owed to
    /// them, and log in again. Takes two hashes of time.
    ///
    /// @param next 10 to 256 code points after NFC normalisation
    public CompletionStage<Outcome.PasswordChange> changePassword(
            final Caller caller, final String old, final String next) {
        final var oldSecret = Texts.password(old);
        final var newSecret = Texts.password(next);
        final var wrong = Texts.wrongPassword(newSecret);
        if (wrong.isPresent()) {
            return done(new Outcome.Invalid(wrong.get()));
        }
        if (oldSecret.length() > Texts.PASSWORD_UNITS_MAX) {
            return done(new Outcome.WrongPassword());
        }
        return credentials(caller.user())
                .thenCompose(found -> switch (found) {
                    case Known known ->
                        passwords
                                .check(Optional.of(known.password()), oldSecret)
                                .thenCompose(checked -> checked.matches()
                                        ? passwords
                                                .hash(newSecret)
                                                .thenCompose(hash -> changePassword(caller, known.since(), hash))
                                        : done(wrongPassword()));
                    case NoAccount _ -> Accounts.<Outcome.PasswordChange>done(refused());
                    case NotNow _ -> Accounts.<Outcome.PasswordChange>done(NO_ANSWER);
                })
                .exceptionally(this::unavailable);
    }

    private CompletionStage<Outcome.PasswordChange> changePassword(
            final Caller caller, final long passwordSince, final PasswordHash hash) {
        final var user = caller.user();
        return this.<AccountReply.ToChangePassword>change(
                        user,
                        replyTo -> new AccountCommand.ChangePassword(
                                user, caller.device(), caller.generation(), passwordSince, hash, replyTo),
                        settings.askTimeout())
                .thenApply(reply -> switch (reply) {
                    case Made _ -> new Outcome.Done();
                    case PasswordMoved _ -> wrongPassword();
                    case Ended _ -> refused();
                    case NotNow _ -> NO_ANSWER;
                });
    }

    /// Whether `password` is the caller's, before something that a stolen token alone must not do. Takes one
    /// hash of time.
    public CompletionStage<Outcome.PasswordCheck> confirmPassword(final Caller caller, final String password) {
        final var secret = Texts.password(password);
        if (secret.length() > Texts.PASSWORD_UNITS_MAX) {
            return done(wrongPassword());
        }
        return credentials(caller.user())
                .thenCompose(found -> switch (found) {
                    case Known known ->
                        passwords
                                .check(Optional.of(known.password()), secret)
                                .<Outcome.PasswordCheck>thenApply(
                                        checked -> checked.matches() ? new Outcome.Done() : wrongPassword());
                    case NoAccount _ -> Accounts.<Outcome.PasswordCheck>done(refused());
                    case NotNow _ -> Accounts.<Outcome.PasswordCheck>done(NO_ANSWER);
                })
                .exceptionally(this::unavailable);
    }

    /// The devices that anybody's account has linked, as it said within [AccountSettings#tokenCheckValid()].
    public CompletionStage<Outcome.Linkage> linked(final UserId user) {
        return checks.of(user, reply -> reply instanceof Confirmed)
                .<Outcome.Linkage>thenApply(reply -> switch (reply) {
                    case Confirmed now ->
                        new Outcome.LinkedNow(
                                user,
                                now.uid(),
                                now.version(),
                                now.devices().stream().map(LinkedDevice::device).toList());
                    case NoAccount _ -> new Outcome.UnknownUser(user);
                    case NotNow _ -> NO_ANSWER;
                })
                .exceptionally(this::unavailable);
    }

    /// The linked devices.
    public CompletionStage<Outcome.Devices> devices(final Caller caller) {
        final var user = caller.user();
        return this.<AccountReply.ToDevices>ask(
                        user,
                        replyTo -> new AccountCommand.Devices(user, caller.device(), caller.generation(), replyTo),
                        settings.askTimeout())
                .<Outcome.Devices>thenApply(reply -> switch (reply) {
                    case Listed listed -> new Outcome.DeviceList(listed.devices());
                    case Ended _ -> refused();
                    case NotNow _ -> NO_ANSWER;
                })
                .exceptionally(this::unavailable);
    }

    /// Unlinks a device of the caller's account; also the one that asks.
    public CompletionStage<Outcome.Unlinking> unlink(final Caller caller, final DeviceId device) {
        final var user = caller.user();
        return this.<AccountReply.ToUnlink>change(
                        user,
                        replyTo ->
                                new AccountCommand.Unlink(user, caller.device(), caller.generation(), device, replyTo),
                        settings.askTimeout())
                .<Outcome.Unlinking>thenApply(reply -> switch (reply) {
                    case Made _ -> new Outcome.Done();
                    case NotOnList missing -> new Outcome.NoSuchDevice(missing.device());
                    case Ended _ -> refused();
                    case NotNow _ -> NO_ANSWER;
                })
                .exceptionally(this::unavailable);
    }

    /// For the person's inbox, which sees who is away: unlinks a device it has not seen for
    /// [AccountSettings#awayAfter()], unless the device logged in or refreshed its token since.
    ///
    /// @param generation as the inbox knows it
    /// @return whether the device is still linked; empty if there was no answer
    public CompletionStage<Optional<Boolean>> unlinkAway(
            final UserId user, final DeviceId device, final long generation) {
        return this.<AccountReply.ToUnlinkAway>change(
                        user,
                        replyTo -> new AccountCommand.UnlinkAway(user, device, generation, replyTo),
                        settings.askTimeout())
                .thenApply(reply -> switch (reply) {
                    case AwayHandled handled -> Optional.of(handled.linked());
                    case NotNow _ -> Optional.<Boolean>empty();
                })
                .exceptionally(failure -> {
                    unavailable(failure);
                    return Optional.empty();
                });
    }

    /// For an inbox that wants to be told its devices, such as one that woke after a long trouble: the account
    /// sends [LinkedDevices] once more. Sent at most once, like any message: who got nothing asks again.
    public void announce(final UserId user) {
        sharding.entityRefFor(Account.KEY, user.value()).tell(new AccountCommand.Announce(user));
    }

    /// What everyone may see of `user`.
    public CompletionStage<Outcome.Lookup> profile(final UserId user) {
        return this.<AccountReply.ToProfile>ask(
                        user, replyTo -> new AccountCommand.Profile(user, replyTo), settings.askTimeout())
                .<Outcome.Lookup>thenApply(reply -> switch (reply) {
                    case Shown shown -> new Outcome.Profile(user, shown.name(), shown.uid());
                    case NoAccount _ -> new Outcome.UnknownUser(user);
                    case NotNow _ -> NO_ANSWER;
                })
                .exceptionally(this::unavailable);
    }

    /// The account as an operator sees it.
    public CompletionStage<Outcome.Examination> examine(final UserId user) {
        return this.<AccountReply.ToExamine>ask(
                        user, replyTo -> new AccountCommand.Examine(user, replyTo), settings.askTimeout())
                .<Outcome.Examination>thenApply(reply -> switch (reply) {
                    case Examined seen ->
                        new Outcome.Examined(
                                user, seen.uid(), seen.name(), seen.registered(), seen.disabled(), seen.devices());
                    case WasDeleted gone -> new Outcome.Deleted(user, gone.uid(), gone.registered(), gone.deleted());
                    case NoAccount _ -> new Outcome.UnknownUser(user);
                    case NotNow _ -> NO_ANSWER;
                })
                .exceptionally(this::unavailable);
    }

    /// Ends all tokens of the account, and lets nobody log in until [#enable]. Its devices stay linked: what
    /// others write meanwhile is stored and owed to them. Other nodes may take its access tokens for
    /// [AccountSettings#tokenCheckValid()] more.
    public CompletionStage<Outcome.Administration> disable(final UserId user) {
        return administer(user, replyTo -> new AccountCommand.Disable(user, replyTo), settings.askTimeout());
    }

    /// Lets people log in again; the tokens from before [#disable] stay over.
    public CompletionStage<Outcome.Administration> enable(final UserId user) {
        return administer(user, replyTo -> new AccountCommand.Enable(user, replyTo), settings.askTimeout());
    }

    /// Ends the tokens of one device, or of all: its sockets close, and it logs in again with the password. It
    /// stays linked, and what it has not received is still owed to it.
    ///
    /// @param device the one device; empty: all
    public CompletionStage<Outcome.Administration> endTokens(final UserId user, final Optional<DeviceId> device) {
        return administer(user, replyTo -> new AccountCommand.EndTokens(user, device, replyTo), settings.askTimeout());
    }

    /// Deletes the account, for good, answered when the person's inbox is erased and the conversations that
    /// relied on it know. The name stays taken; what the person wrote stays in the conversations. Done again it
    /// is done. [Outcome.Unavailable] may mean that it has begun, and it goes on by itself: say it again.
    public CompletionStage<Outcome.Administration> delete(final UserId user) {
        return administer(
                user,
                replyTo -> new AccountCommand.Delete(user, replyTo),
                settings.inboxTimeout().plus(BEYOND_INBOX));
    }

    private CompletionStage<Outcome.Administration> administer(
            final UserId user,
            final Function<ReplyTo<AccountReply.ToAdminister>, AccountCommand> command,
            final Duration timeout) {
        return change(user, command, timeout)
                .<Outcome.Administration>thenApply(reply -> switch (reply) {
                    case Made _ -> new Outcome.Done();
                    case NotOnList missing -> new Outcome.NoSuchDevice(missing.device());
                    case NoAccount _ -> new Outcome.UnknownUser(user);
                    case NotNow _ -> NO_ANSWER;
                })
                .exceptionally(this::unavailable);
    }

    /// Another name for the profile, 1 to 64 code points.
    public CompletionStage<Outcome.Renaming> rename(final Caller caller, final String name) {
        final var user = caller.user();
        final var asKept = Texts.name(name);
        final var wrong = Texts.wrongName("a name", asKept, Texts.NAME_MAX);
        if (wrong.isPresent()) {
            return done(new Outcome.Invalid(wrong.get()));
        }
        return this.<AccountReply.ToRename>ask(
                        user,
                        replyTo ->
                                new AccountCommand.Rename(user, caller.device(), caller.generation(), asKept, replyTo),
                        settings.askTimeout())
                .<Outcome.Renaming>thenApply(reply -> switch (reply) {
                    case Shown shown -> new Outcome.Profile(user, shown.name(), shown.uid());
                    case Ended _ -> refused();
                    case NotNow _ -> NO_ANSWER;
                })
                .exceptionally(this::unavailable);
    }

    /// Whose access token it is. Signature and expiry are checked here (the first time half a millisecond of
    /// the calling thread); that it was not revoked is asked of the account, of valid ones at most once in
    /// [AccountSettings#tokenCheckValid()] and user.
    public CompletionStage<Outcome.Authentication> authenticate(final String accessToken) {
        final var signed = accessTokens.check(accessToken, clock.instant());
        if (signed.isEmpty()) {
            counters.add(Counted.TOKEN_REFUSED);
            return done(NOT_ACCEPTED);
        }
        final var caller = signed.get();
        return checks.of(caller.user(), reply -> reply instanceof Confirmed confirmed && isCurrent(caller, confirmed))
                .<Outcome.Authentication>thenApply(reply -> switch (reply) {
                    case Confirmed confirmed -> isCurrent(caller, confirmed) ? caller : refused();
                    case NoAccount _ -> refused();
                    case NotNow _ -> NO_ANSWER;
                })
                .exceptionally(this::unavailable);
    }

    private static boolean isCurrent(final Caller caller, final Confirmed confirmed) {
        return confirmed.uid().equals(caller.uid())
                && confirmed.devices().contains(new LinkedDevice(caller.device(), caller.generation()));
    }

    private Outcome.Tokens tokens(final Caller caller, final long counter, final Instant at) {
        final var refresh = new RefreshTokens.Content(caller.user(), caller.device(), caller.generation(), counter);
        return new Outcome.Tokens(
                caller.user(),
                caller.uid(),
                caller.device(),
                accessTokens.sign(caller, at),
                accessTokens.expiry(at),
                refreshTokens.seal(refresh));
    }

    private CompletionStage<AccountReply.ToCredentials> credentials(final UserId user) {
        return ask(user, replyTo -> new AccountCommand.Credentials(user, replyTo), settings.askTimeout());
    }

    private <R extends AccountReply> CompletionStage<R> ask(
            final UserId user, final Function<ReplyTo<R>, AccountCommand> command, final Duration timeout) {
        return sharding.entityRefFor(Account.KEY, user.value())
                .ask(replyTo -> command.apply(new ActorReplyTo<>(replyTo)), timeout);
    }

    /// Asks for something that may end tokens: whatever comes of it, this node's next check asks the account.
    private <R extends AccountReply> CompletionStage<R> change(
            final UserId user, final Function<ReplyTo<R>, AccountCommand> command, final Duration timeout) {
        return this.<R>ask(user, command, timeout).whenComplete((reply, failure) -> checks.forget(user));
    }

    private Outcome.WrongPassword wrongPassword() {
        counters.add(Counted.PASSWORD_WRONG);
        return new Outcome.WrongPassword();
    }

    private Outcome.Unauthenticated refused() {
        counters.add(Counted.TOKEN_REFUSED);
        return NOT_ACCEPTED;
    }

    private Outcome.Unavailable unavailable(final Throwable failure) {
        final var cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof Passwords.Full) {
            return new Outcome.Unavailable("too many passwords are being checked");
        }
        if (!(cause instanceof TimeoutException)) {
            LOG.error("a call about an account failed", cause);
        }
        return NO_ANSWER;
    }

    /// `outcome`, no sooner than a refusal may come. At most as many wait here as hashes are computed in that
    /// time.
    private <T> CompletionStage<T> later(final long startNanos, final T outcome) {
        counters.add(Counted.PASSWORD_WRONG);
        final long left = settings.passwords().refusalAfter().toNanos() - (System.nanoTime() - startNanos);
        return left <= 0
                ? done(outcome)
                : CompletableFuture.supplyAsync(
                        () -> outcome, CompletableFuture.delayedExecutor(left, TimeUnit.NANOSECONDS));
    }

    private static <T> CompletionStage<T> done(final T outcome) {
        return CompletableFuture.completedStage(outcome);
    }
}
