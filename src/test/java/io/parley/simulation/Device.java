package io.parley.simulation;

import io.parley.content.Body;
import io.parley.conversation.ConversationCommand;
import io.parley.conversation.PostReply;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import io.parley.protocol.ClientFrame;
import io.parley.protocol.CloseCode;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.ServerFrame;
import io.parley.protocol.Target;
import io.parley.protocol.WireEntry;
import io.parley.user.UserCommand;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A device with a simple, correct client: it stores what comes, acknowledges at once, late, or only after it
/// has connected again, keeps a message until its `sent`, and never lowers a tick.
@SuppressWarnings("ReferenceEquality") // which connection it is, not whether two are alike
final class Device extends Endpoint {
    /// When what has come is acknowledged.
    enum Manner {
        AT_ONCE,
        LATE,
        NOT_NOW
    }

    /// A message on its way out.
    static final class Outgoing {
        final MessageId id;
        final ConversationId conversation;
        final long knew;
        final boolean withAfter;
        final Body body;
        final List<MediaId> media;
        final boolean byRest;
        long place;
        long askedAt;

        Outgoing(
                final MessageId id,
                final ConversationId conversation,
                final long knew,
                final boolean withAfter,
                final boolean byRest,
                final List<MediaId> media) {
            this.id = id;
            this.conversation = conversation;
            this.knew = knew;
            this.withAfter = withAfter;
            this.byRest = byRest;
            this.body = Uploads.body(id, media);
            this.media = media;
        }

        OptionalLong after() {
            return withAfter ? OptionalLong.of(knew) : OptionalLong.empty();
        }
    }

    /// What the device holds of one conversation.
    static final class Box {
        final TreeMap<Long, WireEntry> held = new TreeMap<>();

        /// The device started here: everything before is history.
        long floor;

        /// The highest cursor it has ever named.
        long acknowledged;

        long read;
        long ownHighest;
        final Map<UserId, long[]> ticks = new LinkedHashMap<>();

        long highest() {
            return Math.max(floor, held.isEmpty() ? 0 : held.lastKey());
        }

        long[] ticksOf(final UserId user) {
            return ticks.computeIfAbsent(user, _ -> new long[2]);
        }
    }

    private record Asked(ConversationId conversation, Map<UserId, long[]> knew, boolean sending) {}

    final World world;
    final UserId user;
    final DeviceId id;
    final long generation;
    final Map<ConversationId, Box> boxes = new LinkedHashMap<>();
    final Map<MessageId, Outgoing> sent = new LinkedHashMap<>();
    final Map<MessageId, Outgoing> outbox = new LinkedHashMap<>();
    private final Map<String, Asked> asked = new LinkedHashMap<>();

    boolean linked;

    /// Where it starts in each conversation is decided.
    boolean placed;

    /// The account's version that linked it.
    long since;

    /// The inbox has noted that the device is linked.
    boolean noted;

    boolean wantsOnline;

    /// It does not come back before all the others are well.
    boolean staysAway;

    Manner manner = Manner.AT_ONCE;

    @Nullable
    Line line;

    private int questions;
    private final Set<Line> open = new HashSet<>();

    Device(final World world, final UserId user, final DeviceId id, final long generation) {
        this.world = world;
        this.user = user;
        this.id = id;
        this.generation = generation;
    }

    @Override
    String name() {
        return user.value() + "/" + id.value().substring(14);
    }

    Box box(final ConversationId conversation) {
        return boxes.computeIfAbsent(conversation, _ -> new Box());
    }

    private boolean isCurrent(final Line other) {
        return line != null && line.number == other.number;
    }

    boolean isLive() {
        return line != null && line.linked && line.welcomed;
    }

    // connecting

    /// Connects, beside a connection that may be there still.
    void connect() {
        wantsOnline = true;
        if (!linked || !noted) {
            return;
        }
        asked.clear();
        final var opened = world.open(this, world.nextStamp());
        line = opened;
        open.add(opened);
        opened.up(new ClientFrame.Hello(Long.toString(generation), Optional.empty()));
        beat(opened);
    }

    private void beat(final Line on) {
        world.in(5_000, () -> {
            if (on.linked) {
                if (!on.silent && on.welcomed) {
                    on.up(new ClientFrame.Heartbeat(Optional.empty()));
                }
                beat(on);
            }
        });
    }

    void disconnect() {
        wantsOnline = false;
        if (line != null) {
            final var old = line;
            old.hangUp();
            gone(old);
        }
    }

    void unlinked() {
        wantsOnline = false;
    }

    void lost(final Line old) {
        gone(old);
        connectSoon();
    }

    void closed(final Line old, final CloseCode code) {
        if (world.tracing) {
            world.trace(name() + " is closed: " + code + " on " + old.name());
        }
        final boolean newest = isCurrent(old);
        world.judge.check(
                code != CloseCode.REPLACED || !newest, () -> name() + ": the newest connection was closed as replaced");
        world.judge.check(code != CloseCode.UNAUTHENTICATED || !linked, () -> name() + ": 4401 although it is linked");
        world.judge.check(
                code != CloseCode.SILENT || old.silent, () -> name() + ": closed as silent although it was not");
        world.judge.check(
                code != CloseCode.TRY_AGAIN || !world.conditions.calm(),
                () -> name() + ": told to try again although nothing is amiss");
        gone(old);
        if (newest) {
            connectSoon();
        }
    }

    private void gone(final Line old) {
        if (open.remove(old) && open.isEmpty() && world.conditions.forget() && !world.quiet && world.dice.chance(300)) {
            boxes.values()
                    .forEach(box -> box.held.tailMap(box.acknowledged, false).clear());
        }
        if (isCurrent(old)) {
            line = null;
            asked.clear();
        }
    }

    private void connectSoon() {
        world.in(world.dice.between(50, world.quiet ? 300 : 3_000), () -> {
            if (wantsOnline && line == null) {
                connect();
            }
        });
    }

    // frames that come

    void take(final Line from, final ServerFrame frame) {
        switch (frame) {
            case ServerFrame.Welcome _ -> {
                from.welcomed = true;
                from.welcomedAt = world.now;
                if (isCurrent(from)) {
                    welcomed();
                }
            }
            case ServerFrame.Message(final var conversation, final var entry) -> {
                box(conversation).held.putIfAbsent(entry.seq(), entry);
                acknowledgeSoon(from, conversation);
            }
            case ServerFrame.CaughtUp _ -> {
                from.caughtUp++;
                world.judge.caughtUp(this, from);
                if (isCurrent(from)) {
                    askReceipts();
                }
            }
            case ServerFrame.Sent isSent -> sent(isSent.conversation(), isSent.id(), isSent.seq());
            case ServerFrame.Receipt receipt -> receipt(receipt);
            case ServerFrame.ReceiptsEnd(final var ref) -> ref.ifPresent(asked::remove);
            case ServerFrame.Refusal refusal -> refused(from, refusal);
            case ServerFrame.Page _,
                    ServerFrame.Presence _,
                    ServerFrame.Typing _,
                    ServerFrame.Heartbeat _,
                    ServerFrame.Keys _,
                    ServerFrame.KeyPackages _,
                    ServerFrame.Bye _ -> {}
        }
    }

    private void welcomed() {
        boxes.keySet().forEach(conversation -> {
            if (world.quiet || world.dice.chance(800)) {
                acknowledge(conversation, false);
            }
        });
        outbox.values().stream().filter(each -> !each.byRest).forEach(this::say);
    }

    private void refused(final Line from, final ServerFrame.Refusal refusal) {
        final boolean unknown = refusal.code() == ErrorCode.UNKNOWN_USER
                && world.accounts().stream().anyMatch(each -> each.gone);
        world.judge.check(
                refusal.code() == ErrorCode.UNAVAILABLE || refusal.code() == ErrorCode.UNAUTHENTICATED || unknown,
                () -> name() + ": refused with " + refusal);
        world.judge.check(
                !world.conditions.calm() || refusal.code() == ErrorCode.UNAUTHENTICATED || unknown,
                () -> name() + ": refused although nothing is amiss: " + refusal);
        if (unknown) {
            refusal.id().map(MessageId::new).ifPresent(this::unsendable);
            refusal.ref().ifPresent(asked::remove);
            return;
        }
        if (!isCurrent(from)) {
            return;
        }
        if (refusal.id().isPresent()) {
            final var again = outbox.get(new MessageId(refusal.id().get()));
            if (again != null) {
                again.askedAt = 0;
                world.in(1_000, () -> sayIfLive(again));
            }
        } else if (refusal.ref().isPresent()) {
            asked.remove(refusal.ref().get());
            if (asked.isEmpty()) {
                world.in(1_000, () -> {
                    if (asked.isEmpty()) {
                        askReceipts();
                    }
                });
            }
        } else if (refusal.conversation().isPresent()) { // a cursor that could not be checked
            world.in(
                    500,
                    () -> acknowledge(new ConversationId(refusal.conversation().get()), true));
        }
    }

    // sending

    void send(final ConversationId conversation, final boolean byRest) {
        final var box = box(conversation);
        final var message = new MessageId("m" + world.nextMessage());
        final var outgoing = new Outgoing(
                message,
                conversation,
                Math.max(box.ownHighest, Math.max(box.floor, box.highest())),
                byRest || world.dice.chance(700),
                byRest,
                world.uploads.some());
        outbox.put(message, outgoing);
        sayIfLive(outgoing);
    }

    void sayIfLive(final Outgoing outgoing) {
        if (outgoing.byRest) {
            post(outgoing);
        } else if (isLive()) {
            say(outgoing);
        }
    }

    private void say(final Outgoing outgoing) {
        final var on = line;
        if (on == null) {
            return;
        }
        outgoing.askedAt = world.now;
        on.up(new ClientFrame.Send(
                outgoing.id,
                new Target.Conversation(outgoing.conversation.value()),
                outgoing.body,
                outgoing.media,
                outgoing.after(),
                Optional.empty()));
        world.in(
                45_000,
                () -> world.judge.check(
                        !(on.linked
                                && isCurrent(on)
                                && outbox.containsKey(outgoing.id)
                                && outgoing.askedAt > 0
                                && world.now - outgoing.askedAt >= 45_000),
                        () -> name() + ": " + outgoing.id + " has got no answer on a living connection"));
    }

    private void post(final Outgoing outgoing) {
        if (!linked || !outbox.containsKey(outgoing.id)) {
            return;
        }
        world.sender = this;
        final var conversation = world.conversation(outgoing.conversation);
        final var post = new ConversationCommand.Post(
                outgoing.conversation,
                user,
                id,
                outgoing.id,
                outgoing.body,
                Optional.empty(),
                outgoing.media,
                outgoing.after(),
                new Address<>(world, this, reply -> {
                    if (reply instanceof final PostReply.Accepted accepted) {
                        world.judge.sent(this, accepted.conversation(), accepted.id(), accepted.seq());
                        sent(accepted.conversation(), accepted.id(), accepted.seq());
                    } else if (reply instanceof final PostReply.UnknownUser unknown) {
                        unsendable(unknown.id());
                    }
                }));
        world.send(conversation, post, () -> conversation.handle(post));
        world.in(8_000, () -> post(outgoing));
    }

    /// There is nobody any more to send it to. A repetition of it may be in the log all the same.
    private void unsendable(final MessageId message) {
        final var given = outbox.remove(message);
        world.judge.check(
                given == null || world.isLonely(given.conversation),
                () -> name() + ": " + message + " is refused as if somebody were missing");
    }

    private void sent(final ConversationId conversation, final MessageId message, final long seq) {
        final var done = outbox.remove(message);
        if (done != null) {
            sent.put(message, done);
        }
        final var box = box(conversation);
        box.ownHighest = Math.max(box.ownHighest, seq);
    }

    /// Forgets that a message was sent, and sends it again.
    void sendAgain() {
        if (sent.isEmpty()) {
            return;
        }
        final var old = world.dice.of(new ArrayList<>(sent.values()));
        outbox.put(old.id, old);
        sayIfLive(old);
    }

    // cursors

    private void acknowledgeSoon(final Line from, final ConversationId conversation) {
        if (!isCurrent(from)) {
            return;
        }
        if (world.quiet || manner == Manner.AT_ONCE) {
            acknowledge(conversation, world.dice.chance(150));
        } else if (manner == Manner.LATE) {
            world.in(world.dice.between(1, 2_000), () -> acknowledge(conversation, false));
        }
    }

    void acknowledge(final ConversationId conversation, final boolean read) {
        final var box = box(conversation);
        long seq = box.highest();
        if (box.ownHighest == seq + 1 && world.dice.chance(200)) {
            seq++; // it holds what it sent itself
        }
        if (seq == 0 || !isLive() || line == null) {
            return;
        }
        box.acknowledged = Math.max(box.acknowledged, seq);
        if (read) {
            box.read = Math.max(box.read, seq);
        }
        world.judge.acknowledged(this, conversation, seq, read);
        line.up(
                read
                        ? new ClientFrame.Read(conversation.value(), seq, Optional.empty())
                        : new ClientFrame.Delivered(conversation.value(), seq, Optional.empty()));
    }

    /// Acknowledges through REST what is stored.
    void acknowledgeByRest(final ConversationId conversation) {
        final var box = box(conversation);
        final long seq = box.highest();
        if (seq == 0 || conversation.isNotes() || !linked) {
            return;
        }
        box.acknowledged = Math.max(box.acknowledged, seq);
        world.judge.acknowledged(this, conversation, seq, false);
        world.sender = this;
        final var inbox = world.inbox(user);
        final var command = new UserCommand.Acknowledge(
                user,
                id,
                conversation,
                seq,
                seq,
                0,
                Optional.of(new Address<>(world, this, stored -> world.judge.stored(this, stored, seq))));
        world.send(inbox, command, () -> inbox.handle(command));
    }

    // ticks

    void askReceipts() {
        if (!isLive() || line == null) {
            return;
        }
        for (final var each : boxes.entrySet()) {
            final var ref = "r" + ++questions;
            final var knew = new LinkedHashMap<UserId, long[]>();
            each.getValue().ticks.forEach((who, ticks) -> knew.put(who, ticks.clone()));
            asked.put(ref, new Asked(each.getKey(), knew, sends(each.getKey())));
            line.up(new ClientFrame.Receipts(List.of(each.getKey().value()), Optional.of(ref)));
        }
    }

    boolean isAsking() {
        return !asked.isEmpty();
    }

    private boolean sends(final ConversationId conversation) {
        return outbox.values().stream().anyMatch(each -> each.conversation.equals(conversation));
    }

    private void receipt(final ServerFrame.Receipt receipt) {
        final var ticks = box(receipt.conversation()).ticksOf(receipt.user());
        receipt.ref().map(asked::get).ifPresent(question -> {
            final var knew = question.knew().getOrDefault(receipt.user(), new long[2]);
            world.judge.check(
                    question.sending() || (receipt.delivered() >= knew[0] && receipt.read() >= knew[1]),
                    () -> "I3: " + name() + " knew " + knew[0] + "/" + knew[1] + " and is told " + receipt);
        });
        ticks[0] = Math.max(ticks[0], receipt.delivered());
        ticks[1] = Math.max(ticks[1], receipt.read());
    }
}
