package io.parley.client;

import io.parley.content.Body;
import io.parley.id.ConversationId;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import io.parley.protocol.Addressing;
import io.parley.protocol.ClientFrame;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.FrameException;
import io.parley.protocol.Limits;
import io.parley.protocol.PageRequest;
import io.parley.protocol.ServerFrame;
import io.parley.protocol.Target;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// What is said and heard on the links of one client, one after another: which frame to write next, what each
/// frame that comes means. No sockets and no clock; not thread-safe ([ParleyClient] holds its lock around every
/// method). What is to be told the program goes to [Calls].
final class Exchange {
    /// What the exchange needs done outside itself.
    interface Shell {
        /// The listener has dealt with a message, perhaps on another thread; [Exchange#taken] must follow.
        void taken(Cursors.Taking taking, boolean well);
    }

    private static final double CURSORS_PER_SECOND = 40; // the server takes 50 frames a second: room for all others
    private static final int CURSORS_AT_ONCE = 100; // and 200 at once
    private static final Optional<String> NO_REF = Optional.empty();
    private static final int RECEIPTS_MAX = 100; // conversations in one frame
    private static final int MEMBERS_PER_CONVERSATION = 4; // remembered ticks; most conversations have two

    private final UserId self;
    private final ClientStore store;
    private final ClientListener listener;
    private final Calls calls;
    private final Shell shell;
    private final ClientSettings settings;
    private final Outbox outbox;
    private final Cursors cursors;
    private final Requests requests;
    private final Ticks ticks;
    private final Backoff putOffs;
    private final Watches watches = new Watches();
    private Limits limits = Limits.V1;
    private Pace cursorPace = Pace.unlimited();
    private Pace sendPace = Pace.unlimited();
    private boolean online;
    private boolean heartbeat;
    private boolean cursorsTurn = true;
    private boolean blamed;
    private boolean welcomedBefore;

    Exchange(
            final UserId self,
            final ClientStore store,
            final ClientListener listener,
            final Calls calls,
            final Shell shell,
            final ClientSettings settings,
            final RandomGenerator random,
            final long nowNanos) {
        this.self = self;
        this.store = store;
        this.listener = listener;
        this.calls = calls;
        this.shell = shell;
        this.settings = settings;
        this.outbox = new Outbox(settings.outboxMessages());
        this.cursors = new Cursors(settings.conversations());
        this.requests = new Requests(settings.requests());
        this.ticks = new Ticks(self, settings.conversations() * MEMBERS_PER_CONVERSATION, settings.conversations());
        this.putOffs = new Backoff(settings.backoffFirst(), settings.backoffMost(), random);
        restore(store.kept(), nowNanos);
    }

    private void restore(final ClientStore.Kept kept, final long nowNanos) {
        kept.progress().forEach((conversation, progress) -> cursors.restore(conversation, progress, nowNanos));
        for (final var unsent : kept.unsent()) { // perhaps more than the outbox takes now
            outbox.add(
                    unsent.id(),
                    unsent.target(),
                    lane(unsent.target()),
                    unsent.body(),
                    unsent.media(),
                    unsent.after(),
                    true);
        }
    }

    // ---- what the program wants

    CompletableFuture<SendOutcome> send(
            final MessageId id, final Target target, final Body body, final List<MediaId> media) {
        final var queued = outbox.find(id);
        if (queued.isPresent()) {
            if (!queued.get().target().equals(target)) {
                throw new IllegalArgumentException("message id " + id + " is on its way to somebody else");
            }
            return queued.get().outcome();
        }
        if (outbox.isFull()) {
            return CompletableFuture.completedFuture(new SendOutcome.OutboxFull());
        }
        final ConversationId conversation;
        try {
            conversation = Gate.pass(self, target, body, limits);
        } catch (final FrameException refused) {
            return CompletableFuture.completedFuture(new SendOutcome.Refused(new ServerFrame.Refusal(
                    refused.error().code(),
                    refused.error().message(),
                    NO_REF,
                    Optional.of(id.value()),
                    Optional.empty(),
                    OptionalInt.empty())));
        }
        final var after = cursors.head(conversation);
        store.queued(new ClientStore.Unsent(id, target, body, media, after));
        return outbox.add(id, target, conversation.value(), body, media, after, false)
                .outcome();
    }

    private String lane(final Target target) {
        try {
            return Addressing.conversation(self, target).value();
        } catch (final FrameException misspelt) { // the server will say what is wrong with it
            return target.toString();
        }
    }

    void read(final ConversationId conversation, final long seq) {
        if (cursors.read(conversation, seq)) {
            store.progressed(conversation, cursors.progress(conversation));
        }
    }

    Optional<Requests.Pending> pull(final ConversationId conversation, final PageRequest page, final long nowNanos) {
        return requests.add(
                ref -> new ClientFrame.Pull(conversation.value(), page, ref),
                nowNanos + settings.requestTimeout().toNanos());
    }

    Optional<Requests.Pending> receipts(final Collection<ConversationId> conversations, final long nowNanos) {
        final var spelt = conversations.stream().map(ConversationId::value).toList();
        return requests.add(
                ref -> new ClientFrame.Receipts(spelt, ref),
                nowNanos + settings.requestTimeout().toNanos());
    }

    void typing(final ConversationId conversation, final long nowNanos) {
        watches.typing(conversation, online, nowNanos);
    }

    /// @throws IllegalArgumentException if that would be more than the server lets a socket watch
    void watch(final Collection<UserId> users) {
        watches.watch(users, limits.watch());
    }

    void unwatch(final Collection<UserId> users) {
        watches.unwatch(users);
    }

    Tick tick(final ConversationId conversation, final long seq) {
        return ticks.tick(conversation, seq);
    }

    // ---- the link

    void linkUp(final ServerFrame.Welcome welcome, final long nowNanos) {
        online = true;
        blamed = false;
        heartbeat = false;
        if (settings.paced() && !(welcomedBefore && limits.equals(welcome.limits()))) {
            // kept through links: what went at once on the last one counts for the person, not for the socket
            sendPace = new Pace(
                    welcome.limits().messagesPerSecond(), welcome.limits().burst(), nowNanos);
        }
        limits = welcome.limits();
        cursorPace = settings.paced() ? new Pace(CURSORS_PER_SECOND, CURSORS_AT_ONCE, nowNanos) : Pace.unlimited();
        outbox.linkUp(limits.inFlight());
        cursors.linkUp(nowNanos);
        requests.linkUp();
        watches.linkUp(limits.watch());
        if (welcomedBefore) {
            askForTicks(nowNanos);
        }
        welcomedBefore = true;
    }

    /// What was ticked while there was no link is not pushed.
    private void askForTicks(final long nowNanos) {
        final var unfinished = ticks.unfinished(RECEIPTS_MAX);
        if (!unfinished.isEmpty()) {
            receipts(unfinished, nowNanos)
                    .ifPresent(asked -> asked.answer().exceptionally(refused -> List.of())); // asked again next time
        }
    }

    /// The link is gone. Where the code says that a frame must never be sent again, and no `error` has said
    /// which, the likeliest is given up: what the server was at (the oldest unanswered), or what was too large
    /// (the largest).
    void linkDown(final int code) {
        if (online && !blamed && code == Reaction.MISBEHAVED) {
            outbox.oldestUnanswered().ifPresent(entry -> giveUp(entry, ErrorCode.BAD_FRAME));
        } else if (online && code == Reaction.FRAME_TOO_LARGE) {
            outbox.largestUnanswered().ifPresent(entry -> giveUp(entry, ErrorCode.TOO_LARGE));
        }
        online = false;
        outbox.linkDown();
    }

    private void giveUp(final Outbox.Entry entry, final ErrorCode code) {
        refuse(
                entry,
                new ServerFrame.Refusal(
                        code,
                        "the server closed the connection over it",
                        NO_REF,
                        Optional.of(entry.id().value()),
                        Optional.empty(),
                        OptionalInt.empty()));
    }

    void heartbeatDue() {
        heartbeat = online;
    }

    /// The frame to write next; empty if there is none just now.
    Optional<ClientFrame> next(final long nowNanos) {
        if (!online) {
            return Optional.empty();
        }
        if (heartbeat) {
            heartbeat = false;
            return Optional.of(new ClientFrame.Heartbeat(NO_REF));
        }
        cursorsTurn = !cursorsTurn; // in turn, so that neither waits for a flood of the other
        final var first = cursorsTurn ? cursor(nowNanos) : message(nowNanos);
        return first.or(() -> cursorsTurn ? message(nowNanos) : cursor(nowNanos))
                .or(() -> question(nowNanos));
    }

    /// The acknowledgement to write next, whatever the pace; for the end, when nothing else is wanted any more.
    Optional<ClientFrame> lastWords(final long nowNanos) {
        return online ? cursors.next(nowNanos) : Optional.empty();
    }

    private Optional<ClientFrame> message(final long nowNanos) {
        if (outbox.mayGo(nowNanos) && sendPace.take(nowNanos)) {
            return outbox.next(nowNanos).map(send -> send);
        }
        return Optional.empty();
    }

    private Optional<ClientFrame> cursor(final long nowNanos) {
        return !cursors.owesNothing() && cursorPace.take(nowNanos) ? cursors.next(nowNanos) : Optional.empty();
    }

    private Optional<ClientFrame> question(final long nowNanos) {
        return requests.next(nowNanos).or(() -> watches.next(nowNanos));
    }

    /// When [#next] may have something that it has not now, without anything having happened.
    OptionalLong dueNanos(final long nowNanos) {
        if (!online || owesNothing()) {
            return OptionalLong.empty(); // as a rule
        }
        final var cursor = cursors.owesNothing()
                ? OptionalLong.empty()
                : OptionalLong.of(cursors.dueNanos().orElse(cursorPace.nextNanos(nowNanos)));
        final var message =
                outbox.mayGo(nowNanos) ? OptionalLong.of(sendPace.nextNanos(nowNanos)) : outbox.dueNanos(nowNanos);
        return Stream.of(message, cursor, requests.dueNanos(), watches.dueNanos())
                .flatMapToLong(OptionalLong::stream)
                .min();
    }

    private boolean owesNothing() {
        return outbox.hasNoneWaiting() && cursors.owesNothing() && requests.hasNoneToAsk() && watches.owesNothing();
    }

    // ---- what the server says

    /// What a frame means; all but `welcome`, which is the link's.
    void heard(final ServerFrame frame, final long nowNanos) {
        switch (frame) {
            case ServerFrame.Welcome welcome -> tell(() -> listener.welcome(welcome));
            case ServerFrame.Message message -> message(message);
            case ServerFrame.Sent sent -> sent(sent);
            case ServerFrame.Receipt receipt -> receipt(receipt);
            case ServerFrame.ReceiptsEnd end -> answered(end.ref(), end);
            case ServerFrame.Page page -> page(page);
            case ServerFrame.Refusal refusal -> refused(refusal, nowNanos);
            case ServerFrame.CaughtUp caughtUp -> tell(() -> listener.caughtUp(caughtUp));
            case ServerFrame.Presence presence -> tell(() -> listener.presence(presence));
            case ServerFrame.Typing typing -> tell(() -> listener.typing(typing));
            case ServerFrame.Heartbeat beat -> tell(() -> listener.heartbeat(beat));
            case ServerFrame.Bye bye -> tell(() -> listener.bye(bye));
            case ServerFrame.Keys _, ServerFrame.KeyPackages _ -> {} // this client does not encrypt
        }
    }

    private void tell(final Runnable call) {
        calls.add(call);
    }

    private void message(final ServerFrame.Message message) {
        final var taking =
                cursors.pushed(message.conversation(), message.entry().seq());
        if (taking.isPresent()) {
            tell(() -> give(message, taking.get()));
        } else {
            tell(() -> listener.duplicate(message));
        }
    }

    private void give(final ServerFrame.Message message, final Cursors.Taking taking) {
        final CompletionStage<?> stage;
        try {
            stage = listener.message(message);
        } catch (final RuntimeException thrown) {
            shell.taken(taking, false);
            throw thrown;
        }
        stage.whenComplete((ignored, failure) -> shell.taken(taking, failure == null));
    }

    /// How many messages are at the listener and not yet taken.
    int beingTaken() {
        return cursors.beingTaken();
    }

    Limits limits() {
        return limits;
    }

    /// The listener has dealt with a message. `well`: it is acknowledged; otherwise it will have to be pushed
    /// again.
    void taken(final Cursors.Taking taking, final boolean well) {
        if (!well) {
            cursors.notTaken(taking);
        } else if (cursors.taken(taking)) {
            store.progressed(taking.conversation(), cursors.progress(taking.conversation()));
        }
    }

    private void sent(final ServerFrame.Sent sent) {
        if (cursors.heard(sent.conversation(), sent.seq())) {
            store.progressed(sent.conversation(), cursors.progress(sent.conversation()));
        }
        ticks.sent(sent.conversation(), sent.seq());
        final var entry = outbox.settle(sent.id());
        entry.ifPresent(known -> {
            putOffs.reset();
            store.settled(sent.id());
        });
        tell(() -> {
            entry.ifPresent(known -> known.outcome().complete(new SendOutcome.Accepted(sent)));
            listener.sent(sent);
        });
    }

    private void receipt(final ServerFrame.Receipt receipt) {
        if (receipt.user().equals(self) && cursors.readConfirmed(receipt.conversation(), receipt.read())) {
            store.progressed(receipt.conversation(), cursors.progress(receipt.conversation()));
        }
        final var raised = ticks.raise(receipt);
        requests.part(receipt.ref(), ticks.atLeast(receipt));
        raised.ifPresent(news -> tell(() -> listener.receipt(news)));
    }

    private void page(final ServerFrame.Page page) {
        if (cursors.heard(page.conversation(), page.head())) {
            store.progressed(page.conversation(), cursors.progress(page.conversation()));
        }
        answered(page.ref(), page);
    }

    private void answered(final Optional<String> ref, final ServerFrame last) {
        requests.end(ref, last)
                .ifPresent(answered -> tell(() -> answered.pending().answer().complete(answered.parts())));
    }

    private void refused(final ServerFrame.Refusal refusal, final long nowNanos) {
        final var entry = refusal.id().flatMap(MessageId::parse).flatMap(outbox::find);
        final var passing = refusal.code() == ErrorCode.UNAVAILABLE || refusal.code() == ErrorCode.RATE_LIMITED;
        blamed |= refusal.code() == ErrorCode.BAD_FRAME || refusal.code() == ErrorCode.UNKNOWN_TYPE;
        if (entry.isPresent()) {
            if (passing) {
                outbox.putOff(entry.get(), nowNanos + wait(refusal, entry.get().putOff()));
            } else {
                refuse(entry.get(), refusal);
            }
        } else if (requests.has(refusal.ref())) {
            if (passing) {
                requests.putOff(refusal.ref().orElseThrow(), nowNanos + wait(refusal, 1));
            } else {
                requests.refused(refusal.ref())
                        .ifPresent(pending -> tell(() -> pending.answer().completeExceptionally(exception(refusal))));
            }
        } else {
            if (passing) {
                sayAgain(refusal, nowNanos);
            }
            tell(() -> listener.refused(refusal));
        }
    }

    private void sayAgain(final ServerFrame.Refusal refusal, final long nowNanos) {
        final var notBeforeNanos = nowNanos + wait(refusal, 1);
        if (watches.isMine(refusal.ref())) {
            watches.putOff(notBeforeNanos);
        } else {
            refusal.conversation()
                    .flatMap(ConversationId::parse)
                    .ifPresent(conversation -> cursors.putOff(conversation, notBeforeNanos));
        }
    }

    private long wait(final ServerFrame.Refusal refusal, final int earlier) {
        final var backoff = putOffs.after(earlier).toNanos();
        final var wished = refusal.retryAfterSeconds().isPresent()
                ? Duration.ofSeconds(refusal.retryAfterSeconds().getAsInt()).toNanos()
                : 0;
        return Math.max(wished, backoff);
    }

    private void refuse(final Outbox.Entry entry, final ServerFrame.Refusal refusal) {
        outbox.settle(entry.id());
        store.settled(entry.id());
        tell(() -> entry.outcome().complete(new SendOutcome.Refused(refusal)));
    }

    static RefusedException exception(final ServerFrame.Refusal refusal) {
        return new RefusedException(
                refusal.code(),
                refusal.message(),
                refusal.retryAfterSeconds().isPresent()
                        ? Optional.of(
                                Duration.ofSeconds(refusal.retryAfterSeconds().getAsInt()))
                        : Optional.empty());
    }

    // ---- the end

    /// Refuses what has waited too long for its answer.
    void expire(final long nowNanos) {
        requests.expired(nowNanos).forEach(pending -> fail(pending, "no answer in time"));
    }

    /// Nothing more will come.
    void close() {
        online = false;
        requests.takeAll().forEach(pending -> fail(pending, "the client was closed"));
        outbox.entries().forEach(entry -> tell(() -> entry.outcome().complete(new SendOutcome.ClosedBefore())));
    }

    private void fail(final Requests.Pending pending, final String why) {
        tell(() -> pending.answer()
                .completeExceptionally(new RefusedException(ErrorCode.UNAVAILABLE, why, Optional.empty())));
    }
}
