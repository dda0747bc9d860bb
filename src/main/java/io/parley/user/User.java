package io.parley.user;

import io.parley.cluster.Counters;
import io.parley.cluster.MembershipLease;
import io.parley.cluster.WakeTimer;
import io.parley.conversation.ConversationCommand;
import io.parley.conversation.Nonce;
import io.parley.id.UserId;
import io.parley.store.EarlierRows;
import io.parley.user.UserCommand.Tick;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
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
import org.apache.pekko.persistence.typed.SnapshotAdapter;
import org.apache.pekko.persistence.typed.SnapshotCompleted;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.Effect;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;

/// The one writer of a user's inbox: persists what [InboxRules] decides, sends, and keeps the timer.
public final class User extends EventSourcedBehavior<UserCommand, UserEvent, InboxState> {
    /// The entity's name; stands in the journal, never changes.
    public static final EntityTypeKey<UserCommand> KEY = EntityTypeKey.create(UserCommand.class, "user");

    /// What all users of a node share.
    ///
    /// @param conversations the way to conversations
    /// @param account       the way to accounts
    /// @param keys          the way to the keys of people
    /// @param lastAlive     when the node of a given life last gave a sign of it
    /// @param awayAfter     how long a device may stay away before the account is to unlink it
    public record Shared(
            Consumer<ConversationCommand> conversations,
            AccountNotes account,
            KeyNotes keys,
            Function<String, Optional<Instant>> lastAlive,
            Duration awayAfter,
            MembershipLease lease,
            Counters counters,
            InstantSource clock,
            Supplier<Nonce> nonces) {}

    private static final int SNAPSHOT_EVERY = 500;

    private final UserId id;
    private final Shared shared;
    private final ActorContext<UserCommand> context;
    private final WakeTimer<UserCommand> timer;

    /// Never changed: Pekko takes the empty state once and starts from the same object again after a failed
    /// write, so the first event makes one of its own.
    private final InboxState empty = new InboxState();

    private InboxRules rules;
    private boolean storing;
    private long writeBeganNanos;

    /// The inbox is erased, as far as events say; no snapshot says so yet.
    private boolean snapshotOwed;

    private User(
            final UserId id,
            final Shared shared,
            final ActorContext<UserCommand> context,
            final TimerScheduler<UserCommand> timers) {
        super(
                PersistenceId.of(KEY.name(), id.value()),
                SupervisorStrategy.restartWithBackoff(Duration.ofMillis(200), Duration.ofSeconds(5), 0.2));
        this.id = id;
        this.shared = shared;
        this.context = context;
        this.timer = new WakeTimer<>(timers, new Tick(id));
        this.rules = freshRules();
    }

    /// The entity of `id`.
    public static Behavior<UserCommand> create(final UserId id, final Shared shared) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> new User(id, shared, context, timers)));
    }

    private InboxRules freshRules() {
        return new InboxRules(
                id,
                shared.nonces(),
                shared.lastAlive(),
                shared.awayAfter(),
                shared.clock().instant());
    }

    @Override
    public InboxState emptyState() {
        return empty;
    }

    @Override
    public CommandHandler<UserCommand, UserEvent, InboxState> commandHandler() {
        return this::take;
    }

    @Override
    public EventHandler<InboxState, UserEvent> eventHandler() {
        return (state, event) -> {
            snapshotOwed |= event instanceof UserEvent.Erased;
            return (state == empty ? new InboxState() : state).apply(event);
        };
    }

    @Override
    public RetentionCriteria retentionCriteria() {
        return RetentionCriteria.snapshotEvery(SNAPSHOT_EVERY, 2)
                .withDeleteEventsOnSnapshot(); // only a conversation's are history
    }

    /// Besides that: of an erased inbox nothing stays but this snapshot and its last event ([#saved]).
    @Override
    public boolean shouldSnapshot(final InboxState state, final UserEvent event, final long sequenceNr) {
        return event instanceof UserEvent.Erased;
    }

    @Override
    public SnapshotAdapter<InboxState> snapshotAdapter() {
        return new SnapshotAdapter<>() {
            @Override
            public Object toJournal(final InboxState state) {
                return state.snapshot(); // a copy: the state goes on changing while the snapshot is written
            }

            @Override
            public InboxState fromJournal(final Object from) {
                return InboxState.restored((UserSnapshot) from);
            }
        };
    }

    @Override
    public SignalHandler<InboxState> signalHandler() {
        return newSignalHandlerBuilder()
                .onSignal(RecoveryCompleted.instance(), this::recovered)
                .onSignal(
                        SnapshotCompleted.class,
                        (state, saved) ->
                                saved(state, saved.getSnapshotMetadata().sequenceNr()))
                .onSignal(RecoveryFailed.class, (_, _) -> shared.counters().count("user_recovery_failed"))
                .onSignal(PreRestart.instance(), _ -> ends())
                .onSignal(PostStop.instance(), _ -> ends())
                .build();
    }

    private void ends() {
        if (storing) {
            shared.counters().count("user_write_failed");
            storing = false;
        }
        perform(rules.farewell());
    }

    private void recovered(final InboxState state) {
        final var now = shared.clock().instant();
        rules = freshRules(); // what was volatile died
        timer.reset();
        if (shared.lease().holds()) {
            perform(rules.recovered(state, now).effects());
            timer.arm(rules.wakeAt(), now);
            if (state.isErased()) {
                finishErasing(now);
            }
        }
    }

    /// The entity may have died between the event and its snapshot, or between that and the deleting.
    private void finishErasing(final Instant now) {
        if (snapshotOwed) {
            timer.arm(Optional.of(now), now);
        } else {
            deleteEarlier(lastSequenceNumber(context));
        }
    }

    private void saved(final InboxState state, final long sequenceNr) {
        if (state.isErased()) {
            snapshotOwed = false;
            deleteEarlier(sequenceNr);
        }
    }

    /// What the inbox knew does not outlive it.
    private void deleteEarlier(final long end) {
        if (shared.lease().holds()) {
            EarlierRows.delete(context.getSystem(), context.getSelf(), persistenceId(), end);
        }
    }

    private Effect<UserEvent, InboxState> take(final InboxState state, final UserCommand command) {
        if (!command.user().equals(id)) {
            shared.counters().count("user_wrong_addressee");
            return Effect().none();
        }
        if (!shared.lease().holds()) { // another node may own this user by now
            shared.counters().count("user_lease_lost");
            return Effect().stop();
        }
        if (command instanceof Tick) {
            timer.fired();
        }
        final var now = shared.clock().instant();
        if (command instanceof Tick && snapshotOwed && state.isErased()) {
            timer.arm(rules.wakeAt(), now);
            return Effect().persist(state.erasedAgain(now));
        }
        final var decision = rules.decide(state, command, now);
        timer.arm(rules.wakeAt(), now);
        if (decision.events().isEmpty()) {
            perform(decision.effects());
            return Effect().none();
        }
        storing = true;
        writeBeganNanos = System.nanoTime();
        return Effect().persist(decision.events()).thenRun(_ -> stored(decision));
    }

    private void stored(final Decision decision) {
        storing = false;
        shared.counters().traffic().userWrites().took(System.nanoTime() - writeBeganNanos);
        if (shared.lease().holds()) {
            perform(decision.effects());
        } else { // written, but perhaps not by the owner: nobody is told
            shared.counters().count("user_lease_lost");
        }
    }

    private void perform(final List<Decision.Effect> effects) {
        for (final var effect : effects) {
            switch (effect) {
                case Decision.Reply<?> reply -> reply.send();
                case Decision.Tell(final var message) -> shared.conversations().accept(message);
                case Decision.TellAway(final var device, final long generation) ->
                    shared.account().away(id, device, generation);
                case Decision.TellUnlinked(final long version, final var left) ->
                    shared.keys().unlinked(id, version, left);
                case Decision.TellKeysChanged(final long version, final var people) ->
                    shared.keys().changed(id, version, people);
            }
        }
    }
}
