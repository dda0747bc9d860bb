package io.parley.session;

import io.parley.conversation.ConversationCommand;
import io.parley.conversation.Entry;
import io.parley.conversation.PageQuery;
import io.parley.id.ConversationId;
import io.parley.protocol.Limits;
import io.parley.protocol.ServerFrame;
import io.parley.user.Delivery;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/// Pushes to the device what it has not acknowledged: at most a window of it, each conversation in order, read
/// from the log wherever a live entry does not follow what was pushed before. Nothing is queued per slow
/// device: what does not fit into the window stays in the log.
final class Pushing {
    /// Pages of the log on their way at once: enough to fill the window from many small conversations.
    private static final int READING_MAX = 4;

    /// A page that has not come by then is asked for again.
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /// Lanes that have nothing to do are kept up to this many, so that live entries need no new one.
    private static final int IDLE_LANES_MAX = 1_000;

    /// How much may be under way to a device.
    ///
    /// @param all   messages it has not acknowledged
    /// @param ofOne those of one conversation, while others wait
    /// @param page  entries read at once
    record Window(int all, int ofOne, int page) {
        static final Window USUAL = new Window(Limits.V1.window(), 200, 100);
    }

    private record Reading(Lane lane, int reserved, Instant deadline) {}

    private final Identity self;
    private final Addresses addresses;
    private final LongSupplier tags;
    private final Window window;
    private final Map<ConversationId, Lane> lanes = new HashMap<>();
    private final ArrayDeque<Lane> waiting = new ArrayDeque<>();
    private final Map<Long, Reading> readings = new HashMap<>();
    private int unacknowledged;
    private long delivered;
    private int reserved;

    // the replay of what was undelivered at the hello
    private final Map<ConversationId, Long> replayTargets = new HashMap<>();
    private final Set<ConversationId> headsAwaited = new HashSet<>();
    private final Set<ConversationId> listed = new HashSet<>();
    private int partsListed;
    private boolean listComplete;
    private boolean caughtUp;

    Pushing(final Identity self, final Addresses addresses, final LongSupplier tags, final Window window) {
        this.self = self;
        this.addresses = addresses;
        this.tags = tags;
        this.window = window;
    }

    /// How many messages were pushed here and acknowledged since.
    long delivered() {
        return delivered;
    }

    Optional<Lane> lane(final ConversationId id) {
        return Optional.ofNullable(lanes.get(id));
    }

    /// The highest number known of a conversation; 0 of one that is not known here.
    long head(final ConversationId id) {
        return lane(id).map(Lane::head).orElse(0L);
    }

    /// The conversations that were open at the hello, or are when the session attaches again.
    void attached(final Delivery.Attached attached, final Instant now, final Decision decision) {
        if (attached.part() == 0) {
            partsListed = 0;
            listed.clear();
        }
        for (final var chat : attached.chats()) {
            advance(chat.conversation(), chat.cursor());
            listed.add(chat.conversation());
        }
        if (attached.part() == partsListed) {
            partsListed++;
            if (attached.last()) {
                listed();
            }
        }
        pump(now, decision);
    }

    /// The list is complete. The first one says what belongs to the replay; a later one, which conversations
    /// are owed nothing any more.
    private void listed() {
        if (listComplete) {
            headsAwaited.retainAll(listed);
        } else {
            headsAwaited.addAll(listed);
        }
        listComplete = true;
        listed.clear();
    }

    /// Whether the list of open conversations or a head of one has not come.
    boolean isLacking() {
        return !listComplete || !headsAwaited.isEmpty();
    }

    void headKnown(final Delivery.HeadKnown known, final Instant now, final Decision decision) {
        final var lane = advance(known.conversation(), known.cursor());
        lane.knowHead(known.head());
        if (known.current() && headsAwaited.remove(known.conversation())) {
            replayTargets.put(known.conversation(), known.head());
        }
        want(lane);
        pump(now, decision);
    }

    /// New entries.
    void arrived(
            final ConversationId id,
            final long cursor,
            final List<Entry> entries,
            final Instant now,
            final Decision decision) {
        final var lane = advance(id, cursor);
        for (final var entry : entries) {
            lane.knowHead(entry.seq());
            if (!lane.reading && entry.seq() == lane.passed() + 1) {
                push(lane, entry, decision);
            }
        }
        want(lane);
        pump(now, decision);
    }

    /// A page of the log that was asked for.
    ///
    /// @return the conversation, if the device's own entries in the page may have moved its cursor
    Optional<ConversationId> page(
            final long tag, final List<Entry> entries, final long head, final Instant now, final Decision decision) {
        final var reading = readings.remove(tag);
        if (reading == null) {
            return Optional.empty(); // too late, and asked for again
        }
        reserved -= reading.reserved();
        reading.lane().reading = false;
        reading.lane().knowHead(head);
        for (final var entry : entries) {
            if (entry.seq() == reading.lane().passed() + 1) {
                push(reading.lane(), entry, decision);
            }
        }
        want(reading.lane());
        pump(now, decision);
        return entries.isEmpty() || reading.lane().unacknowledged() > 0
                ? Optional.empty()
                : Optional.of(reading.lane().id);
    }

    boolean isReading(final long tag) {
        return readings.containsKey(tag);
    }

    /// The device holds everything up to `seq`, which is in the log.
    void acknowledge(final ConversationId id, final long seq, final Instant now, final Decision decision) {
        final var lane = lanes.get(id);
        if (lane != null) {
            acknowledge(lane, seq);
            want(lane);
            pump(now, decision);
        }
    }

    private void acknowledge(final Lane lane, final long seq) {
        final int before = lane.unacknowledged();
        lane.acknowledge(seq);
        final int newly = before - lane.unacknowledged();
        unacknowledged -= newly;
        delivered += newly;
    }

    void tick(final Instant now, final Decision decision) {
        final var late = readings.entrySet().stream()
                .filter(reading -> !now.isBefore(reading.getValue().deadline()))
                .map(Map.Entry::getKey)
                .toList();
        for (final var tag : late) {
            page(tag, List.of(), 0, now, decision);
        }
        pump(now, decision);
        if (lanes.size() > IDLE_LANES_MAX) {
            lanes.values().removeIf(this::isIdle);
        }
    }

    private boolean isIdle(final Lane lane) {
        return !lane.isBehind()
                && lane.unacknowledged() == 0
                && !lane.reading
                && !lane.queued
                && !replayTargets.containsKey(lane.id)
                && !headsAwaited.contains(lane.id);
    }

    /// The lane, going on from `cursor` if that is further: the device has said so before, or elsewhere.
    private Lane advance(final ConversationId id, final long cursor) {
        final var lane = lanes.computeIfAbsent(id, _ -> new Lane(id, cursor));
        if (cursor > lane.cursor()) {
            acknowledge(lane, cursor);
        }
        return lane;
    }

    /// Pushes the entry that follows, unless the device sent it itself or the window is full.
    private void push(final Lane lane, final Entry entry, final Decision decision) {
        if (entry.device().equals(self.device()) && entry.author().equals(self.user())) {
            lane.skipped(entry.seq());
        } else if (unacknowledged < window.all() && (lane.unacknowledged() < window.ofOne() || nobodyElseWaits())) {
            lane.pushed(entry.seq());
            unacknowledged++;
            decision.send(new ServerFrame.Message(lane.id, Frames.toWire(entry, self.user())));
        }
    }

    private boolean nobodyElseWaits() {
        return waiting.isEmpty();
    }

    /// Something about the lane has changed: it may want to be read, or be done with its replay.
    private void want(final Lane lane) {
        final var target = replayTargets.get(lane.id);
        if (target != null && lane.passed() >= target) {
            replayTargets.remove(lane.id);
        }
        if (lane.isBehind() && !lane.reading && !lane.queued) {
            lane.queued = true;
            waiting.addLast(lane);
        }
    }

    /// Asks for pages of the conversations that are behind, in turn, as far as the window goes.
    private void pump(final Instant now, final Decision decision) {
        for (int left = waiting.size(); left > 0 && readings.size() < READING_MAX; left--) {
            final int room = window.all() - unacknowledged - reserved;
            if (room <= 0) {
                break;
            }
            final var lane = waiting.removeFirst();
            if (!lane.isBehind()) {
                lane.queued = false;
                continue;
            }
            final int ofLane = nobodyElseWaits() ? room : Math.min(room, window.ofOne() - lane.unacknowledged());
            if (ofLane <= 0) {
                waiting.addLast(lane); // its turn comes when it has been acknowledged, or nobody else waits
                continue;
            }
            lane.queued = false;
            read(lane, Math.min(ofLane, window.page()), now, decision);
        }
        tellCaughtUp(decision);
    }

    private void read(final Lane lane, final int limit, final Instant now, final Decision decision) {
        final long tag = tags.getAsLong();
        lane.reading = true;
        reserved += limit;
        readings.put(tag, new Reading(lane, limit, now.plus(PATIENCE)));
        decision.tell(new ConversationCommand.ReadPage(
                lane.id,
                self.user(),
                Optional.of(self.device()),
                new PageQuery.After(lane.passed(), limit),
                tag,
                addresses.pages()));
    }

    private void tellCaughtUp(final Decision decision) {
        if (caughtUp || !listComplete || !headsAwaited.isEmpty()) {
            return;
        }
        if (replayTargets.isEmpty()) {
            caughtUp = true;
            decision.send(new ServerFrame.CaughtUp());
        }
    }
}
