package io.parley.keys;

import io.parley.cluster.ActorReplyTo;
import io.parley.cluster.Counters;
import io.parley.cluster.MembershipLease;
import io.parley.id.UserId;
import io.parley.store.EarlierRows;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.PreRestart;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
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

/// The one keeper of a person's keys: persists what [KeysRules] decides, answers, and sends the notices.
final class Keys extends EventSourcedBehavior<KeysCommand, KeysEvent, KeysState> {
    static final EntityTypeKey<KeysCommand> KEY = EntityTypeKey.create(KeysCommand.class, "keys");

    /// Each claim is an event, and the state is small: some 360 bytes a key package.
    private static final int SNAPSHOT_EVERY = 50;

    /// What all keepers of a node share.
    record Shared(Notices notices, MembershipLease lease, Counters counters, InstantSource clock) {}

    private final UserId self;
    private final Shared shared;
    private final KeysRules rules;
    private final ActorContext<KeysCommand> context;
    private Optional<Decision> beingStored = Optional.empty();

    /// The account was deleted, as far as events say; no snapshot says so yet.
    private boolean snapshotOwed;

    private Keys(final UserId self, final Shared shared, final ActorContext<KeysCommand> context) {
        super(
                PersistenceId.of(KEY.name(), self.value()),
                SupervisorStrategy.restartWithBackoff(Duration.ofMillis(200), Duration.ofSeconds(5), 0.2));
        this.self = self;
        this.shared = shared;
        this.rules = new KeysRules(self);
        this.context = context;
    }

    static Behavior<KeysCommand> create(final UserId self, final Shared shared) {
        return Behaviors.setup(context -> new Keys(self, shared, context));
    }

    @Override
    public KeysState emptyState() {
        return KeysState.NONE;
    }

    @Override
    public CommandHandler<KeysCommand, KeysEvent, KeysState> commandHandler() {
        return this::take;
    }

    @Override
    public EventHandler<KeysState, KeysEvent> eventHandler() {
        return (state, event) -> {
            snapshotOwed |= event instanceof KeysEvent.Erased;
            return state.apply(event);
        };
    }

    @Override
    public RetentionCriteria retentionCriteria() {
        return RetentionCriteria.snapshotEvery(SNAPSHOT_EVERY, 2).withDeleteEventsOnSnapshot();
    }

    /// Besides that: of a deleted account nothing stays but this snapshot and its last event ([#saved]).
    @Override
    public boolean shouldSnapshot(final KeysState state, final KeysEvent event, final long sequenceNr) {
        return event instanceof KeysEvent.Erased;
    }

    @Override
    public SignalHandler<KeysState> signalHandler() {
        return newSignalHandlerBuilder()
                .onSignal(RecoveryCompleted.instance(), this::recovered)
                .onSignal(SnapshotCompleted.class, (state, _) -> saved(state))
                .onSignal(RecoveryFailed.class, (_, _) -> shared.counters().count("keys_recovery_failed"))
                .onSignal(PreRestart.instance(), _ -> refuseWaiting())
                .onSignal(PostStop.instance(), _ -> refuseWaiting())
                .build();
    }

    private Effect<KeysEvent, KeysState> take(final KeysState state, final KeysCommand command) {
        if (!command.user().equals(self)) {
            shared.counters().count("keys_wrong_addressee");
        }
        final var decision = rules.decide(state, command, now());
        if (!shared.lease().holds()) { // another node may own these by now
            shared.counters().count("keys_lease_lost");
            decision.refuse();
            return Effect().stop();
        }
        if (decision.events().isEmpty()) {
            perform(decision);
            return Effect().none();
        }
        beingStored = Optional.of(decision);
        return Effect().persist(decision.events()).thenRun(_ -> stored(decision));
    }

    private void stored(final Decision decision) {
        beingStored = Optional.empty();
        if (shared.lease().holds()) {
            perform(decision);
        } else { // written, but perhaps not by the owner: nothing is acknowledged
            shared.counters().count("keys_lease_lost");
            decision.refuse();
        }
    }

    private void perform(final Decision decision) {
        decision.answer().run();
        decision.notices().forEach(notice -> shared.notices().tell(self, notice));
    }

    private void recovered(final KeysState state) {
        if (!state.erased()) {
            return;
        }
        if (snapshotOwed) { // it died between the event and the snapshot: once more
            final ActorRef<KeysReply.ToErase> nobody = context.getSystem().ignoreRef();
            context.getSelf().tell(new KeysCommand.Erase(self, new ActorReplyTo<>(nobody)));
        } else { // or between the snapshot and this
            deleteEarlier(state);
        }
    }

    private void saved(final KeysState state) {
        if (state.erased()) {
            snapshotOwed = false;
            deleteEarlier(state);
        }
    }

    private void deleteEarlier(final KeysState state) {
        if (shared.lease().holds()) {
            EarlierRows.delete(context.getSystem(), context.getSelf(), persistenceId(), state.events());
        }
    }

    /// The write failed or the keeper stops: whoever waits hears it now and not after his patience.
    private void refuseWaiting() {
        beingStored.ifPresent(decision -> {
            shared.counters().count("keys_write_failed");
            decision.refuse();
        });
        beingStored = Optional.empty();
    }

    /// To the millisecond, as times are shown everywhere.
    private Instant now() {
        return shared.clock().instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
