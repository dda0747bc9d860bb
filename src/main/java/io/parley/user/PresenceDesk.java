package io.parley.user;

import io.parley.cluster.ReplyTo;
import io.parley.id.ConversationId;
import io.parley.id.UserId;
import io.parley.user.UserCommand.AskPresence;
import io.parley.user.UserCommand.PresenceReply;
import io.parley.user.UserCommand.Unwatch;
import io.parley.user.UserCommand.Watch;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Who may know whether the person is online and when last seen, and who wants to hear of it.
final class PresenceDesk {
    /// Watching sessions of one user; more is not a circle of friends, and each costs a message per change.
    private static final int WATCHERS_MAX = 10_000;

    /// Watches are said again every 30 s; one that was not is over.
    private static final Duration WATCH_ENDS = Duration.ofSeconds(75);

    /// Changes are merged to one in this time.
    private static final Duration MERGE = Duration.ofSeconds(1);

    /// How long after a restart of the entity a session may take to say that it is still there.
    private static final Duration RETURN = Duration.ofSeconds(15);

    private record Watcher(UserId user, Instant renewedAt) {}

    private final UserId user;
    private final Function<String, Optional<Instant>> lastAlive;
    private final Instant startedAt;
    private final Map<ReplyTo<Delivery>, Watcher> watchers = new LinkedHashMap<>();

    @Nullable
    private Instant tellAt;

    private Instant toldAt = Instant.MIN;

    PresenceDesk(final UserId user, final Function<String, Optional<Instant>> lastAlive, final Instant startedAt) {
        this.user = user;
        this.lastAlive = lastAlive;
        this.startedAt = startedAt;
    }

    void watch(
            final InboxState state,
            final Sessions sessions,
            final Watch watch,
            final Instant now,
            final Decision decision) {
        if (!state.exists()) {
            decision.reply(watch.session(), new Delivery.NoSuchUser(user));
            return;
        }
        final boolean isNew = !watchers.containsKey(watch.session());
        if (isNew && watchers.size() >= WATCHERS_MAX) {
            watchers.values().removeIf(watcher -> isOver(watcher, now));
            if (watchers.size() >= WATCHERS_MAX) {
                return;
            }
        }
        watchers.put(watch.session(), new Watcher(watch.watcher(), now));
        if (isNew) {
            tell(state, sessions, watch.session(), watch.watcher(), now, decision);
        }
        if (sessions.isEmpty() && isOnline(state, sessions, now)) { // only for as long as a session may take to return
            tellBy(startedAt.plus(RETURN));
        }
    }

    void unwatch(final Unwatch unwatch) {
        watchers.remove(unwatch.session());
    }

    /// The user is no more: watchers see nothing from now on, and are told why.
    void clear(final Decision decision) {
        watchers.keySet().forEach(session -> {
            decision.reply(session, new Delivery.PresenceChanged(user, Optional.empty(), Optional.empty()));
            decision.reply(session, new Delivery.NoSuchUser(user));
        });
        watchers.clear();
        tellAt = null;
    }

    /// Something has changed that watchers may want to know.
    void changed(final Instant now) {
        if (!watchers.isEmpty()) {
            final var earliest = toldAt.equals(Instant.MIN) ? now : toldAt.plus(MERGE);
            tellBy(earliest.isAfter(now) ? earliest : now);
        }
    }

    private void tellBy(final Instant at) {
        tellAt = tellAt == null || at.isBefore(tellAt) ? at : tellAt;
    }

    Optional<Instant> tellAt() {
        return Optional.ofNullable(tellAt);
    }

    void tellIfDue(final InboxState state, final Sessions sessions, final Instant now, final Decision decision) {
        if (tellAt == null || now.isBefore(tellAt)) {
            return;
        }
        tellAt = null;
        toldAt = now;
        watchers.values().removeIf(watcher -> isOver(watcher, now));
        watchers.forEach((session, watcher) -> tell(state, sessions, session, watcher.user(), now, decision));
    }

    void answer(
            final InboxState state,
            final Sessions sessions,
            final AskPresence ask,
            final Instant now,
            final Decision decision) {
        final boolean shown = state.exists() && maySee(state, ask.asker());
        final boolean online = isOnline(state, sessions, now);
        decision.reply(
                ask.replyTo(),
                new PresenceReply(
                        user,
                        state.exists(),
                        shown ? Optional.of(online) : Optional.empty(),
                        shown && !online ? lastSeen(state, now) : Optional.empty()));
    }

    /// Whether `asker` may know of the person's presence and typing.
    boolean maySee(final InboxState state, final UserId asker) {
        return asker.equals(user)
                || switch (state.settings().lastSeen()) {
                    case EVERYONE -> true;
                    case WRITTEN_TO ->
                        state.chat(ConversationId.between(user, asker))
                                .map(chat -> chat.wrote)
                                .orElse(false);
                    case NOBODY -> false;
                };
    }

    boolean isOnline(final InboxState state, final Sessions sessions, final Instant now) {
        return !sessions.isEmpty()
                || (now.isBefore(startedAt.plus(RETURN))
                        && state.devices().stream().anyMatch(device -> isHeldByLivingNode(device, now)));
    }

    /// When the person was last seen, never in the future; empty if never.
    Optional<Instant> lastSeen(final InboxState state, final Instant now) {
        return state.devices().stream()
                .map(this::lastSeen)
                .flatMap(Optional::stream)
                .max(Instant::compareTo)
                .map(seen -> seen.isAfter(now) ? now : seen);
    }

    /// When the device was last seen: at its last session's end, or, where that ended with its node, at the
    /// node's last sign of life.
    Optional<Instant> lastSeen(final InboxState.Device device) {
        if (device.seenMillis == 0) {
            return Optional.empty();
        }
        final var seen = Instant.ofEpochMilli(device.seenMillis);
        return device.life.isEmpty()
                ? Optional.of(seen)
                : lastAlive
                        .apply(device.life)
                        .filter(alive -> alive.isAfter(seen))
                        .or(() -> Optional.of(seen));
    }

    private boolean isHeldByLivingNode(final InboxState.Device device, final Instant now) {
        return !device.life.isEmpty()
                && lastAlive
                        .apply(device.life)
                        .filter(alive -> alive.plus(RETURN).isAfter(now))
                        .isPresent();
    }

    private void tell(
            final InboxState state,
            final Sessions sessions,
            final ReplyTo<Delivery> session,
            final UserId watcher,
            final Instant now,
            final Decision decision) {
        final boolean shown = maySee(state, watcher);
        final boolean online = isOnline(state, sessions, now);
        decision.reply(
                session,
                new Delivery.PresenceChanged(
                        user,
                        shown ? Optional.of(online) : Optional.empty(),
                        shown && !online ? lastSeen(state, now) : Optional.empty()));
    }

    private static boolean isOver(final Watcher watcher, final Instant now) {
        return now.isAfter(watcher.renewedAt().plus(WATCH_ENDS));
    }
}
