package io.parley.user;

import io.parley.id.ConversationId;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The conversations of a user about which something is volatile, and in which order they want to be looked at.
/// As many as are open or were active lately.
final class Lanes {
    private final Map<ConversationId, Lane> lanes = new HashMap<>();
    private final Set<Lane> dirty = new LinkedHashSet<>();
    private final PriorityQueue<Lane> queue = new PriorityQueue<>(Comparator.comparing(Lanes::queuedAt));

    Lane of(final Chat chat, final Instant now) {
        return lanes.computeIfAbsent(chat.id, _ -> new Lane(chat, now));
    }

    Optional<Lane> find(final ConversationId id) {
        return Optional.ofNullable(lanes.get(id));
    }

    void markDirty(final Lane lane) {
        if (lane.isDirty()) {
            dirty.add(lane);
        }
    }

    Collection<Lane> dirty() {
        return dirty;
    }

    void written(final Lane lane) {
        dirty.remove(lane);
    }

    /// Puts the lane into the queue, or forward in it.
    void schedule(final Lane lane, final Instant due) {
        final var queuedAt = lane.queuedAt;
        if (queuedAt != null) {
            if (!due.isBefore(queuedAt)) {
                return; // looked at then, and put back
            }
            queue.remove(lane);
        }
        if (due.equals(Instant.MAX)) {
            return;
        }
        lane.queuedAt = due;
        queue.add(lane);
    }

    Optional<Instant> nextDue() {
        return Optional.ofNullable(queue.peek()).map(Lanes::queuedAt);
    }

    @Nullable
    Lane pollDue(final Instant now) {
        final var next = queue.peek();
        if (next == null || queuedAt(next).isAfter(now)) {
            return null;
        }
        queue.poll();
        next.queuedAt = null;
        return next;
    }

    /// Forgets the lane; what is durable of it stays in its chat.
    void forget(final Lane lane) {
        if (!dirty.contains(lane)) {
            lanes.remove(lane.chat.id, lane);
        }
    }

    /// Forgets all of them, and what has moved in them.
    void clear() {
        lanes.clear();
        dirty.clear();
        queue.clear();
    }

    private static Instant queuedAt(final Lane lane) {
        final var at = lane.queuedAt;
        return at == null ? Instant.MAX : at;
    }
}
