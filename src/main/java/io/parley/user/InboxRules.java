package io.parley.user;

import io.parley.conversation.ConversationCommand;
import io.parley.conversation.MemberMessage;
import io.parley.conversation.Nonce;
import io.parley.conversation.Watermark;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import io.parley.user.UserCommand.Acknowledge;
import io.parley.user.UserCommand.AskDevices;
import io.parley.user.UserCommand.AskPresence;
import io.parley.user.UserCommand.AskSettings;
import io.parley.user.UserCommand.Attach;
import io.parley.user.UserCommand.ChangeSettings;
import io.parley.user.UserCommand.CursorsStored;
import io.parley.user.UserCommand.Detach;
import io.parley.user.UserCommand.DevicesNoted;
import io.parley.user.UserCommand.FromConversation;
import io.parley.user.UserCommand.LinkDevices;
import io.parley.user.UserCommand.ListChats;
import io.parley.user.UserCommand.Tick;
import io.parley.user.UserCommand.Typing;
import io.parley.user.UserCommand.Unwatch;
import io.parley.user.UserCommand.Watch;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a user's inbox decides. No actors, no clock, no randomness: everything comes in. One object serves one
/// life of the entity: what is volatile lives here and dies with it; what is durable is in [InboxState].
///
/// Ticks are state, told only when durable: cursors are written first, at once when quiet and otherwise at most
/// every [#FLUSH_EVERY], and only then is the conversation told, and the device itself.
final class InboxRules {
    /// Under load whatever has gathered is written this often.
    static final Duration FLUSH_EVERY = Duration.ofMillis(20);

    /// Conversations whose cursors go into one event.
    private static final int FLUSH_CHATS_MAX = 500;

    /// Conversations looked at in one go, so that a user with thousands of open ones holds nobody up.
    private static final int LOOK_MAX = 200;

    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    /// Conversations, the latest ones, whose ticks a returning session is told again, open or not.
    private static final int RETURN_PROBES = 50;

    /// Open conversations in one message to a session.
    private static final int ATTACHED_PART = 500;

    /// Conversations one inbox may hold; a note beyond is not answered, and the sender hears `unavailable`.
    private static final int CHATS_MAX = 100_000;

    /// Askers that wait for one write; one beyond hears nothing in time, and asks again.
    private static final int WAITERS_MAX = 1_000;

    private final UserId user;
    private final Supplier<Nonce> nonces;
    private final Lanes lanes = new Lanes();
    private final Sessions sessions;
    private final PresenceDesk presence;
    private final AwayDevices away;
    /// Askers without a session, until what they said is durable.
    private final List<Acknowledge> storedWaiters = new ArrayList<>();

    /// Conversations opened a moment ago, which are to be probed once: their first delivery may get lost.
    private final Set<ConversationId> freshlyOpened = new LinkedHashSet<>();

    @Nullable
    private Instant freshDueAt;

    /// The tag of the last probe. Starts anywhere, so that answers to probes of an earlier life count for
    /// nothing.
    private long lastProbe;

    private Instant lastFlush = Instant.MIN;
    private Instant lookAgainAt = Instant.MIN;

    InboxRules(
            final UserId user,
            final Supplier<Nonce> nonces,
            final Function<String, Optional<Instant>> lastAlive,
            final Duration awayAfter,
            final Instant startedAt) {
        this.user = user;
        this.nonces = nonces;
        this.lastProbe = nonces.get().high() >>> 2;
        this.sessions = new Sessions(startedAt);
        this.presence = new PresenceDesk(user, lastAlive, startedAt);
        this.away = new AwayDevices(awayAfter, startedAt);
    }

    /// The entity has its state: what a crash may have left untold is told again.
    Decision recovered(final InboxState state, final Instant now) {
        final var decision = new Decision();
        for (final var chat : state.chats()) {
            if (chat.untold) {
                schedule(state, lanes.of(chat, now), now);
            }
        }
        look(state, now, decision);
        away.look(state, sessions, presence, now, decision);
        return decision;
    }

    Decision decide(final InboxState state, final UserCommand command, final Instant now) {
        final var decision = new Decision();
        switch (command) {
            case LinkDevices link -> link(state, link, now, decision);
            case Attach attach -> attach(state, attach, now, decision);
            case Detach detach -> detach(state, detach, now, decision);
            case Acknowledge acknowledge -> acknowledge(state, acknowledge, now, decision);
            case FromConversation from -> hear(state, from.message(), now, decision);
            case Typing typing -> typing(state, typing, decision);
            case Watch watch -> presence.watch(state, sessions, watch, now, decision);
            case Unwatch unwatch -> presence.unwatch(unwatch);
            case AskPresence ask -> presence.answer(state, sessions, ask, now, decision);
            case ListChats list -> decision.reply(list.replyTo(), ChatLists.list(state, lanes, list));
            case AskSettings ask -> decision.reply(ask.replyTo(), new UserCommand.SettingsReply(state.settings()));
            case ChangeSettings change -> changeSettings(state, change, now, decision);
            case AskDevices ask -> decision.reply(ask.replyTo(), devicesSeen(state));
            case Tick _ -> tick(state, now, decision);
        }
        if (!(command
                instanceof ChangeSettings)) { // what is told of cursors follows the settings: those that are stored
            flushIfDue(state, now, decision);
        }
        return decision;
    }

    /// When the next [Tick] is wanted, if one is.
    Optional<Instant> wakeAt() {
        Instant at = away.lookAt();
        if (lanes.dirty().stream().anyMatch(lane -> lane.urgent)) {
            at = lastFlush.plus(FLUSH_EVERY);
        }
        final var due = lanes.nextDue();
        if (due.isPresent()) {
            final var look = due.get().isAfter(lookAgainAt) ? due.get() : lookAgainAt;
            at = look.isBefore(at) ? look : at;
        }
        if (freshDueAt != null && freshDueAt.isBefore(at)) {
            at = freshDueAt;
        }
        final var tell = presence.tellAt();
        if (tell.isPresent() && tell.get().isBefore(at)) {
            at = tell.get();
        }
        final var gone = sessions.nextGoneAt();
        if (gone.isPresent() && gone.get().isBefore(at)) {
            at = gone.get();
        }
        return at.equals(Instant.MAX) ? Optional.empty() : Optional.of(at);
    }

    /// The entity stops: sessions attach again, to wherever it is then.
    List<Decision.Effect> farewell() {
        final var decision = new Decision();
        sessions.all().forEach(session -> decision.reply(session.ref, new Delivery.Leaving()));
        return decision.effects();
    }

    // devices and sessions

    private void link(final InboxState state, final LinkDevices link, final Instant now, final Decision decision) {
        if (link.version() > state.version()) {
            decision.store(new UserEvent.DevicesLinked(link.uid(), link.version(), link.devices(), now.toEpochMilli()));
            away.listed(now);
            for (final var session : List.copyOf(sessions.all())) {
                final boolean holds = link.devices().stream()
                        .anyMatch(linked -> linked.device().equals(session.device)
                                && linked.generation()
                                        == state.device(session.device)
                                                .map(device -> device.generation)
                                                .orElse(-1L));
                if (!holds) {
                    sessions.remove(session);
                    decision.reply(session.ref, new Delivery.Revoked(session.device));
                    presence.changed(now);
                }
            }
            if (sessions.isEmpty()) {
                leaveAll(state, now);
            }
        }
        decision.reply(link.replyTo(), new DevicesNoted(user, Math.max(link.version(), state.version())));
    }

    private void attach(final InboxState state, final Attach attach, final Instant now, final Decision decision) {
        final var device = state.device(attach.device());
        if (device.isEmpty() || attach.generation() < device.get().generation) {
            decision.reply(attach.session(), new Delivery.Revoked(attach.device()));
            return;
        }
        final var current = sessions.of(attach.device());
        if (current.isPresent()) {
            if (current.get().stamp == attach.stamp()) { // still alive
                current.get().heardAt = now;
                if (attach.lacking()) { // what was told it is lost
                    tellOpenChats(state, current.get(), now, decision);
                    look(state, now, decision);
                }
                return;
            }
            if (current.get().stamp > attach.stamp()) {
                decision.reply(attach.session(), new Delivery.Replaced(attach.device()));
                return;
            }
            decision.reply(current.get().ref, new Delivery.Replaced(attach.device()));
        }
        final var session = new Sessions.Session(attach.device(), attach.stamp(), attach.life(), attach.session(), now);
        final boolean wasOffline = sessions.isEmpty();
        sessions.put(session);
        if (wasOffline) {
            presence.changed(now);
        }
        decision.store(new UserEvent.Seen(attach.device(), now.toEpochMilli(), true, attach.life()));
        tellOpenChats(state, session, now, decision);
        if (!attach.lacking() || (current.isEmpty() && !device.get().life.isEmpty())) {
            probeLatest(state, now);
        }
        look(state, now, decision);
    }

    private void tellOpenChats(
            final InboxState state, final Sessions.Session session, final Instant now, final Decision decision) {
        final boolean receipts = state.settings().readReceipts();
        var chats = new ArrayList<Delivery.OpenChat>();
        int part = 0;
        for (final var chat : state.openChats()) {
            final var lane = lanes.of(chat, now);
            session.awaitsHead.put(chat.id, lastProbe + 1);
            chats.add(new Delivery.OpenChat(chat.id, lane.cursor(session.device)));
            if (chats.size() == ATTACHED_PART) {
                decision.reply(session.ref, new Delivery.Attached(chats, part, false, receipts));
                chats = new ArrayList<>();
                part++;
            }
            lane.probeNow();
            schedule(state, lane, now);
        }
        decision.reply(session.ref, new Delivery.Attached(chats, part, true, receipts));
    }

    /// A session that was there before this life of the entity is back, or may be: it lacks nothing, or a
    /// session of the device has started, has not ended, and is not known to this life. Ticks may have come and
    /// gone between.
    private void probeLatest(final InboxState state, final Instant now) {
        state.chats().stream()
                .sorted(Comparator.comparingLong((Chat chat) -> -chat.atMillis))
                .limit(RETURN_PROBES)
                .forEach(chat -> {
                    final var lane = lanes.of(chat, now);
                    lane.ticked(now);
                    lane.probeNow();
                    schedule(state, lane, now);
                });
    }

    private void detach(final InboxState state, final Detach detach, final Instant now, final Decision decision) {
        sessions.of(detach.device())
                .filter(session -> session.stamp == detach.stamp())
                .ifPresent(session -> end(session, now.minus(detach.silentFor()), now, decision));
        if (sessions.isEmpty()) { // also where this life has not met the session that has ended
            leaveAll(state, now);
        }
    }

    private void end(final Sessions.Session session, final Instant seenAt, final Instant now, final Decision decision) {
        sessions.remove(session);
        decision.store(new UserEvent.Seen(session.device, seenAt.toEpochMilli(), false, session.life));
        if (sessions.isEmpty()) {
            presence.changed(now);
        }
    }

    /// Nobody is attached any more: each open conversation is settled, or told so.
    private void leaveAll(final InboxState state, final Instant now) {
        for (final var chat : state.openChats()) {
            final var lane = lanes.of(chat, now);
            lane.leave();
            schedule(state, lane, now);
        }
    }

    private UserCommand.DevicesReply devicesSeen(final InboxState state) {
        return new UserCommand.DevicesReply(state.devices().stream()
                .map(device -> new UserCommand.DevicesReply.DeviceSeen(
                        device.id, sessions.of(device.id).isPresent(), presence.lastSeen(device)))
                .toList());
    }

    // what devices say

    private void acknowledge(
            final InboxState state, final Acknowledge said, final Instant now, final Decision decision) {
        final var chat = state.chat(said.conversation());
        final boolean isLinked = state.device(said.device()).isPresent();
        if (!isLinked || chat.isEmpty()) {
            said.replyTo().ifPresent(asker -> decision.reply(asker, new CursorsStored(said.conversation(), isLinked)));
            return;
        }
        final var lane = lanes.of(chat.get(), now);
        final boolean moved = lane.moveCursor(said.device(), said.cursor());
        final long delivered = chat.get().id.isNotes() ? said.delivered() : Math.max(said.delivered(), said.cursor());
        final boolean reached = lane.say(delivered, said.read());
        if (moved || reached || lane.isDirty()) { // not durable yet: told with what is
            lane.urgent = true;
            lanes.markDirty(lane);
            said.replyTo().filter(_ -> storedWaiters.size() < WAITERS_MAX).ifPresent(_ -> storedWaiters.add(said));
        } else {
            sessions.of(said.device()).ifPresent(session -> decision.reply(session.ref, ownMoved(lane, said.device())));
            said.replyTo().ifPresent(asker -> decision.reply(asker, new CursorsStored(said.conversation(), true)));
        }
        schedule(state, lane, now);
    }

    private void flushIfDue(final InboxState state, final Instant now, final Decision decision) {
        if (lanes.dirty().isEmpty() || now.isBefore(lastFlush.plus(FLUSH_EVERY))) {
            return;
        }
        if (lanes.dirty().stream().noneMatch(lane -> lane.urgent || lane.isLazyDue(now))) {
            return;
        }
        lastFlush = now;
        final var moved = new ArrayList<UserEvent.Moved>();
        for (final var lane : lanes.dirty().stream().limit(FLUSH_CHATS_MAX).toList()) {
            moved.add(write(state, lane, false, now, decision));
        }
        decision.store(new UserEvent.ChatsMoved(moved));
    }

    /// What is to be written of a lane; and, for after the write, who is told.
    private UserEvent.Moved write(
            final InboxState state, final Lane lane, final boolean closed, final Instant now, final Decision decision) {
        final long shared = state.settings().readReceipts() ? Math.max(lane.chat.shared, lane.read) : lane.chat.shared;
        if (lane.delivered > lane.chat.delivered || shared > lane.chat.shared) {
            decision.tell(new ConversationCommand.Reached(
                    lane.chat.id,
                    new Watermark(user, lane.delivered, shared),
                    sessions.attachedSince(),
                    Optional.empty()));
            lane.tellSoon(now); // again, until it is confirmed
        }
        final var moved = lane.write(closed);
        lanes.written(lane);
        for (final var session : sessions.all()) {
            final long cursor = Math.max(
                    lane.cursor(session.device),
                    closed ? lane.head : moved.cursors().getOrDefault(session.device, 0L));
            decision.reply(session.ref, new Delivery.OwnMoved(lane.chat.id, cursor, lane.said(user)));
        }
        storedWaiters.removeIf(said -> {
            final boolean written = said.conversation().equals(lane.chat.id);
            said.replyTo()
                    .filter(_ -> written)
                    .ifPresent(asker -> decision.reply(asker, new CursorsStored(said.conversation(), true)));
            return written;
        });
        schedule(state, lane, now);
        return moved;
    }

    private Delivery ownMoved(final Lane lane, final DeviceId device) {
        return new Delivery.OwnMoved(lane.chat.id, lane.cursor(device), lane.said(user));
    }

    // what conversations say

    private void hear(final InboxState state, final MemberMessage message, final Instant now, final Decision decision) {
        switch (message) {
            case MemberMessage.Notify notify -> notified(state, notify, now, decision);
            case MemberMessage.MayClose mayClose -> mayClose(state, mayClose, now, decision);
            case MemberMessage.Deliver deliver -> deliver(state, deliver, now, decision);
            case MemberMessage.Status status -> status(state, status, now, decision);
            case MemberMessage.Receipt receipt -> {
                decision.tell(new ConversationCommand.ReceiptNoted(receipt.conversation(), user, receipt.of()));
                state.chat(receipt.conversation())
                        .ifPresent(chat -> otherReached(state, lanes.of(chat, now), receipt.of(), now, decision));
            }
            case MemberMessage.ReachedNoted noted ->
                state.chat(noted.conversation()).ifPresent(chat -> {
                    if (chat.reached(user).isCoveredBy(noted.reached())) {
                        chat.untold = false;
                    }
                });
            case MemberMessage.AskReached ask -> {
                final var reached = state.chat(ask.conversation()).map(chat -> chat.reached(user));
                decision.tell(
                        state.exists()
                                ? new ConversationCommand.Reached(
                                        ask.conversation(),
                                        reached.orElse(new Watermark(user, 0, 0)),
                                        sessions.attachedSince(),
                                        Optional.of(ask.nonce()))
                                : new ConversationCommand.Refused(ask.conversation(), user, ask.nonce()));
            }
            case MemberMessage.TypingSeen typing ->
                sessions.all()
                        .forEach(session -> decision.reply(
                                session.ref, new Delivery.TypingSeen(typing.conversation(), typing.member())));
        }
    }

    /// Open first: only what is durably noted here may be appended there.
    private void notified(
            final InboxState state, final MemberMessage.Notify notify, final Instant now, final Decision decision) {
        if (!state.exists()) {
            decision.tell(new ConversationCommand.Refused(notify.conversation(), user, notify.period()));
            return;
        }
        final var known = state.chat(notify.conversation());
        if (known.isEmpty() && state.chats().size() >= CHATS_MAX) {
            return;
        }
        if (known.isEmpty() || !known.get().open) {
            decision.store(new UserEvent.ChatOpened(notify.conversation(), notify.head(), now.toEpochMilli()));
        }
        known.ifPresent(chat -> {
            final var lane = lanes.of(chat, now);
            lane.voidSettle();
            lane.knowHead(notify.head(), 0);
            lane.activity(now);
        });
        freshlyOpened.add(notify.conversation());
        freshDueAt = freshDueAt == null ? now.plus(Lane.PROBE_FIRST) : freshDueAt;
        decision.tell(new ConversationCommand.Noted(
                notify.conversation(),
                notify.period(),
                sessions.attachedSince(),
                known.map(chat -> chat.reached(user)).orElse(new Watermark(user, 0, 0))));
    }

    private void mayClose(
            final InboxState state, final MemberMessage.MayClose mayClose, final Instant now, final Decision decision) {
        final var lane = lanes.find(mayClose.conversation());
        if (lane.isEmpty() || !lane.get().chat.open || !lane.get().isSettling(mayClose.nonce())) {
            return;
        }
        lane.get().voidSettle();
        if (lane.get().head <= mayClose.head() && lane.get().hasEverything(state.devices())) {
            decision.store(new UserEvent.ChatsMoved(List.of(write(state, lane.get(), true, now, decision))));
        }
    }

    private void deliver(
            final InboxState state, final MemberMessage.Deliver deliver, final Instant now, final Decision decision) {
        final var chat = state.chat(deliver.conversation());
        if (chat.isEmpty()) {
            return;
        }
        if (sessions.isEmpty()) { // that we left was lost, or came before a word that was sent earlier
            decision.tell(new ConversationCommand.Detach(deliver.conversation(), user, sessions.lastAttached()));
        }
        final var lane = lanes.of(chat.get(), now);
        for (final var entry : deliver.entries()) {
            lane.knowHead(entry.seq(), entry.time().toEpochMilli());
            lane.passOwn(user, entry, state.device(entry.device()).isPresent(), now);
        }
        lanes.markDirty(lane);
        if (lane.wrote && !lane.chat.wrote) {
            presence.changed(now.plus(FLUSH_EVERY));
        }
        lane.activity(now);
        for (final var session : sessions.all()) {
            decision.reply(
                    session.ref, new Delivery.Arrived(chat.get().id, lane.cursor(session.device), deliver.entries()));
        }
        schedule(state, lane, now);
    }

    private void status(
            final InboxState state, final MemberMessage.Status status, final Instant now, final Decision decision) {
        final var chat = state.chat(status.conversation());
        if (chat.isEmpty()) {
            return;
        }
        final var lane = lanes.of(chat.get(), now);
        final boolean news = status.head() > lane.head;
        lane.knowHead(status.head(), status.headMillis());
        if (status.wrote() && !lane.wrote) {
            lane.wrote = true;
            lane.urgent = true;
            lanes.markDirty(lane);
        }
        status.others().forEach(lane::hear);
        for (final var session : sessions.all()) {
            final boolean awaited = status.tag() <= lastProbe && session.takesHead(chat.get().id, status.tag());
            if (awaited || news || lane.cursor(session.device) < lane.head) {
                decision.reply(
                        session.ref,
                        new Delivery.HeadKnown(chat.get().id, lane.cursor(session.device), lane.head, awaited));
            }
            // each time: whatever was told before may be lost, and the session tells its device nothing twice
            lane.others().forEach(word -> decision.reply(session.ref, otherMoved(state, lane, word)));
            if (!lane.isDirty()) {
                decision.reply(session.ref, ownMoved(lane, session.device));
            }
        }
        schedule(state, lane, now);
    }

    /// Another member has come further: sessions are told at once, and again with the answers to the probes
    /// that follow.
    private void otherReached(
            final InboxState state, final Lane lane, final Watermark word, final Instant now, final Decision decision) {
        if (lane.hear(word)) {
            lane.ticked(now);
            sessions.all().forEach(session -> decision.reply(session.ref, otherMoved(state, lane, word)));
        }
        schedule(state, lane, now);
    }

    /// Who hides what he reads does not see what others read.
    private static Delivery otherMoved(final InboxState state, final Lane lane, final Watermark word) {
        return new Delivery.OtherMoved(
                lane.chat.id, state.settings().readReceipts() ? word : new Watermark(word.user(), word.delivered(), 0));
    }

    private void typing(final InboxState state, final Typing typing, final Decision decision) {
        final boolean hidden =
                typing.conversation().people().stream().anyMatch(person -> !presence.maySee(state, person));
        if (!hidden) {
            decision.tell(new ConversationCommand.Typing(typing.conversation(), user));
        }
    }

    private void changeSettings(
            final InboxState state, final ChangeSettings change, final Instant now, final Decision decision) {
        final var before = state.settings();
        final var after = new Settings(
                change.lastSeen().orElse(before.lastSeen()),
                change.readReceipts().orElse(before.readReceipts()));
        if (!after.equals(before)) {
            decision.store(new UserEvent.SettingsChanged(after.lastSeen().wire(), after.readReceipts()));
            presence.changed(now);
            sessions.all()
                    .forEach(
                            session -> decision.reply(session.ref, new Delivery.ReadReceiptsSet(after.readReceipts())));
        }
        decision.reply(change.replyTo(), new UserCommand.SettingsReply(after));
    }

    // time

    private void tick(final InboxState state, final Instant now, final Decision decision) {
        for (final var session : sessions.goneBy(now)) {
            end(session, session.heardAt, now, decision);
            if (sessions.isEmpty()) {
                leaveAll(state, now);
            }
        }
        presence.tellIfDue(state, sessions, now, decision);
        away.look(state, sessions, presence, now, decision);
        lookAtFresh(state, now);
        look(state, now, decision);
    }

    private void lookAtFresh(final InboxState state, final Instant now) {
        if (freshDueAt != null && !now.isBefore(freshDueAt)) {
            freshDueAt = null;
            for (final var id : freshlyOpened) {
                state.chat(id).filter(chat -> chat.open).ifPresent(chat -> {
                    final var lane = lanes.of(chat, now);
                    lane.probeNow();
                    schedule(state, lane, now);
                });
            }
            freshlyOpened.clear();
        }
    }

    private void schedule(final InboxState state, final Lane lane, final Instant now) {
        final boolean settleable = lane.chat.open && !lane.urgent && lane.hasEverything(state.devices());
        final var due = lane.dueAt(!sessions.isEmpty(), settleable);
        lanes.schedule(lane, due.isBefore(now) ? now : due);
    }

    /// Looks at the lanes that are due, a bounded number of them.
    private void look(final InboxState state, final Instant now, final Decision decision) {
        if (now.isBefore(lookAgainAt)) {
            return;
        }
        lookAgainAt = now.plus(LOOK_AGAIN);
        for (int looked = 0; looked < LOOK_MAX; looked++) {
            final var lane = lanes.pollDue(now);
            if (lane == null) {
                return;
            }
            look(state, lane, now, decision);
        }
    }

    private void look(final InboxState state, final Lane lane, final Instant now, final Decision decision) {
        final boolean attached = !sessions.isEmpty();
        final var id = lane.chat.id;
        if (lane.isTellDue(now)) {
            lane.toldAgain(now);
            decision.tell(new ConversationCommand.Reached(
                    id, lane.chat.reached(user), sessions.attachedSince(), Optional.empty()));
        }
        if (lane.takeLeave() && !attached) {
            decision.tell(new ConversationCommand.Detach(id, user, sessions.lastAttached()));
        }
        if (lane.chat.open && !lane.urgent && lane.hasEverything(state.devices()) && lane.maySettle(now, attached)) {
            final var nonce = nonces.get();
            lane.settle(nonce, now);
            decision.tell(new ConversationCommand.Settle(
                    id, lane.chat.reached(user), lane.head, nonce, sessions.attachedSince()));
        } else if (attached && lane.isProbed() && lane.isProbeDue(now)) {
            probe(lane, now, decision);
        }
        schedule(state, lane, now);
        if (lane.queuedAt == null) {
            lanes.forget(lane);
        }
    }

    private void probe(final Lane lane, final Instant now, final Decision decision) {
        lane.probed(now);
        decision.tell(new ConversationCommand.Probe(
                lane.chat.id, lane.chat.reached(user), sessions.lastAttached(), ++lastProbe));
    }
}
