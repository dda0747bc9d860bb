package io.parley.conversation;

import io.parley.cluster.Counters;
import io.parley.cluster.Latencies;
import io.parley.cluster.MembershipLease;
import io.parley.cluster.WakeTimer;
import io.parley.content.Octets;
import io.parley.conversation.ConversationCommand.Append;
import io.parley.conversation.ConversationCommand.AskGroup;
import io.parley.conversation.ConversationCommand.ReadPage;
import io.parley.conversation.ConversationCommand.Submission;
import io.parley.conversation.ConversationCommand.Summarise;
import io.parley.conversation.ConversationCommand.Tick;
import io.parley.id.ConversationId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
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
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.Effect;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;

/// The one writer of a conversation: persists what [ConversationRules] decides, sends, and keeps the timer.
public final class Conversation
        extends EventSourcedBehavior<ConversationCommand, ConversationEvent, ConversationState> {
    /// The entity's name; stands in the journal, never changes.
    public static final EntityTypeKey<ConversationCommand> KEY =
            EntityTypeKey.create(ConversationCommand.class, "conversation");

    /// What all conversations of a node share.
    ///
    /// @param members the way to the members' users
    /// @param log     the log, read beside the entity for what is older than memory
    /// @param groups  of encrypted conversations
    /// @param media   the uploads that messages carry
    public record Shared(
            MemberNotes members,
            ConversationLog log,
            MembershipLease lease,
            Counters counters,
            InstantSource clock,
            Supplier<Nonce> nonces,
            Groups groups,
            MediaDesk media) {}

    /// What encrypted conversations need beside the log.
    ///
    /// @param superseded told of the uploads, by SHA-256, that are not needed since a commit
    public record Groups(Encryption encryption, BiConsumer<ConversationId, Set<Octets>> superseded) {}

    /// A snapshot every so many entries: a conversation of any length starts by reading one snapshot and fewer
    /// events than this. It costs about 50 bytes an entry in the snapshot store.
    private static final int SNAPSHOT_EVERY = 1_000;

    private final ConversationId id;
    private final Shared shared;
    private final ActorContext<ConversationCommand> context;
    private final WakeTimer<ConversationCommand> timer;
    private final Append append;

    /// Never changed: Pekko takes the empty state once and starts from the same object again after a failed
    /// write, so the first event makes one of its own.
    private final ConversationState empty;

    private ConversationRules rules;
    private Optional<Decision> beingStored = Optional.empty();
    private long writeBeganNanos;

    private Conversation(
            final ConversationId id,
            final Shared shared,
            final ActorContext<ConversationCommand> context,
            final TimerScheduler<ConversationCommand> timers) {
        super(
                persistenceId(id),
                SupervisorStrategy.restartWithBackoff(Duration.ofMillis(200), Duration.ofSeconds(5), 0.2));
        this.id = id;
        this.shared = shared;
        this.context = context;
        this.timer = new WakeTimer<>(timers, new Tick(id));
        this.append = new Append(id);
        this.empty = new ConversationState(id);
        this.rules = new ConversationRules(id, shared.nonces(), shared.groups().encryption());
    }

    /// The entity of `id`.
    public static Behavior<ConversationCommand> create(final ConversationId id, final Shared shared) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new Conversation(id, shared, context, timers)));
    }

    static PersistenceId persistenceId(final ConversationId id) {
        return PersistenceId.of(KEY.name(), id.value());
    }

    @Override
    public ConversationState emptyState() {
        return empty;
    }

    @Override
    public CommandHandler<ConversationCommand, ConversationEvent, ConversationState> commandHandler() {
        return this::take;
    }

    @Override
    public EventHandler<ConversationState, ConversationEvent> eventHandler() {
        return (state, event) -> (state == empty ? new ConversationState(id) : state).apply(event);
    }

    @Override
    public RetentionCriteria retentionCriteria() {
        return RetentionCriteria.snapshotEvery(SNAPSHOT_EVERY, 2); // events stay for ever: they are the history
    }

    @Override
    public SnapshotAdapter<ConversationState> snapshotAdapter() {
        return new SnapshotAdapter<>() {
            @Override
            public Object toJournal(final ConversationState state) {
                return state.snapshot(); // a copy: the state goes on changing while the snapshot is written
            }

            @Override
            public ConversationState fromJournal(final Object from) {
                return ConversationState.restored(id, (ConversationSnapshot) from);
            }
        };
    }

    @Override
    public SignalHandler<ConversationState> signalHandler() {
        return newSignalHandlerBuilder()
                .onSignal(RecoveryCompleted.instance(), _ -> {
                    rules = new ConversationRules(
                            id, shared.nonces(), shared.groups().encryption()); // what was volatile died
                    timer.reset();
                })
                .onSignal(RecoveryFailed.class, (_, _) -> shared.counters().count("conversation_recovery_failed"))
                .onSignal(PreRestart.instance(), _ -> refuseAll())
                .onSignal(PostStop.instance(), _ -> refuseAll())
                .build();
    }

    private Effect<ConversationEvent, ConversationState> take(
            final ConversationState state, final ConversationCommand command) {
        if (!command.conversation().equals(id)) {
            shared.counters().count("conversation_wrong_addressee");
            return Effect().none();
        }
        if (!shared.lease().holds()) { // another node may own this conversation by now
            shared.counters().count("conversation_lease_lost");
            refuse(command);
            return Effect().stop();
        }
        if (command instanceof Tick) {
            timer.fired();
        }
        final var now = shared.clock().instant();
        final var decision = rules.decide(state, command, now);
        timer.arm(rules.wakeAt(), now);
        if (decision.events().isEmpty()) {
            perform(decision.effects());
            return Effect().none();
        }
        beingStored = Optional.of(decision);
        writeBeganNanos = System.nanoTime();
        return Effect().persist(decision.events()).thenRun(_ -> stored(decision));
    }

    /// Whoever asks is told, rather than left to wait.
    private void refuse(final ConversationCommand command) {
        if (command instanceof Submission post) {
            post.replyTo().tell(new PostReply.Unavailable(id, post.id(), "this node is not a member now"));
        } else if (command instanceof ReadPage read) {
            read.replyTo().tell(new PageReply.Unavailable(id, read.tag()));
        } else if (command instanceof AskGroup ask) {
            ask.replyTo().tell(new GroupReply.Unavailable(id));
        } else if (command instanceof Summarise summarise) {
            summarise.replyTo().tell(new SummaryReply.Unavailable(id, summarise.tag()));
        }
    }

    private void stored(final Decision decision) {
        beingStored = Optional.empty();
        final var traffic = shared.counters().traffic();
        traffic.conversationWrites().took(System.nanoTime() - writeBeganNanos);
        if (shared.lease().holds()) {
            count(decision.accepted(), traffic.accepted());
            perform(decision.effects());
        } else { // written, but perhaps not by the owner: nothing is acknowledged
            shared.counters().count("conversation_lease_lost");
            perform(decision.ifNotStored());
        }
    }

    private void count(final List<Waiting.Item> messages, final Latencies accepted) {
        if (!messages.isEmpty()) {
            final var now = shared.clock().instant();
            for (final var message : messages) {
                accepted.took(message.since, now);
            }
        }
    }

    private void refuseAll() {
        beingStored.ifPresent(decision -> {
            shared.counters().count("conversation_write_failed");
            perform(decision.ifNotStored());
        });
        beingStored = Optional.empty();
        perform(rules.farewell());
    }

    private void perform(final List<Decision.Effect> effects) {
        for (final var effect : effects) {
            switch (effect) {
                case Decision.Reply<?> reply -> reply.send();
                case Decision.Tell(final var member, final var message) ->
                    shared.members().tell(member, message);
                case Decision.AppendSoon _ -> context.getSelf().tell(append);
                case Decision.LookUp lookUp ->
                    context.pipeToSelf(LogSearch.find(shared.log()::read, id, lookUp), (found, _) -> found);
                case Decision.BindMedia bind ->
                    context.pipeToSelf(MediaBinding.bind(shared.media(), bind), (bound, _) -> bound);
                case Decision.MediaStored(final var claim, final long seq, final var media) ->
                    shared.media().stored(claim, seq, media);
                case Decision.Superseded(final var files) ->
                    shared.groups().superseded().accept(id, files);
                case Decision.Full _ -> shared.counters().count("conversation_full");
                case Decision.Unanswered(final var member) -> {
                    shared.counters().count("inbox_unanswered");
                    context.getLog().warn("the inbox of {} did not answer {} in time", member, id);
                }
            }
        }
    }
}
