package io.parley.session;

import io.parley.account.Caller;
import io.parley.account.Outcome;
import io.parley.cluster.ActorReplyTo;
import io.parley.cluster.Counters;
import io.parley.conversation.ConversationCommand;
import io.parley.conversation.ConversationLog;
import io.parley.conversation.Entry;
import io.parley.conversation.PageReply;
import io.parley.conversation.PostReply;
import io.parley.conversation.SummaryReply;
import io.parley.id.UserId;
import io.parley.protocol.ClientFrame;
import io.parley.protocol.CloseCode;
import io.parley.protocol.EncryptionPolicy;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.FrameCodec;
import io.parley.protocol.ServerFrame;
import io.parley.user.Delivery;
import io.parley.user.UserCommand;
import io.parley.websocket.Socket;
import io.parley.websocket.WebSocketStage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/// The actor of one connection: hands frames and answers to [SessionRules] and does what they decide. Not
/// persistent.
public final class Session extends AbstractBehavior<Session.Command> {
    /// What a session can be told from inside the node.
    public sealed interface Command {}

    /// A frame has come.
    public record FrameIn(ClientFrame frame) implements Command {}

    /// A frame has come that cannot be read.
    public record Unreadable(ServerFrame.Refusal why) implements Command {}

    /// The connection has ended.
    public record SocketEnded() implements Command {}

    /// The node goes: finish what is in flight, say bye, close.
    ///
    /// @param reconnectAfter what the client is told to wait
    public record Drain(String reason, Duration reconnectAfter) implements Command {}

    /// This node cannot serve now: refuse, close (1013), without waiting for anything.
    public record NotReady(String reason) implements Command {}

    /// The keys of somebody have changed with whom the person talks.
    ///
    /// @param version rises with each change
    record KeysOf(UserId user, long version) implements Command {}

    private record Delivered(Delivery delivery) implements Command {}

    private record Posted(PostReply reply) implements Command {}

    private record Paged(PageReply reply) implements Command {}

    private record Summarised(SummaryReply reply) implements Command {}

    private record Authenticated(Outcome.Authentication outcome) implements Command {}

    private record AuthenticationFailed() implements Command {}

    private record LogRead(Decision.ReadLog asked, List<Entry> entries) implements Command {}

    private record LogFailed(Decision.ReadLog asked) implements Command {}

    private record Tick() implements Command {}

    private record Resume() implements Command {}

    /// What all sessions of a node share.
    ///
    /// @param authenticate whose access token is this
    /// @param stamps       makes start stamps, each larger than those before
    /// @param life         the life of this node
    /// @param limited      whether rate limits hold
    public record Shared(
            Function<String, CompletionStage<Outcome.Authentication>> authenticate,
            Consumer<ConversationCommand> conversations,
            Consumer<UserCommand> users,
            ConversationLog log,
            Counters counters,
            InstantSource clock,
            LongSupplier stamps,
            String life,
            boolean limited,
            EncryptionPolicy encryption) {}

    /// What is counted by the code of a refusal, and of a close.
    private static final String REFUSED = "session_refused_";

    private static final String CLOSED = "session_closed_";

    private static final Duration TICK = Duration.ofSeconds(1);

    /// How long a draining session waits for answers to what is in flight.
    private static final Duration DRAIN_PATIENCE = Duration.ofSeconds(3);

    /// What may wait to be read by a device that reads slowly, before no more of its frames are taken (and it
    /// is soon found silent), and before the connection is given up.
    private static final long PENDING_BYTES_SLOW = 1L << 20;

    private static final long PENDING_BYTES_MAX = 32L << 20;

    private final Socket socket;
    private final Shared shared;
    private final Connections here;
    private final TimerScheduler<Command> timers;
    private final SessionRules rules;
    private final ArrayDeque<Command> waiting = new ArrayDeque<>(); // at most what has been granted
    private int handled;
    private long deliveredCounted;
    private boolean resuming;

    /// Whose connection this is, once that is known.
    private Optional<UserId> user = Optional.empty();

    @Nullable
    private Drain draining;

    private Instant drainUntil = Instant.MAX;

    private Session(
            final ActorContext<Command> context,
            final TimerScheduler<Command> timers,
            final Socket socket,
            final Shared shared,
            final Connections here) {
        super(context);
        this.here = here;
        this.socket = socket;
        this.shared = shared;
        this.timers = timers;
        final var addresses = new Addresses(
                new ActorReplyTo<>(context.messageAdapter(Delivery.class, Delivered::new)),
                new ActorReplyTo<>(context.messageAdapter(PostReply.class, Posted::new)),
                new ActorReplyTo<>(context.messageAdapter(PageReply.class, Paged::new)),
                new ActorReplyTo<>(context.messageAdapter(SummaryReply.class, Summarised::new)));
        this.rules = new SessionRules(
                addresses, shared.stamps().getAsLong(), shared.life(), shared.limited(), shared.encryption(), now());
        timers.startTimerWithFixedDelay(new Tick(), TICK);
    }

    /// The session of the connection behind `socket`.
    ///
    /// @param here where it says whose it is
    static Behavior<Command> create(final Socket socket, final Shared shared, final Connections here) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new Session(context, timers, socket, shared, here)));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onAnyMessage(this::take)
                .onSignal(PostStop.class, _ -> {
                    user.ifPresent(each -> here.go(each, getContext().getSelf()));
                    perform(rules.ended());
                    return this;
                })
                .build();
    }

    private Behavior<Command> take(final Command command) {
        final var now = now();
        switch (command) {
            case FrameIn _, Unreadable _ -> waiting.addLast(command);
            case Delivered(final var delivery) -> perform(rules.delivery(delivery, now));
            case Posted(final var reply) -> perform(rules.posted(reply, now));
            case Paged(final var reply) -> perform(rules.page(reply, now));
            case Summarised(final var reply) -> perform(rules.summary(reply));
            case Authenticated(final var outcome) -> perform(authenticated(outcome, now));
            case AuthenticationFailed _ ->
                perform(rules.refused(ErrorCode.UNAVAILABLE, "the token cannot be checked now"));
            case LogRead(final var asked, final var entries) -> perform(rules.logRead(asked, entries, now));
            case LogFailed(final var asked) -> perform(rules.logFailed(asked));
            case Drain drain -> {
                draining = drain;
                drainUntil = now.plus(DRAIN_PATIENCE);
            }
            case NotReady(final var reason) -> perform(rules.notReady(reason));
            case KeysOf(final var user, final long version) -> perform(rules.keysOf(user, version));
            case Resume _ -> resuming = false;
            case Tick _ -> perform(rules.tick(now));
            case SocketEnded _ -> {
                return Behaviors.stopped();
            }
        }
        takeWaiting(now);
        drain(now);
        countDelivered();
        return this;
    }

    private Decision authenticated(final Outcome.Authentication outcome, final Instant now) {
        return switch (outcome) {
            case Caller caller -> {
                here.come(caller.user(), getContext().getSelf());
                user = Optional.of(caller.user());
                yield rules.authenticated(
                        new Identity(caller.user(), caller.device(), caller.generation(), caller.uid()), now);
            }
            case Outcome.Unauthenticated refused -> rules.refused(ErrorCode.UNAUTHENTICATED, refused.why());
            case Outcome.Unavailable unavailable -> rules.refused(ErrorCode.UNAVAILABLE, unavailable.why());
        };
    }

    /// Takes the frames that have come, as far as they may be taken now; what is not granted again waits in the
    /// client's socket.
    private void takeWaiting(final Instant now) {
        while (!waiting.isEmpty() && mayTake(now)) {
            switch (waiting.removeFirst()) {
                case FrameIn(final var frame) -> perform(rules.frame(frame, now));
                case Unreadable(final var why) -> perform(rules.unreadable(why, now));
                case Delivered _,
                        Posted _,
                        Paged _,
                        Summarised _,
                        Authenticated _,
                        AuthenticationFailed _,
                        LogRead _,
                        LogFailed _,
                        Drain _,
                        NotReady _,
                        KeysOf _,
                        Resume _,
                        Tick _,
                        SocketEnded _ -> {} // never waits
            }
            handled++;
        }
        if (handled >= WebSocketStage.GRANTED_AT_FIRST / 4) {
            socket.grant(handled);
            handled = 0;
        }
    }

    private boolean mayTake(final Instant now) {
        if (!rules.takesFrames() || draining != null || resuming) {
            return false;
        }
        final var throttle = rules.throttle(now);
        final boolean slow = socket.pendingBytes() > PENDING_BYTES_SLOW;
        if (throttle.isZero() && !slow) {
            return true;
        }
        if (slow) {
            shared.counters().count("session_slow_reader");
        }
        if (!throttle.isZero()) {
            shared.counters().count("session_throttled");
        }
        resuming = true;
        timers.startSingleTimer(new Resume(), slow ? Duration.ofMillis(100) : throttle);
        return false;
    }

    private void drain(final Instant now) {
        if (draining != null && !rules.isClosed() && (rules.isAnswered() || !now.isBefore(drainUntil))) {
            perform(rules.bye(draining.reason(), draining.reconnectAfter()));
        }
    }

    private void perform(final Decision decision) {
        for (final var effect : decision.effects()) {
            switch (effect) {
                case Decision.Send(final var frame) -> {
                    count(frame);
                    socket.write(FrameCodec.print(frame));
                }
                case Decision.Close(final var code, final var reason) -> {
                    shared.counters().count(CLOSED + code.code());
                    socket.close(code.code(), reason);
                }
                case Decision.Authenticate(final var token) ->
                    getContext()
                            .pipeToSelf(
                                    shared.authenticate().apply(token),
                                    (outcome, failure) ->
                                            outcome != null ? new Authenticated(outcome) : new AuthenticationFailed());
                case Decision.TellUser(final var message) -> shared.users().accept(message);
                case Decision.TellConversation(final var message) ->
                    shared.conversations().accept(message);
                case Decision.ReadLog asked ->
                    getContext()
                            .pipeToSelf(
                                    shared.log().page(asked.conversation(), asked.from(), asked.to(), asked.fromEnd()),
                                    (entries, failure) ->
                                            entries != null ? new LogRead(asked, entries) : new LogFailed(asked));
            }
        }
        if (socket.pendingBytes() > PENDING_BYTES_MAX) {
            shared.counters().count("session_reader_gave_up");
            socket.close(CloseCode.TRY_AGAIN.code(), "too much waits to be read");
        }
    }

    private void count(final ServerFrame frame) {
        if (frame instanceof ServerFrame.Message) {
            shared.counters().traffic().pushed();
        } else if (frame instanceof ServerFrame.Refusal refusal) {
            shared.counters().count(REFUSED + refusal.code().wire());
            if (refusal.code() == ErrorCode.RATE_LIMITED) { // only messages are refused by their id
                shared.counters()
                        .count(refusal.id().isPresent() ? "session_rate_limited_sends" : "session_rate_limited_frames");
            }
        }
    }

    private void countDelivered() {
        final long delivered = rules.delivered();
        if (delivered > deliveredCounted) {
            shared.counters().traffic().delivered(delivered - deliveredCounted);
            deliveredCounted = delivered;
        }
    }

    private Instant now() {
        return shared.clock().instant();
    }
}
