package io.parley.user;

import io.parley.conversation.ConversationCommand;
import io.parley.conversation.Nonce;
import io.parley.id.ConversationId;
import io.parley.id.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What an inbox does about its conversations as time passes: each is looked at when it is due, and probed,
/// settled, left or told again.
final class Rounds {
    /// Conversations looked at in one go, so that a user with thousands of open ones holds nobody up.
    private static final int LOOK_MAX = 200;

    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    /// Conversations, the latest ones, whose ticks a returning session is told again, open or not.
    private static final int RETURN_PROBES = 50;

    private final UserId user;
    private final Supplier<Nonce> nonces;
    private final Lanes lanes;
    private final Sessions sessions;

    /// Conversations opened a moment ago, which are to be probed once: their first delivery may get lost.
    private final Set<ConversationId> freshlyOpened = new LinkedHashSet<>();

    @Nullable
    private Instant freshDueAt;

    /// The tag of the last probe. Starts anywhere, so that answers to probes of an earlier life count for
    /// nothing.
    private long lastProbe;

    private Instant lookAgainAt = Instant.MIN;

    Rounds(final UserId user, final Supplier<Nonce> nonces, final Lanes lanes, final Sessions sessions) {
        this.user = user;
        this.nonces = nonces;
        this.lanes = lanes;
        this.sessions = sessions;
        this.lastProbe = nonces.get().high() >>> 2;
    }

    /// When something is next to be looked at; [Instant#MAX] if nothing is.
    Instant lookAt() {
        final var due = lanes.nextDue().orElse(Instant.MAX);
        final var look = due.isAfter(lookAgainAt) ? due : lookAgainAt;
        final var at = due.equals(Instant.MAX) ? due : look;
        return freshDueAt != null && freshDueAt.isBefore(at) ? freshDueAt : at;
    }

    /// The tag the next probe will have.
    long nextProbe() {
        return lastProbe + 1;
    }

    /// The conversation was opened just now.
    void probeSoon(final ConversationId conversation, final Instant now) {
        freshlyOpened.add(conversation);
        freshDueAt = freshDueAt == null ? now.plus(Lane.PROBE_FIRST) : freshDueAt;
    }

    /// A session that was there before this life of the entity is back, or may be: it lacks nothing, or a
    /// session of the device has started, has not ended, and is not known to this life. Ticks may have come and
    /// gone between.
    void probeLatest(final InboxState state, final Instant now) {
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

    /// There is nothing to be looked at any more.
    void clear() {
        lanes.clear();
        freshlyOpened.clear();
        freshDueAt = null;
    }

    /// Nobody is attached any more: each open conversation is settled, or told so.
    void leaveAll(final InboxState state, final Instant now) {
        for (final var chat : state.openChats()) {
            final var lane = lanes.of(chat, now);
            lane.leave();
            schedule(state, lane, now);
        }
    }

    void lookAtFresh(final InboxState state, final Instant now) {
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

    void schedule(final InboxState state, final Lane lane, final Instant now) {
        final boolean settleable = lane.chat.open && !lane.urgent && lane.hasEverything(state.devices());
        final var due = lane.dueAt(!sessions.isEmpty(), settleable);
        lanes.schedule(lane, due.isBefore(now) ? now : due);
    }

    /// Looks at the lanes that are due, a bounded number of them.
    void look(final InboxState state, final Instant now, final Decision decision) {
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
