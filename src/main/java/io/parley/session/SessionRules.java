package io.parley.session;

import io.parley.conversation.Entry;
import io.parley.conversation.PageReply;
import io.parley.conversation.PostReply;
import io.parley.conversation.SummaryReply;
import io.parley.id.ConversationId;
import io.parley.id.UserId;
import io.parley.protocol.Addressing;
import io.parley.protocol.ClientFrame;
import io.parley.protocol.CloseCode;
import io.parley.protocol.EncryptionPolicy;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.FrameException;
import io.parley.protocol.Limits;
import io.parley.protocol.ServerFrame;
import io.parley.user.Delivery;
import io.parley.user.UserCommand;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a connection decides. No actors, no clock, no sockets: everything comes in. One object serves one
/// connection.
///
/// Wants [#tick] every second.
final class SessionRules {
    static final Duration HEARTBEAT = Duration.ofSeconds(5);
    private static final Duration HELLO_PATIENCE = Duration.ofSeconds(10);
    private static final Duration ATTACH_PATIENCE = Duration.ofSeconds(10);
    private static final Duration SILENCE_MAX = Duration.ofSeconds(15);
    private static final Duration ALIVE_EVERY = Duration.ofSeconds(10);
    private static final Duration ATTACH_AGAIN = Duration.ofSeconds(1);

    /// After this time without a head of an open conversation the user is asked again.
    private static final Duration LACKING_AGAIN = Duration.ofSeconds(3);

    private static final Duration WATCH_AGAIN = Duration.ofSeconds(30);
    private static final Duration TYPING_EVERY = Duration.ofSeconds(3);
    private static final Duration MISBEHAVIOUR_WITHIN = Duration.ofSeconds(60);
    private static final int MISBEHAVIOUR_MAX = 10;
    private static final double OTHER_FRAMES_PER_SECOND = 50;
    private static final double OTHER_FRAMES_BURST = 200;
    private static final double PAGE_BYTES_PER_SECOND = 1 << 20;

    /// Conversations whose last typing is remembered.
    private static final int TYPING_MAX = 100;

    private enum Phase {
        GREETING,
        AUTHENTICATING,
        ATTACHING,
        LIVE,
        CLOSED
    }

    /// What there is once it is known whose connection this is.
    private record Live(
            Identity self,
            Pushing pushing,
            Acknowledging acknowledging,
            Sending sending,
            Asking asking,
            Receipts receipts) {}

    private final Addresses addresses;
    private final long stamp;
    private final String life;
    private final boolean limited;
    private final EncryptionPolicy encryption;
    private final Pushing.Window window;
    private final Instant startedAt;
    private final TokenBucket otherFrames;
    private final TokenBucket pageBytes;
    private final ArrayDeque<Instant> misbehaviour = new ArrayDeque<>();
    private final Set<UserId> watched = new HashSet<>();
    private final Map<ConversationId, Instant> typedAt = new HashMap<>();
    private Phase phase = Phase.GREETING;
    private Optional<String> helloRef = Optional.empty();
    private Instant heardAt;
    private Duration silentFor = Duration.ZERO;
    private Instant attachSaidAt;
    private Instant watchSaidAt;
    private boolean readReceipts = true;
    private long lastTag;

    @Nullable
    private Live live;

    /// @param stamp      when the session started, such that later is larger
    /// @param life       the life of this node
    /// @param limited    whether rate limits hold
    /// @param encryption what the device is told of it
    SessionRules(
            final Addresses addresses,
            final long stamp,
            final String life,
            final boolean limited,
            final EncryptionPolicy encryption,
            final Instant now) {
        this(addresses, stamp, life, limited, encryption, Pushing.Window.USUAL, now);
    }

    SessionRules(
            final Addresses addresses,
            final long stamp,
            final String life,
            final boolean limited,
            final EncryptionPolicy encryption,
            final Pushing.Window window,
            final Instant now) {
        this.addresses = addresses;
        this.stamp = stamp;
        this.life = life;
        this.limited = limited;
        this.encryption = encryption;
        this.window = window;
        this.startedAt = now;
        this.heardAt = now;
        this.attachSaidAt = now;
        this.watchSaidAt = now;
        this.otherFrames = new TokenBucket(OTHER_FRAMES_PER_SECOND, OTHER_FRAMES_BURST, now);
        this.pageBytes = new TokenBucket(PAGE_BYTES_PER_SECOND, PAGE_BYTES_PER_SECOND, now);
    }

    boolean isClosed() {
        return phase == Phase.CLOSED;
    }

    /// Whether frames may come: between a hello and its answer they wait in the socket.
    boolean takesFrames() {
        return phase == Phase.GREETING || phase == Phase.LIVE;
    }

    /// How many messages the device has been pushed here and has acknowledged since.
    long delivered() {
        return live == null ? 0 : live.pushing().delivered();
    }

    /// Whether every message of this device has its answer.
    boolean isAnswered() {
        return live == null || live.sending().isEmpty();
    }

    /// How long the socket is to wait before its next frame, where frames come faster than allowed that must
    /// not be lost.
    Duration throttle(final Instant now) {
        return limited ? otherFrames.untilNext(now) : Duration.ZERO;
    }

    // frames

    Decision frame(final ClientFrame frame, final Instant now) {
        final var decision = new Decision();
        heardAt = now;
        if (phase == Phase.GREETING) {
            greeted(frame, now, decision);
        } else if (phase == Phase.LIVE && live != null) {
            try {
                take(live, frame, now, decision);
            } catch (final FrameException refused) {
                decision.send(with(refused.error(), frame));
            }
        }
        return decision;
    }

    /// A frame that could not be read.
    Decision unreadable(final ServerFrame.Refusal error, final Instant now) {
        final var decision = new Decision();
        heardAt = now;
        if (phase != Phase.LIVE) {
            decision.send(error);
            close(CloseCode.UNAUTHENTICATED, "the first frame is hello", decision);
            return decision;
        }
        decision.send(error);
        if (error.code() == ErrorCode.BAD_FRAME || error.code() == ErrorCode.UNKNOWN_TYPE) {
            misbehaviour.addLast(now);
            while (misbehaviour.getFirst().plus(MISBEHAVIOUR_WITHIN).isBefore(now)) {
                misbehaviour.removeFirst();
            }
            if (misbehaviour.size() >= MISBEHAVIOUR_MAX) {
                close(CloseCode.MISBEHAVED, "too many frames that cannot be read", decision);
            }
        }
        return decision;
    }

    private void greeted(final ClientFrame frame, final Instant now, final Decision decision) {
        if (frame instanceof ClientFrame.Hello hello) {
            phase = Phase.AUTHENTICATING;
            attachSaidAt = now;
            helloRef = hello.ref();
            decision.then(new Decision.Authenticate(hello.token()));
        } else {
            decision.refuse(ErrorCode.UNAUTHENTICATED, "the first frame is hello", frame.ref());
            close(CloseCode.UNAUTHENTICATED, "the first frame is hello", decision);
        }
    }

    /// The hello's token is good.
    Decision authenticated(final Identity self, final Instant now) {
        final var decision = new Decision();
        if (phase != Phase.AUTHENTICATING) {
            return decision;
        }
        phase = Phase.ATTACHING;
        final var sendLimit = limited
                ? Optional.of(new TokenBucket(Limits.V1.messagesPerSecond(), Limits.V1.burst(), now))
                : Optional.<TokenBucket>empty();
        final var pushing = new Pushing(self, addresses, this::nextTag, window);
        live = new Live(
                self,
                pushing,
                new Acknowledging(self),
                new Sending(self, addresses, sendLimit, pushing::head),
                new Asking(self, addresses, this::nextTag),
                new Receipts());
        attach(self, now, decision);
        return decision;
    }

    /// The hello's token is not good, or could not be checked.
    Decision refused(final ErrorCode code, final String why) {
        final var decision = new Decision();
        if (phase != Phase.AUTHENTICATING) {
            return decision;
        }
        decision.refuse(code, why, helloRef);
        close(code == ErrorCode.UNAVAILABLE ? CloseCode.TRY_AGAIN : CloseCode.UNAUTHENTICATED, why, decision);
        return decision;
    }

    private void take(final Live with, final ClientFrame frame, final Instant now, final Decision decision)
            throws FrameException {
        final boolean allowed = !limited || frame instanceof ClientFrame.Send || otherFrames.take(1, now);
        switch (frame) {
            case ClientFrame.Hello _ -> throw new FrameException(ErrorCode.INVALID, "the hello was said already");
            case ClientFrame.Heartbeat heartbeat -> decision.send(new ServerFrame.Heartbeat(now, heartbeat.ref()));
            case ClientFrame.Send send -> with.sending().send(send, now, decision);
            case ClientFrame.Delivered said -> {
                charge(allowed, now);
                acknowledge(with, said.conversation(), said.seq(), false, said.ref(), now, decision);
            }
            case ClientFrame.Read said -> {
                charge(allowed, now);
                acknowledge(with, said.conversation(), said.seq(), true, said.ref(), now, decision);
            }
            case ClientFrame.Pull pull -> {
                check(allowed && (!limited || pageBytes.untilNext(now).isZero()), now);
                with.asking().pull(pull, now, decision);
            }
            case ClientFrame.Receipts receipts -> {
                check(allowed, now);
                with.asking().receipts(receipts, now, decision);
            }
            case ClientFrame.Typing typing -> {
                check(allowed, now);
                typing(with, typing, now, decision);
            }
            case ClientFrame.Watch watch -> {
                check(allowed, now);
                watch(with, watch, decision);
            }
            case ClientFrame.Unwatch unwatch -> {
                check(allowed, now);
                for (final var user : users(unwatch.users())) {
                    if (watched.remove(user)) {
                        decision.tell(new UserCommand.Unwatch(user, addresses.deliveries()));
                    }
                }
            }
        }
    }

    /// Acknowledgements are never refused, or the device would stand still: too many of them slow the socket
    /// down.
    private void charge(final boolean allowed, final Instant now) {
        if (!allowed) {
            otherFrames.charge(1, now);
        }
    }

    private void check(final boolean allowed, final Instant now) throws FrameException {
        if (!allowed) {
            final long wait = Math.max(
                    otherFrames.untilNext(now).toSeconds(),
                    pageBytes.untilNext(now).toSeconds());
            throw new FrameException(new ServerFrame.Refusal(
                    ErrorCode.RATE_LIMITED,
                    "too many frames in a short time",
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    OptionalInt.of((int) wait + 1)));
        }
    }

    private void acknowledge(
            final Live with,
            final String spelt,
            final long seq,
            final boolean read,
            final Optional<String> ref,
            final Instant now,
            final Decision decision)
            throws FrameException {
        final var conversation = Addressing.conversation(with.self().user(), spelt);
        final boolean known = !conversation.isNotes() // there only the log says which device sent what
                && with.pushing()
                        .lane(conversation)
                        .filter(lane -> seq <= lane.head())
                        .isPresent();
        if (known) {
            with.pushing().acknowledge(conversation, seq, now, decision);
            acknowledged(with, conversation, seq, read, seq, now, decision);
        } else {
            with.asking().claim(conversation, seq, read, ref, now, decision);
        }
    }

    private void acknowledged(
            final Live with,
            final ConversationId conversation,
            final long seq,
            final boolean read,
            final long delivered,
            final Instant now,
            final Decision decision) {
        final long cursor = Math.max(
                seq, with.pushing().lane(conversation).map(Lane::cursor).orElse(seq));
        with.acknowledging().say(conversation, cursor, delivered, read ? Math.min(seq, delivered) : 0, now, decision);
    }

    private void typing(final Live with, final ClientFrame.Typing typing, final Instant now, final Decision decision)
            throws FrameException {
        final var conversation = Addressing.conversation(with.self().user(), typing.conversation());
        typedAt.values().removeIf(at -> !now.isBefore(at.plus(TYPING_EVERY)));
        if (!typedAt.containsKey(conversation) && typedAt.size() < TYPING_MAX) {
            typedAt.put(conversation, now);
            decision.tell(new UserCommand.Typing(with.self().user(), conversation));
        }
    }

    private void watch(final Live with, final ClientFrame.Watch watch, final Decision decision) throws FrameException {
        final var users = users(watch.users());
        final var all = new HashSet<>(watched);
        all.addAll(users);
        if (all.size() > Limits.V1.watch()) {
            throw new FrameException(
                    ErrorCode.INVALID, "a socket watches at most " + Limits.V1.watch() + " users; unwatch some");
        }
        watched.addAll(users);
        for (final var user : users) {
            decision.tell(new UserCommand.Watch(user, with.self().user(), addresses.deliveries()));
        }
    }

    private static List<UserId> users(final List<String> spelt) throws FrameException {
        final var users = new HashSet<UserId>();
        for (final var each : spelt) {
            users.add(UserId.parse(each)
                    .orElseThrow(() -> new FrameException(ErrorCode.INVALID, "'users' holds what is not a user id")));
        }
        return List.copyOf(users);
    }

    /// The refusal with what it needs to be found by its sender.
    private static ServerFrame.Refusal with(final ServerFrame.Refusal error, final ClientFrame frame) {
        final var id =
                frame instanceof ClientFrame.Send send ? Optional.of(send.id().value()) : error.id();
        return new ServerFrame.Refusal(
                error.code(), error.message(), frame.ref(), id, error.conversation(), error.retryAfterSeconds());
    }

    // what others say

    Decision delivery(final Delivery delivery, final Instant now) {
        final var decision = new Decision();
        if (live == null || phase == Phase.CLOSED) {
            return decision;
        }
        switch (delivery) {
            case Delivery.Attached attached -> attached(live, attached, now, decision);
            case Delivery.HeadKnown known -> {
                live.pushing().headKnown(known, now, decision);
                passOwn(live, known.conversation(), known.cursor(), now, decision);
            }
            case Delivery.Arrived arrived -> {
                live.pushing()
                        .arrived(
                                arrived.conversation(),
                                arrived.cursor(),
                                Outsider.seen(arrived.entries(), live.self().device(), arrived.outside()),
                                now,
                                decision);
                passOwn(live, arrived.conversation(), arrived.cursor(), now, decision);
            }
            case Delivery.OwnMoved moved -> {
                live.acknowledging().confirmed(moved);
                live.receipts().moved(moved.conversation(), moved.reached(), live.sending(), decision);
            }
            case Delivery.OtherMoved moved ->
                live.receipts().moved(moved.conversation(), moved.reached(), live.sending(), decision);
            case Delivery.ReadReceiptsSet(final boolean on) -> readReceipts = on;
            case Delivery.PresenceChanged presence -> {
                if (watched.contains(presence.user())) {
                    decision.send(new ServerFrame.Presence(
                            presence.user(), presence.online(), presence.lastSeen(), Optional.empty()));
                }
            }
            case Delivery.NoSuchUser(final var user) -> {
                if (watched.remove(user)) {
                    final var refusal = Frames.unknownUser(user);
                    decision.refuse(refusal.code(), refusal.message(), Optional.empty());
                }
            }
            case Delivery.TypingSeen typing ->
                decision.send(new ServerFrame.Typing(typing.conversation(), typing.user()));
            case Delivery.OwnKeysChanged(final var user, final long version) ->
                decision.send(new ServerFrame.Keys(user, version));
            case Delivery.KeyPackagesLow(final int left) -> decision.send(new ServerFrame.KeyPackages(left));
            case Delivery.Replaced _ -> close(CloseCode.REPLACED, "this device has connected again", decision);
            case Delivery.Revoked _ -> {
                decision.refuse(ErrorCode.UNAUTHENTICATED, "this device is not linked any more", helloRef);
                close(CloseCode.UNAUTHENTICATED, "this device is not linked any more", decision);
            }
            case Delivery.Leaving _ -> attach(live.self(), now, decision);
        }
        return decision;
    }

    private void attached(
            final Live with, final Delivery.Attached attached, final Instant now, final Decision decision) {
        readReceipts = attached.readReceipts();
        if (phase == Phase.ATTACHING) {
            phase = Phase.LIVE;
            heardAt = now; // until now its frames had to wait
            decision.send(new ServerFrame.Welcome(
                    with.self().user(),
                    with.self().uid(),
                    with.self().device(),
                    (int) HEARTBEAT.toSeconds(),
                    Limits.V1,
                    Optional.of(encryption),
                    now,
                    helloRef));
            helloRef = Optional.empty();
        }
        with.pushing().attached(attached, now, decision);
    }

    /// Where the device's own entries follow what it has acknowledged, its cursor passes over them.
    private void passOwn(
            final Live with,
            final ConversationId conversation,
            final long userKnows,
            final Instant now,
            final Decision decision) {
        final var lane = with.pushing().lane(conversation);
        if (lane.isPresent() && lane.get().cursor() > userKnows) {
            final long cursor = lane.get().cursor();
            with.acknowledging().say(conversation, cursor, conversation.isNotes() ? 0 : cursor, 0, now, decision);
        }
    }

    Decision posted(final PostReply reply, final Instant now) {
        final var decision = new Decision();
        if (live != null && phase != Phase.CLOSED) {
            live.sending().answered(reply, now, decision);
            live.receipts().release(reply.conversation(), live.sending(), decision);
        }
        return decision;
    }

    /// The keys of somebody have changed with whom the person talks.
    Decision keysOf(final UserId user, final long version) {
        final var decision = new Decision();
        if (phase == Phase.LIVE) {
            decision.send(new ServerFrame.Keys(user, version));
        }
        return decision;
    }

    Decision page(final PageReply reply, final Instant now) {
        final var decision = new Decision();
        if (live == null || phase == Phase.CLOSED) {
            return decision;
        }
        switch (reply) {
            case PageReply.Page page ->
                entries(
                        live,
                        page.tag(),
                        Outsider.seen(page.entries(), live.self().device(), page.outside()),
                        page.head(),
                        now,
                        decision);
            case PageReply.InLog log ->
                decision.then(new Decision.ReadLog(
                        log.conversation(), log.from(), log.to(), log.fromEnd(), log.head(), log.outside(), log.tag()));
            case PageReply.NotAMember _, PageReply.UnknownUser _, PageReply.Unavailable _ ->
                live.asking().refused(reply, decision);
        }
        return decision;
    }

    /// The part of the log that was asked for.
    Decision logRead(final Decision.ReadLog asked, final List<Entry> entries, final Instant now) {
        final var decision = new Decision();
        if (live != null && phase != Phase.CLOSED) {
            entries(
                    live,
                    asked.tag(),
                    Outsider.seen(entries, live.self().device(), asked.outside()),
                    asked.head(),
                    now,
                    decision);
        }
        return decision;
    }

    /// The log could not be read now.
    Decision logFailed(final Decision.ReadLog asked) {
        final var decision = new Decision();
        if (live != null && phase != Phase.CLOSED) {
            live.asking().refused(new PageReply.Unavailable(asked.conversation(), asked.tag()), decision);
        }
        return decision;
    }

    private void entries(
            final Live with,
            final long tag,
            final List<Entry> entries,
            final long head,
            final Instant now,
            final Decision decision) {
        if (with.pushing().isReading(tag)) {
            with.pushing()
                    .page(tag, entries, head, now, decision)
                    .ifPresent(lane -> passOwn(with, lane, entries.getFirst().seq() - 1, now, decision));
            return;
        }
        if (with.asking().isAsking(tag)) {
            if (limited) {
                pageBytes.charge(entries.stream().mapToInt(Entry::bytes).sum(), now);
            }
            with.asking().page(tag, entries, head, decision).ifPresent(cursor -> {
                with.pushing().acknowledge(cursor.conversation(), cursor.seq(), now, decision);
                acknowledged(
                        with, cursor.conversation(), cursor.seq(), cursor.read(), cursor.delivered(), now, decision);
            });
        }
    }

    Decision summary(final SummaryReply reply) {
        final var decision = new Decision();
        if (live != null && phase != Phase.CLOSED) {
            live.asking().summary(reply, readReceipts, decision);
        }
        return decision;
    }

    // time

    Decision tick(final Instant now) {
        final var decision = new Decision();
        switch (phase) {
            case GREETING -> {
                if (!now.isBefore(startedAt.plus(HELLO_PATIENCE))) {
                    decision.refuse(ErrorCode.UNAUTHENTICATED, "no hello in time", Optional.empty());
                    close(CloseCode.UNAUTHENTICATED, "no hello in time", decision);
                }
            }
            case AUTHENTICATING, ATTACHING -> {
                if (!now.isBefore(startedAt.plus(HELLO_PATIENCE).plus(ATTACH_PATIENCE))) {
                    decision.refuse(ErrorCode.UNAVAILABLE, "the inbox does not answer; try again", helloRef);
                    close(CloseCode.TRY_AGAIN, "the inbox does not answer", decision);
                } else if (live != null && !now.isBefore(attachSaidAt.plus(ATTACH_AGAIN))) {
                    attach(live.self(), now, decision);
                }
            }
            case LIVE -> {
                if (!now.isBefore(heardAt.plus(SILENCE_MAX))) {
                    silentFor = Duration.between(heardAt, now); // nobody has seen the person since
                    close(CloseCode.SILENT, "no frame for " + SILENCE_MAX.toSeconds() + " s", decision);
                } else if (live != null) {
                    repeat(live, now, decision);
                }
            }
            case CLOSED -> {}
        }
        return decision;
    }

    private void repeat(final Live with, final Instant now, final Decision decision) {
        if (!now.isBefore(attachSaidAt.plus(with.pushing().isLacking() ? LACKING_AGAIN : ALIVE_EVERY))) {
            attach(with.self(), now, decision);
        }
        if (!now.isBefore(watchSaidAt.plus(WATCH_AGAIN))) {
            watchSaidAt = now;
            watched.forEach(user ->
                    decision.tell(new UserCommand.Watch(user, with.self().user(), addresses.deliveries())));
        }
        with.pushing().tick(now, decision);
        with.acknowledging().tick(now, decision);
        with.asking().tick(now, decision);
        with.sending()
                .tick(now, decision)
                .forEach(conversation -> with.receipts().release(conversation, with.sending(), decision));
    }

    /// The node drains: the device is told to come back, elsewhere or later.
    Decision bye(final String reason, final Duration reconnectAfter) {
        final var decision = new Decision();
        if (phase != Phase.CLOSED) {
            decision.send(new ServerFrame.Bye(reason, reconnectAfter));
            close(CloseCode.DRAINING, reason, decision);
        }
        return decision;
    }

    /// This node cannot serve now; another may, or this one later.
    Decision notReady(final String why) {
        final var decision = new Decision();
        if (phase != Phase.CLOSED) {
            decision.refuse(ErrorCode.UNAVAILABLE, why, helloRef);
            close(CloseCode.TRY_AGAIN, why, decision);
        }
        return decision;
    }

    /// The connection has ended.
    Decision ended() {
        final var decision = new Decision();
        phase = Phase.CLOSED;
        if (live != null) {
            final var self = live.self();
            decision.tell(new UserCommand.Detach(self.user(), self.device(), stamp, silentFor));
            watched.forEach(user -> decision.tell(new UserCommand.Unwatch(user, addresses.deliveries())));
        }
        return decision;
    }

    private void attach(final Identity self, final Instant now, final Decision decision) {
        attachSaidAt = now;
        decision.tell(new UserCommand.Attach(
                self.user(),
                self.device(),
                self.generation(),
                stamp,
                life,
                live == null || live.pushing().isLacking(),
                addresses.deliveries()));
    }

    private void close(final CloseCode code, final String reason, final Decision decision) {
        phase = Phase.CLOSED;
        decision.then(new Decision.Close(code, reason));
    }

    private long nextTag() {
        return ++lastTag;
    }
}
