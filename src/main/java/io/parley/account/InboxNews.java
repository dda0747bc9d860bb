package io.parley.account;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// What the person's inbox has confirmed, and who waits for that. Volatile: after a recovery nothing counts as
/// confirmed and the list is sent once more. Storing each confirmation would double the durable writes of every
/// login, to save one small message per recovery.
final class InboxNews {
    /// Registrations and logins of one account that wait at once; a person has 16 devices, so twice that.
    static final int WAITING_MAX = 32;

    private static final Duration FIRST_REPEAT = Duration.ofMillis(250);
    private static final Duration LAST_REPEAT = Duration.ofSeconds(10);

    /// Somebody's answer, held back.
    ///
    /// @param version  what the inbox must have confirmed
    /// @param deadline when it is refused instead
    /// @param newly    the device that was linked for it and is unlinked again if it is refused
    record Waiting(long version, Answer answer, Instant deadline, Optional<LinkedDevice> newly) {}

    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private long noted;
    private Duration repeat = FIRST_REPEAT;

    boolean isFull() {
        return waiting.size() >= WAITING_MAX;
    }

    boolean knows(final long version) {
        return noted >= version;
    }

    /// Whether the timer has anything to do for an account whose list has this version.
    boolean isQuiet(final long listed) {
        return knows(listed) && waiting.isEmpty();
    }

    void await(final Waiting answer) {
        waiting.addLast(answer);
    }

    /// The list changed (or the account recovered): it will be sent now, and repeated soon.
    void changed() {
        repeat = FIRST_REPEAT;
    }

    /// How long until the next repetition (ever longer, so that an inbox in trouble is not flooded) or until
    /// somebody has waited too long, whichever is first.
    Duration nextRemind(final Instant now) {
        final var pause = repeat;
        final var doubled = repeat.multipliedBy(2);
        repeat = doubled.compareTo(LAST_REPEAT) > 0 ? LAST_REPEAT : doubled;
        final var first = waiting.peekFirst(); // deadlines are in the order of coming
        if (first == null || !first.deadline().isBefore(now.plus(pause))) {
            return pause;
        }
        final var left = Duration.between(now, first.deadline());
        return left.isPositive() ? left : Duration.ofMillis(1);
    }

    /// The inbox confirmed `version`: these may be answered now.
    List<Answer> noted(final long version) {
        noted = Math.max(noted, version);
        final var due = new ArrayList<Answer>();
        waiting.removeIf(one -> knows(one.version()) && due.add(one.answer()));
        return due;
    }

    /// Takes out what has waited too long.
    List<Waiting> overdue(final Instant now) {
        final var late = new ArrayList<Waiting>();
        waiting.removeIf(one -> !now.isBefore(one.deadline()) && late.add(one));
        return late;
    }

    /// Takes out everything, because the account stops, or ends.
    List<Waiting> all() {
        final var all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }
}
