package io.parley.user;

import io.parley.conversation.ConversationCommand;
import io.parley.conversation.Watermark;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import io.parley.user.UserCommand.Acknowledge;
import io.parley.user.UserCommand.CursorsStored;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Takes how far devices have come, and writes it. Ticks are state, told only when durable: cursors are written
/// first, at once when quiet and otherwise at most every [#FLUSH_EVERY], and only then is the conversation
/// told, and the device itself.
final class CursorDesk {
    /// Under load whatever has gathered is written this often.
    static final Duration FLUSH_EVERY = Duration.ofMillis(20);

    /// Conversations whose cursors go into one event.
    private static final int FLUSH_CHATS_MAX = 500;

    /// Askers that wait for one write; one beyond hears nothing in time, and asks again.
    private static final int WAITERS_MAX = 1_000;

    private final UserId user;
    private final Lanes lanes;
    private final Sessions sessions;
    private final Rounds rounds;

    /// Askers without a session, until what they said is durable.
    private final List<Acknowledge> storedWaiters = new ArrayList<>();

    private Instant lastFlush = Instant.MIN;

    CursorDesk(final UserId user, final Lanes lanes, final Sessions sessions, final Rounds rounds) {
        this.user = user;
        this.lanes = lanes;
        this.sessions = sessions;
        this.rounds = rounds;
    }

    /// When the next write is due; [Instant#MAX] if none is that somebody waits for.
    Instant flushAt() {
        return lanes.dirty().stream().anyMatch(lane -> lane.urgent) ? lastFlush.plus(FLUSH_EVERY) : Instant.MAX;
    }

    void acknowledge(final InboxState state, final Acknowledge said, final Instant now, final Decision decision) {
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
        rounds.schedule(state, lane, now);
    }

    void flushIfDue(final InboxState state, final Instant now, final Decision decision) {
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
    UserEvent.Moved write(
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
        rounds.schedule(state, lane, now);
        return moved;
    }

    /// Nothing is written any more: whoever waits for that hears that the device is not linked.
    void clear(final Decision decision) {
        storedWaiters.forEach(said -> said.replyTo()
                .ifPresent(asker -> decision.reply(asker, new CursorsStored(said.conversation(), false))));
        storedWaiters.clear();
    }

    Delivery ownMoved(final Lane lane, final DeviceId device) {
        return new Delivery.OwnMoved(lane.chat.id, lane.cursor(device), lane.said(user));
    }
}
