package io.parley.user;

import java.time.Duration;
import java.time.Instant;

/// Linked devices that nobody has seen for too long. They are looked for when the inbox starts, and once an
/// hour while it is awake; the account, which has the last word, hears of each again until it is gone from the
/// list. What was owed to such a device alone then holds no conversation open any more.
final class AwayDevices {
    private static final Duration LOOK_EVERY = Duration.ofHours(1);
    private static final Duration TELL_AGAIN = Duration.ofSeconds(10);

    private final Duration awayAfter;
    private final Duration lookEvery;

    /// From then on every session that is there has said so to this life of the inbox.
    private final Instant sessionsKnownAt;

    private Duration tellAfter = TELL_AGAIN;
    private Instant lookAt;

    AwayDevices(final Duration awayAfter, final Instant startedAt) {
        this.awayAfter = awayAfter;
        this.lookEvery = shorter(LOOK_EVERY, awayAfter);
        this.sessionsKnownAt = startedAt.plus(Sessions.GONE_AFTER);
        this.lookAt = startedAt;
    }

    Instant lookAt() {
        return lookAt;
    }

    /// The list has changed: whatever is said of it next is news.
    void listed(final Instant now) {
        tellAfter = TELL_AGAIN;
        final var next = now.plus(lookEvery);
        lookAt = next.isBefore(lookAt) ? next : lookAt;
    }

    /// There are no devices any more, and will be none.
    void end() {
        lookAt = Instant.MAX;
    }

    void look(
            final InboxState state,
            final Sessions sessions,
            final PresenceDesk presence,
            final Instant now,
            final Decision decision) {
        if (now.isBefore(lookAt)) {
            return;
        }
        boolean told = false;
        for (final var device : state.devices()) {
            if (sessions.of(device.id).isEmpty() && isAway(device, presence, now)) {
                decision.tellAway(device.id, device.generation);
                told = true;
            }
        }
        lookAt = nextLook(state, told, now);
        tellAfter = told ? shorter(tellAfter.multipliedBy(2), LOOK_EVERY) : TELL_AGAIN;
    }

    private Instant nextLook(final InboxState state, final boolean told, final Instant now) {
        if (!state.exists()) {
            return Instant.MAX;
        }
        final var next = now.plus(told ? tellAfter : lookEvery);
        return now.isBefore(sessionsKnownAt) && sessionsKnownAt.isBefore(next) ? sessionsKnownAt : next;
    }

    /// A device that has never connected counts from its linking. One whose session has not ended, as far as is
    /// stored, may still be connected and not have said so yet.
    private boolean isAway(final InboxState.Device device, final PresenceDesk presence, final Instant now) {
        if (!device.life.isEmpty() && now.isBefore(sessionsKnownAt)) {
            return false;
        }
        final var since = presence.lastSeen(device).orElse(Instant.ofEpochMilli(device.linkedMillis));
        return !now.isBefore(since.plus(awayAfter));
    }

    private static Duration shorter(final Duration one, final Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
