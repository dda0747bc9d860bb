package io.parley.account;

import io.parley.account.AccountCommand.Remind;
import io.parley.account.AccountState.Begun;
import io.parley.account.AccountState.Gone;
import io.parley.account.AccountState.Nobody;
import io.parley.account.AccountState.Somebody;
import io.parley.cluster.ActorReplyTo;
import io.parley.cluster.MembershipLease;
import io.parley.id.UserId;
import io.parley.store.EarlierRows;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.BackoffSupervisorStrategy;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.PreRestart;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.RecoveryCompleted;
import org.apache.pekko.persistence.typed.RecoveryFailed;
import org.apache.pekko.persistence.typed.SnapshotCompleted;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.Effect;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;

/// The one writer of an account: persists what [AccountRules] decides, sends, and keeps the timer.
final class Account extends EventSourcedBehavior<AccountCommand, AccountEvent, AccountState> {
    static final EntityTypeKey<AccountCommand> KEY = EntityTypeKey.create(AccountCommand.class, "account");

    /// A name nobody registered leaves the memory this soon: anyone may ask for any name.
    static final Duration NOBODY_STAYS = Duration.ofSeconds(5);

    private static final BackoffSupervisorStrategy AFTER_JOURNAL_FAILURE =
            SupervisorStrategy.restartWithBackoff(Duration.ofMillis(200), Duration.ofSeconds(5), 0.2);

    /// What all accounts of a node share.
    record Shared(
            AccountSettings settings,
            AccountCounters counters,
            Inboxes inboxes,
            MembershipLease lease,
            InstantSource clock) {}

    private final UserId self;
    private final Shared shared;
    private final AccountRules rules;
    private final InboxNews news = new InboxNews();
    private final ActorContext<AccountCommand> context;
    private final TimerScheduler<AccountCommand> timers;
    private final Consumer<ActorRef<AccountCommand>> passivate;
    private Optional<Decision> inFlight = Optional.empty();
    private long writeBeganNanos;

    /// The account was deleted, as far as events say; no snapshot says so yet.
    private boolean snapshotOwed;

    private Account(
            final UserId self,
            final Shared shared,
            final ActorContext<AccountCommand> context,
            final TimerScheduler<AccountCommand> timers,
            final Consumer<ActorRef<AccountCommand>> passivate) {
        super(PersistenceId.of(KEY.name(), self.value()), AFTER_JOURNAL_FAILURE);
        this.self = self;
        this.shared = shared;
        this.rules = new AccountRules(self, shared.settings(), shared.counters());
        this.context = context;
        this.timers = timers;
        this.passivate = passivate;
    }

    /// @param passivate asks the shard to stop this account
    static Behavior<AccountCommand> create(
            final UserId self, final Shared shared, final Consumer<ActorRef<AccountCommand>> passivate) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new Account(self, shared, context, timers, passivate)));
    }

    @Override
    public AccountState emptyState() {
        return AccountState.NOBODY;
    }

    @Override
    public CommandHandler<AccountCommand, AccountEvent, AccountState> commandHandler() {
        return (state, command) -> perform(state, command, rules.decide(state, news, command, now()));
    }

    @Override
    public EventHandler<AccountState, AccountEvent> eventHandler() {
        return (state, event) -> {
            snapshotOwed |= event instanceof AccountEvent.Deleted;
            return state.apply(event);
        };
    }

    @Override
    public RetentionCriteria retentionCriteria() {
        return RetentionCriteria.snapshotEvery(50, 2)
                .withDeleteEventsOnSnapshot(); // a token refreshed each quarter of an hour is an event
    }

    /// Besides that: of a deleted account nothing stays but this snapshot and its last event ([#saved]).
    @Override
    public boolean shouldSnapshot(final AccountState state, final AccountEvent event, final long sequenceNr) {
        return event instanceof AccountEvent.Deleted;
    }

    @Override
    public SignalHandler<AccountState> signalHandler() {
        return newSignalHandlerBuilder()
                .onSignal(RecoveryCompleted.instance(), this::recovered)
                .onSignal(SnapshotCompleted.class, (state, _) -> saved(state))
                .onSignal(
                        RecoveryFailed.class, (_, _) -> shared.counters().add(AccountCounters.Counted.RECOVERY_FAILED))
                .onSignal(PreRestart.instance(), state -> refuseWaiting())
                .onSignal(PostStop.instance(), state -> refuseWaiting())
                .build();
    }

    private Effect<AccountEvent, AccountState> perform(
            final AccountState before, final AccountCommand command, final Decision decision) {
        if (!shared.lease().holds()) { // another node may own this account by now
            shared.counters().add(AccountCounters.Counted.LEASE_LOST);
            decision.refuseAll();
            return Effect().stop();
        }
        if (decision.events().isEmpty()) {
            return Effect().none().thenRun(state -> performed(before, state, command, decision));
        }
        inFlight = Optional.of(decision);
        writeBeganNanos = System.nanoTime();
        return Effect().persist(decision.events()).thenRun(state -> performed(before, state, command, decision));
    }

    private void performed(
            final AccountState before,
            final AccountState state,
            final AccountCommand command,
            final Decision decision) {
        if (inFlight.isPresent()) {
            shared.counters().writes().took(System.nanoTime() - writeBeganNanos);
        }
        inFlight = Optional.empty();
        if (!shared.lease().holds()) { // written, but perhaps not by the owner: nothing is acknowledged
            shared.counters().add(AccountCounters.Counted.LEASE_LOST);
            decision.refuseAll();
            context.getSelf().tell(new Remind(self)); // stops it, if the lease stays lost
            return;
        }
        decision.refusals().forEach(Answer::refuse);
        switch (state) {
            case Nobody _ -> {
                decision.answers().forEach(Answer::give);
                if (command instanceof Remind) {
                    passivate.accept(context.getSelf());
                }
            }
            case Somebody somebody -> answerAndTell(before, somebody, command, decision);
            case Gone gone -> answerAndTell(before, gone, command, decision);
        }
    }

    private void answerAndTell(
            final AccountState before, final Begun state, final AccountCommand command, final Decision decision) {
        final boolean waits = decision.onceNoted() && !news.knows(state.listed());
        final boolean changed = !(before instanceof Begun earlier) || earlier.listed() != state.listed();
        if (changed) {
            news.changed();
        }
        if (changed || decision.tellInbox()) { // before the answer: what it confirms is on its way to the sockets
            tellInbox(state);
        }
        if (waits) {
            final var deadline = now().plus(shared.settings().inboxTimeout());
            decision.answers()
                    .forEach(answer ->
                            news.await(new InboxNews.Waiting(state.listed(), answer, deadline, decision.newly())));
        } else {
            decision.answers().forEach(Answer::give);
        }
        if (changed || waits || command instanceof Remind) {
            armTimer(state);
        }
    }

    private void recovered(final AccountState state) {
        switch (state) {
            case Nobody _ -> timers.startSingleTimer(new Remind(self), NOBODY_STAYS);
            case Somebody somebody -> begin(somebody);
            case Gone gone -> {
                begin(gone);
                if (snapshotOwed) { // it died between the event and the snapshot: once more
                    final ActorRef<AccountReply.ToAdminister> nobody =
                            context.getSystem().ignoreRef();
                    context.getSelf().tell(new AccountCommand.Delete(self, new ActorReplyTo<>(nobody)));
                } else { // or between the snapshot and this
                    deleteEarlier(gone);
                }
            }
        }
    }

    private void begin(final Begun state) {
        news.changed();
        tellInbox(state);
        armTimer(state);
    }

    private void saved(final AccountState state) {
        if (state instanceof final Gone gone) {
            snapshotOwed = false;
            deleteEarlier(gone);
        }
    }

    /// Passwords and the names of devices do not outlive their account.
    private void deleteEarlier(final Gone state) {
        if (shared.lease().holds()) {
            EarlierRows.delete(context.getSystem(), context.getSelf(), persistenceId(), state.version());
        }
    }

    private void tellInbox(final Begun state) {
        if (shared.lease().holds()) {
            final ActorRef<InboxNoted> here = context.getSelf().narrow();
            shared.inboxes().linked(rules.linkedDevices(state, new ActorReplyTo<>(here)));
        }
    }

    private void armTimer(final Begun state) {
        final var remind = new Remind(self); // equal to any other: the timer's key
        if (news.isQuiet(state.listed())) {
            timers.cancel(remind);
        } else {
            timers.startSingleTimer(remind, news.nextRemind(now()));
        }
    }

    /// The write failed or the account stops: whoever waits hears it now and not after his patience.
    private void refuseWaiting() {
        inFlight.ifPresent(decision -> {
            shared.counters().add(AccountCounters.Counted.WRITE_FAILED);
            decision.refuseAll();
        });
        inFlight = Optional.empty();
        news.all().forEach(waiting -> waiting.answer().refuse());
    }

    /// To the millisecond, as times are shown everywhere.
    private Instant now() {
        return shared.clock().instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
