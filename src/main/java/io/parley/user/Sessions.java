package io.parley.user;

import io.parley.cluster.ReplyTo;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// The devices of a user that are connected right now: at most one session each, so at most as many as devices.
final class Sessions {
    /// Sessions say every 10 s that they are alive; one that has missed two words is gone with its node.
    static final Duration GONE_AFTER = Duration.ofSeconds(25);

    /// One connected device.
    static final class Session {
        final DeviceId device;
        final long stamp;
        final String life;
        final ReplyTo<Delivery> ref;
        Instant heardAt;

        /// Open conversations whose head the session has not been told yet, and the first probe whose answer
        /// counts: an answer that was on its way when the session came knows of an earlier head only.
        final Map<ConversationId, Long> awaitsHead = new HashMap<>();

        /// Whether `conversation`'s head is awaited and the answer to the probe `tag` tells it; it is then
        /// told.
        boolean takesHead(final ConversationId conversation, final long tag) {
            final var awaited = awaitsHead.get(conversation);
            return awaited != null && tag >= awaited && awaitsHead.remove(conversation, awaited);
        }

        Session(
                final DeviceId device,
                final long stamp,
                final String life,
                final ReplyTo<Delivery> ref,
                final Instant now) {
            this.device = device;
            this.stamp = stamp;
            this.life = life;
            this.ref = ref;
            this.heardAt = now;
        }
    }

    private final Map<DeviceId, Session> byDevice = new LinkedHashMap<>(4);

    /// When the first of those that are connected came, or, with nobody connected, the last such time: in
    /// microseconds by the clock, but always later than the time before. What an earlier life of the inbox said
    /// is earlier, but for a clock that went back.
    private long attachedSince;

    Sessions(final Instant startedAt) {
        this.attachedSince = micros(startedAt);
    }

    /// Since when somebody has been connected without a break; empty if nobody is.
    OptionalLong attachedSince() {
        return isEmpty() ? OptionalLong.empty() : OptionalLong.of(attachedSince);
    }

    /// When somebody last came who found nobody connected.
    long lastAttached() {
        return attachedSince;
    }

    boolean isEmpty() {
        return byDevice.isEmpty();
    }

    Collection<Session> all() {
        return byDevice.values();
    }

    Optional<Session> of(final DeviceId device) {
        return Optional.ofNullable(byDevice.get(device));
    }

    void put(final Session session) {
        if (isEmpty()) {
            attachedSince = Math.max(attachedSince + 1, micros(session.heardAt));
        }
        byDevice.put(session.device, session);
    }

    void remove(final Session session) {
        byDevice.remove(session.device, session);
    }

    List<Session> goneBy(final Instant now) {
        return byDevice.values().stream()
                .filter(session -> !now.isBefore(session.heardAt.plus(GONE_AFTER)))
                .toList();
    }

    private static long micros(final Instant time) {
        return time.toEpochMilli() * 1_000;
    }

    Optional<Instant> nextGoneAt() {
        return byDevice.values().stream()
                .map(session -> session.heardAt.plus(GONE_AFTER))
                .min(Instant::compareTo);
    }
}
