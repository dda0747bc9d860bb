package io.parley.client;

import io.parley.id.ConversationId;
import io.parley.id.UserId;
import io.parley.protocol.ClientFrame;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedSet;

/// Whose presence is wanted, on this link and all later ones, and where the person is typing: what is volatile
/// on a link and has to be said again or not at all. Knows no sockets; the time comes in.
final class Watches {
    private static final long TYPING_NANOS = 3_000_000_000L; // at most one per conversation in 3 s
    private static final int TYPING_MAX = 100; // nobody types in more conversations in 3 s
    private static final Optional<String> REF = Optional.of("watch");

    private final SequencedSet<String> watched = new LinkedHashSet<>(); // bounded by the limit
    private final SequencedSet<String> toWatch = new LinkedHashSet<>();
    private final SequencedSet<String> toUnwatch = new LinkedHashSet<>();
    private final SequencedSet<ConversationId> toType = new LinkedHashSet<>();
    private final Map<ConversationId, Long> typedNanos = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(final Map.Entry<ConversationId, Long> eldest) {
            return size() > TYPING_MAX;
        }
    };
    private boolean held;
    private long notBeforeNanos;

    /// @throws IllegalArgumentException if more than `most` would be watched
    void watch(final Collection<UserId> users, final int most) {
        final var more = new LinkedHashSet<>(watched);
        users.forEach(user -> more.add(user.value()));
        if (more.size() > most) {
            throw new IllegalArgumentException("at most " + most + " users can be watched");
        }
        users.forEach(user -> {
            watched.add(user.value());
            toWatch.add(user.value());
            toUnwatch.remove(user.value());
        });
    }

    void unwatch(final Collection<UserId> users) {
        users.forEach(user -> {
            if (watched.remove(user.value()) && !toWatch.remove(user.value())) {
                toUnwatch.add(user.value());
            }
        });
    }

    /// The person is typing; told only while `online`.
    void typing(final ConversationId conversation, final boolean online, final long nowNanos) {
        final var last = typedNanos.get(conversation);
        if (online && (last == null || nowNanos - last >= TYPING_NANOS)) {
            typedNanos.put(conversation, nowNanos);
            toType.add(conversation);
        }
    }

    /// A new link, which knows of no watches and lets `most` be watched: of more, those wanted first.
    void linkUp(final int most) {
        toWatch.clear();
        watched.stream().limit(most).forEach(toWatch::add);
        toUnwatch.clear();
        toType.clear();
        held = false;
    }

    /// Whether a refusal answers a `watch` or `unwatch`.
    boolean isMine(final Optional<String> ref) {
        return ref.equals(REF);
    }

    /// The server could not take a watch just now: all are said again, not before then.
    void putOff(final long notBeforeNanos) {
        held = true;
        this.notBeforeNanos = notBeforeNanos;
        toWatch.addAll(watched);
    }

    Optional<ClientFrame> next(final long nowNanos) {
        if (!toUnwatch.isEmpty()) {
            return Optional.of(new ClientFrame.Unwatch(takeAll(toUnwatch), REF));
        }
        if (!toWatch.isEmpty() && (!held || nowNanos - notBeforeNanos >= 0)) {
            held = false;
            return Optional.of(new ClientFrame.Watch(takeAll(toWatch), REF));
        }
        return toType.isEmpty()
                ? Optional.empty()
                : Optional.of(new ClientFrame.Typing(toType.removeFirst().value(), Optional.empty()));
    }

    private static List<String> takeAll(final Collection<String> users) {
        final var all = List.copyOf(users);
        users.clear();
        return all;
    }

    boolean owesNothing() {
        return toWatch.isEmpty();
    }

    /// When a watch that was put off may be said; empty if none was.
    OptionalLong dueNanos() {
        return held && !toWatch.isEmpty() ? OptionalLong.of(notBeforeNanos) : OptionalLong.empty();
    }
}
