package io.parley.history;

import java.util.HashMap;
import java.util.Map;

/// How far a user may be said to have come in a conversation, by what the user's devices have said up to now:
/// the highest cursor named, and the own entries that follow it. In notes to oneself, only what another device
/// than its sender has said.
final class Reach {
    /// One of the two watermarks.
    private final class Mark {
        private final Map<String, Long> saidByDevice = new HashMap<>(2);
        private long said;
        private long passed;

        void say(final String device, final long seq) {
            said = Math.max(said, seq);
            if (log.isNotes()) {
                saidByDevice.merge(device, seq, Math::max);
            }
        }

        long reached(final int now) {
            if (log.isNotes()) {
                return ofOthers();
            }
            passed = Math.max(passed, said);
            while (mayPass(passed + 1, now)) {
                passed++;
            }
            return passed;
        }

        private long ofOthers() {
            long most = 0;
            for (final var word : saidByDevice.entrySet()) {
                long seq = Math.min(word.getValue(), log.head());
                for (var entry = log.at(seq);
                        seq > most && entry != null && entry.device().equals(word.getKey());
                        entry = log.at(seq)) {
                    seq--;
                }
                most = Math.max(most, seq);
            }
            return most;
        }
    }

    private final Log log;
    private final String user;
    private final Mark delivered = new Mark();
    private final Mark read = new Mark();

    /// The highest that anybody was told.
    long deliveredTold;

    long readTold;

    Reach(final Log log, final String user) {
        this.log = log;
        this.user = user;
    }

    void delivered(final String device, final long seq) {
        delivered.say(device, seq);
    }

    void read(final String device, final long seq) {
        delivered.say(device, seq);
        read.say(device, seq);
    }

    /// @param now the place in the history: what is sent later is not there yet
    long deliveredAt(final int now) {
        return delivered.reached(now);
    }

    long readAt(final int now) {
        return read.reached(now);
    }

    private boolean mayPass(final long seq, final int now) {
        final var entry = log.at(seq);
        if (entry == null || !entry.from().equals(user)) {
            return false;
        }
        final var message = log.message(user, entry.id());
        return message == null ? log.isGroup() : message.calledAt < now;
    }
}
