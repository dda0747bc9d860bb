package io.parley.client;

import io.parley.content.Body;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.protocol.ClientFrame;
import io.parley.protocol.Target;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/// The messages that have not been answered, in the order they were handed over: waiting, or sent on the
/// present link and unanswered. Decides what may be sent next; knows no sockets, and the time comes in.
///
/// A message keeps its id, its `after` and its place through every link. While one waits to be tried again,
/// those behind it to the same conversation wait too.
final class Outbox {
    /// One message on its way.
    static final class Entry {
        private final MessageId id;
        private final Target target;
        private final String lane;
        private final Body body;
        private final List<MediaId> media;
        private final long after;
        private final CompletableFuture<SendOutcome> outcome = new CompletableFuture<>();
        private final long order;
        private boolean triedBefore;
        private int putOff;
        private long notBeforeNanos;
        private boolean delayed;

        private Entry(
                final MessageId id,
                final Target target,
                final String lane,
                final Body body,
                final List<MediaId> media,
                final long after,
                final long order,
                final boolean triedBefore) {
            this.id = id;
            this.target = target;
            this.lane = lane;
            this.body = body;
            this.media = media;
            this.after = after;
            this.order = order;
            this.triedBefore = triedBefore;
        }

        MessageId id() {
            return id;
        }

        Target target() {
            return target;
        }

        CompletableFuture<SendOutcome> outcome() {
            return outcome;
        }

        /// How often the server has put it off.
        int putOff() {
            return putOff;
        }

        /// What is sent. Nothing known of the conversation (`after` 0) is left out at the first try, where it
        /// would only make the server search its log, and said when it is tried again: then the search is what
        /// is wanted.
        private ClientFrame.Send frame() {
            final var said = after > 0 || triedBefore ? OptionalLong.of(after) : OptionalLong.empty();
            return new ClientFrame.Send(id, target, body, media, said, Optional.empty());
        }

        private boolean mayGo(final long nowNanos) {
            return !delayed || nowNanos - notBeforeNanos >= 0;
        }
    }

    private final int messagesMax;
    private final TreeMap<Long, Entry> waiting = new TreeMap<>();
    private final Map<MessageId, Entry> byId = new HashMap<>();
    private final TreeMap<Long, Entry> unanswered = new TreeMap<>();
    private long orders;
    private int inFlightMax;

    /// @param messagesMax how many messages may be kept; more are not taken
    Outbox(final int messagesMax) {
        this.messagesMax = messagesMax;
    }

    boolean isFull() {
        return byId.size() >= messagesMax;
    }

    boolean hasNoneWaiting() {
        return waiting.isEmpty();
    }

    /// Every message kept, in order.
    List<Entry> entries() {
        final var all = new ArrayList<>(byId.values());
        all.sort(Comparator.comparingLong(entry -> entry.order));
        return all;
    }

    Optional<Entry> find(final MessageId id) {
        return Optional.ofNullable(byId.get(id));
    }

    /// Takes a message at the end of the queue.
    ///
    /// @param lane        what is kept in order: the conversation, however the target spelt it
    /// @param media       the uploads it carries
    /// @param after       the highest `seq` known of it; 0: none
    /// @param triedBefore whether an earlier run of the program may have sent it
    Entry add(
            final MessageId id,
            final Target target,
            final String lane,
            final Body body,
            final List<MediaId> media,
            final long after,
            final boolean triedBefore) {
        final var entry = new Entry(id, target, lane, body, media, after, orders++, triedBefore);
        byId.put(id, entry);
        waiting.put(entry.order, entry);
        return entry;
    }

    /// A link is up that lets `inFlightMax` sends be unanswered.
    void linkUp(final int inFlightMax) {
        linkDown();
        this.inFlightMax = inFlightMax;
    }

    /// The link is gone: what it has not answered waits again, in its old place.
    void linkDown() {
        waiting.putAll(unanswered);
        unanswered.clear();
        inFlightMax = 0;
    }

    /// Whether [#next] has something now.
    boolean mayGo(final long nowNanos) {
        return candidate(nowNanos).isPresent();
    }

    /// The frame to send next, which counts as unanswered from now on; empty if none may go.
    Optional<ClientFrame.Send> next(final long nowNanos) {
        return candidate(nowNanos).map(this::go);
    }

    private Optional<Entry> candidate(final long nowNanos) {
        if (unanswered.size() >= inFlightMax || waiting.isEmpty()) {
            return Optional.empty();
        }
        final var first = waiting.firstEntry().getValue();
        return first.mayGo(nowNanos) ? Optional.of(first) : firstOfAnotherLane(nowNanos);
    }

    private Optional<Entry> firstOfAnotherLane(final long nowNanos) {
        final var heldLanes = new HashSet<String>();
        for (final var entry : waiting.values()) {
            if (!entry.mayGo(nowNanos)) {
                heldLanes.add(entry.lane);
            } else if (!heldLanes.contains(entry.lane)) {
                return Optional.of(entry);
            }
        }
        return Optional.empty();
    }

    private ClientFrame.Send go(final Entry entry) {
        waiting.remove(entry.order);
        unanswered.put(entry.order, entry);
        final var frame = entry.frame();
        entry.triedBefore = true;
        entry.delayed = false;
        return frame;
    }

    /// The message is answered for good; it is kept no longer.
    Optional<Entry> settle(final MessageId id) {
        final var entry = Optional.ofNullable(byId.remove(id));
        entry.ifPresent(known -> {
            waiting.remove(known.order);
            unanswered.remove(known.order);
        });
        return entry;
    }

    /// The server could not take it just now: it is tried again, not before `notBeforeNanos`.
    void putOff(final Entry entry, final long notBeforeNanos) {
        entry.putOff++;
        entry.delayed = true;
        entry.notBeforeNanos = notBeforeNanos;
        if (unanswered.remove(entry.order, entry)) {
            waiting.put(entry.order, entry);
        }
    }

    /// When the first message that was put off may go again; empty if none was.
    OptionalLong dueNanos(final long nowNanos) {
        if (waiting.isEmpty() || unanswered.size() >= inFlightMax) {
            return OptionalLong.empty();
        }
        return waiting.values().stream()
                .filter(entry -> entry.delayed)
                .mapToLong(entry -> Math.max(0, entry.notBeforeNanos - nowNanos))
                .min()
                .stream()
                .map(wait -> nowNanos + wait)
                .findFirst();
    }

    /// The first of those sent on this link and not answered.
    Optional<Entry> oldestUnanswered() {
        return unanswered.values().stream().findFirst();
    }

    /// The largest of those sent on this link and not answered.
    Optional<Entry> largestUnanswered() {
        return unanswered.values().stream()
                .max(Comparator.comparingInt(entry -> entry.body.json().value().length()));
    }
}
