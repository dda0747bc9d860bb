package io.parley.user;

import io.parley.conversation.ConversationCommand;
import io.parley.conversation.MemberMessage;
import io.parley.conversation.Nonce;
import io.parley.conversation.Watermark;
import io.parley.id.UserId;
import io.parley.user.UserCommand.Acknowledge;
import io.parley.user.UserCommand.AskDevices;
import io.parley.user.UserCommand.AskPresence;
import io.parley.user.UserCommand.AskSettings;
import io.parley.user.UserCommand.Attach;
import io.parley.user.UserCommand.ChangeSettings;
import io.parley.user.UserCommand.Detach;
import io.parley.user.UserCommand.DevicesNoted;
import io.parley.user.UserCommand.FromConversation;
import io.parley.user.UserCommand.KeyPackagesLow;
import io.parley.user.UserCommand.KeysChanged;
import io.parley.user.UserCommand.LinkDevices;
import io.parley.user.UserCommand.ListChats;
import io.parley.user.UserCommand.Tick;
import io.parley.user.UserCommand.Typing;
import io.parley.user.UserCommand.Unwatch;
import io.parley.user.UserCommand.Watch;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// What a user's inbox decides. No actors, no clock, no randomness: everything comes in. One object serves one
/// life of the entity: what is volatile lives here and dies with it; what is durable is in [InboxState].
/// How far devices have come is [CursorDesk]'s, what is done as time passes [Rounds]', who may know who is here
/// [PresenceDesk]'s.
final class InboxRules {
    /// Open conversations in one message to a session.
    private static final int ATTACHED_PART = 500;

    /// Conversations one inbox may hold; a note beyond is not answered, and the sender hears `unavailable`.
    private static final int CHATS_MAX = 100_000;

    /// People who hear that somebody's keys have changed: those of the latest conversations. All others see it
    /// when they look.
    private static final int PEOPLE_MAX = 1_000;

    private final UserId user;
    private final Lanes lanes = new Lanes();
    private final Sessions sessions;
    private final PresenceDesk presence;
    private final AwayDevices away;
    private final Rounds rounds;
    private final CursorDesk cursors;
    private final ErasedInbox erased;

    InboxRules(
            final UserId user,
            final Supplier<Nonce> nonces,
            final Function<String, Optional<Instant>> lastAlive,
            final Duration awayAfter,
            final Instant startedAt) {
        this.user = user;
        this.sessions = new Sessions(startedAt);
        this.presence = new PresenceDesk(user, lastAlive, startedAt);
        this.away = new AwayDevices(awayAfter, startedAt);
        this.rounds = new Rounds(user, nonces, lanes, sessions);
        this.cursors = new CursorDesk(user, lanes, sessions, rounds);
        this.erased = new ErasedInbox(user, nonces, sessions);
    }

    /// The entity has its state: what a crash may have left untold is told again.
    Decision recovered(final InboxState state, final Instant now) {
        final var decision = new Decision();
        if (state.isErased()) {
            away.end();
            erased.begin(state.relying(), now, decision);
            return decision;
        }
        for (final var chat : state.chats()) {
            if (chat.untold) {
                rounds.schedule(state, lanes.of(chat, now), now);
            }
        }
        rounds.look(state, now, decision);
        away.look(state, sessions, presence, now, decision);
        return decision;
    }

    Decision decide(final InboxState state, final UserCommand command, final Instant now) {
        final var decision = new Decision();
        if (state.isErased()) {
            erased.decide(state, command, now, decision);
            return decision;
        }
        switch (command) {
            case LinkDevices link -> link(state, link, now, decision);
            case Attach attach -> attach(state, attach, now, decision);
            case Detach detach -> detach(state, detach, now, decision);
            case Acknowledge acknowledge -> cursors.acknowledge(state, acknowledge, now, decision);
            case FromConversation from -> hear(state, from.message(), now, decision);
            case Typing typing -> typing(state, typing, decision);
            case Watch watch -> presence.watch(state, sessions, watch, now, decision);
            case Unwatch unwatch -> presence.unwatch(unwatch);
            case AskPresence ask -> presence.answer(state, sessions, ask, now, decision);
            case ListChats list -> decision.reply(list.replyTo(), ChatLists.list(state, lanes, list));
            case AskSettings ask -> decision.reply(ask.replyTo(), new UserCommand.SettingsReply(state.settings()));
            case ChangeSettings change -> changeSettings(state, change, now, decision);
            case AskDevices ask -> decision.reply(ask.replyTo(), devicesSeen(state));
            case KeysChanged news -> keysChanged(state, news, decision);
            case KeyPackagesLow news ->
                sessions.all().stream()
                        .filter(session -> session.device.equals(news.device()))
                        .forEach(session -> decision.reply(session.ref, new Delivery.KeyPackagesLow(news.left())));
            case Tick _ -> tick(state, now, decision);
        }
        if (!(command
                instanceof ChangeSettings)) { // what is told of cursors follows the settings: those that are stored
            cursors.flushIfDue(state, now, decision);
        }
        return decision;
    }

    /// When the next [Tick] is wanted, if one is.
    Optional<Instant> wakeAt() {
        Instant at = earlier(away.lookAt(), earlier(cursors.flushAt(), rounds.lookAt()));
        at = earlier(at, erased.tellAt());
        at = earlier(at, presence.tellAt().orElse(Instant.MAX));
        at = earlier(at, sessions.nextGoneAt().orElse(Instant.MAX));
        return at.equals(Instant.MAX) ? Optional.empty() : Optional.of(at);
    }

    private static Instant earlier(final Instant one, final Instant other) {
        return one.isBefore(other) ? one : other;
    }

    /// The entity stops: sessions attach again, to wherever it is then.
    List<Decision.Effect> farewell() {
        final var decision = new Decision();
        sessions.all().forEach(session -> decision.reply(session.ref, new Delivery.Leaving()));
        return decision.effects();
    }

    // devices and sessions

    private void link(final InboxState state, final LinkDevices link, final Instant now, final Decision decision) {
        if (link.gone()) {
            erase(state, link, now, decision);
            return;
        }
        if (link.version() > state.version()) {
            tellUnlinked(state, link, decision);
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
                rounds.leaveAll(state, now);
            }
        }
        decision.reply(link.replyTo(), new DevicesNoted(user, Math.max(link.version(), state.version())));
    }

    private static void tellUnlinked(final InboxState state, final LinkDevices link, final Decision decision) {
        final var left = link.devices().stream().map(UserEvent.Linked::device).toList();
        final boolean anyGone = state.devices().stream().anyMatch(device -> !left.contains(device.id));
        if (anyGone) {
            decision.tellUnlinked(link.version(), left);
        }
    }

    /// Nothing is left: neither of what is stored nor of what moves in memory.
    private void erase(final InboxState state, final LinkDevices link, final Instant now, final Decision decision) {
        final var relying = state.openChats().stream().map(chat -> chat.id).toList();
        final long version = Math.max(link.version(), state.version());
        erased.store(version, relying, now, decision);
        for (final var session : List.copyOf(sessions.all())) {
            sessions.remove(session);
            decision.reply(session.ref, new Delivery.Revoked(session.device));
        }
        presence.clear(decision);
        cursors.clear(decision);
        rounds.clear();
        away.end();
        erased.begin(relying, now, decision);
        erased.answer(link, version, decision);
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
                    rounds.look(state, now, decision);
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
            rounds.probeLatest(state, now);
        }
        rounds.look(state, now, decision);
    }

    private void tellOpenChats(
            final InboxState state, final Sessions.Session session, final Instant now, final Decision decision) {
        final boolean receipts = state.settings().readReceipts();
        var chats = new ArrayList<Delivery.OpenChat>();
        int part = 0;
        for (final var chat : state.openChats()) {
            final var lane = lanes.of(chat, now);
            session.awaitsHead.put(chat.id, rounds.nextProbe());
            chats.add(new Delivery.OpenChat(chat.id, lane.cursor(session.device)));
            if (chats.size() == ATTACHED_PART) {
                decision.reply(session.ref, new Delivery.Attached(chats, part, false, receipts));
                chats = new ArrayList<>();
                part++;
            }
            lane.probeNow();
            rounds.schedule(state, lane, now);
        }
        decision.reply(session.ref, new Delivery.Attached(chats, part, true, receipts));
    }

    private void detach(final InboxState state, final Detach detach, final Instant now, final Decision decision) {
        sessions.of(detach.device())
                .filter(session -> session.stamp == detach.stamp())
                .ifPresent(session -> end(session, now.minus(detach.silentFor()), now, decision));
        if (sessions.isEmpty()) { // also where this life has not met the session that has ended
            rounds.leaveAll(state, now);
        }
    }

    private void end(final Sessions.Session session, final Instant seenAt, final Instant now, final Decision decision) {
        sessions.remove(session);
        decision.store(new UserEvent.Seen(session.device, seenAt.toEpochMilli(), false, session.life));
        if (sessions.isEmpty()) {
            presence.changed(now);
        }
    }

    /// Whoever encrypts for the person wants to know, the person's own devices first.
    private void keysChanged(final InboxState state, final KeysChanged news, final Decision decision) {
        sessions.all()
                .forEach(session -> decision.reply(session.ref, new Delivery.OwnKeysChanged(user, news.version())));
        final var people = ChatLists.people(state, lanes, user, PEOPLE_MAX);
        if (!people.isEmpty()) {
            decision.tellKeysChanged(news.version(), people);
        }
    }

    private UserCommand.DevicesReply devicesSeen(final InboxState state) {
        return new UserCommand.DevicesReply(state.devices().stream()
                .map(device -> new UserCommand.DevicesReply.DeviceSeen(
                        device.id, sessions.of(device.id).isPresent(), presence.lastSeen(device)))
                .toList());
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
        rounds.probeSoon(notify.conversation(), now);
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
            decision.store(new UserEvent.ChatsMoved(List.of(cursors.write(state, lane.get(), true, now, decision))));
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
            presence.changed(now.plus(CursorDesk.FLUSH_EVERY));
        }
        lane.activity(now);
        for (final var session : sessions.all()) {
            final boolean outside = deliver.inside()
                    .map(inside -> !inside.contains(session.device))
                    .orElse(false);
            decision.reply(
                    session.ref,
                    new Delivery.Arrived(chat.get().id, lane.cursor(session.device), deliver.entries(), outside));
        }
        rounds.schedule(state, lane, now);
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
            final boolean awaited = status.tag() < rounds.nextProbe() && session.takesHead(chat.get().id, status.tag());
            if (awaited || news || lane.cursor(session.device) < lane.head) {
                decision.reply(
                        session.ref,
                        new Delivery.HeadKnown(chat.get().id, lane.cursor(session.device), lane.head, awaited));
            }
            // each time: whatever was told before may be lost, and the session tells its device nothing twice
            lane.others().forEach(word -> decision.reply(session.ref, otherMoved(state, lane, word)));
            if (!lane.isDirty()) {
                decision.reply(session.ref, cursors.ownMoved(lane, session.device));
            }
        }
        rounds.schedule(state, lane, now);
    }

    /// Another member has come further: sessions are told at once, and again with the answers to the probes
    /// that follow.
    private void otherReached(
            final InboxState state, final Lane lane, final Watermark word, final Instant now, final Decision decision) {
        if (lane.hear(word)) {
            lane.ticked(now);
            sessions.all().forEach(session -> decision.reply(session.ref, otherMoved(state, lane, word)));
        }
        rounds.schedule(state, lane, now);
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
                rounds.leaveAll(state, now);
            }
        }
        presence.tellIfDue(state, sessions, now, decision);
        away.look(state, sessions, presence, now, decision);
        rounds.lookAtFresh(state, now);
        rounds.look(state, now, decision);
    }
}
