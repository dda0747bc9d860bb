package io.parley.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is known of one conversation: its log as it was read in the end, and where none was read, as far as it
/// was seen; and how far its members may be said to have come.
final class Log {
    /// Something read in the end, and where in the history.
    record Reading(int index, Event.FinalLog log) {}

    final String conversation;

    /// Two users, one for notes to oneself; none where it is a group, whose members clients cannot tell.
    final List<String> members;

    final Map<Message.Name, Message> messages = new HashMap<>();
    final List<Reading> readings = new ArrayList<>();
    private final List<Event.@Nullable Entry> entries = new ArrayList<>();
    private final Map<String, Reach> reaches = new HashMap<>();

    /// As far as it has been seen in the history up to now.
    long seenHead;

    Log(final String conversation) {
        this.conversation = conversation;
        this.members = members(conversation);
    }

    private static List<String> members(final String conversation) {
        final int between = conversation.indexOf('~');
        if (between < 0) {
            return List.of();
        }
        final var first = conversation.substring(0, between);
        final var second = conversation.substring(between + 1);
        return first.equals(second) ? List.of(first) : List.of(first, second);
    }

    boolean isGroup() {
        return members.isEmpty();
    }

    boolean isNotes() {
        return members.size() == 1;
    }

    /// Groups let in everybody here.
    boolean admits(final String user) {
        return isGroup() || members.contains(user);
    }

    boolean wasRead() {
        return !readings.isEmpty();
    }

    /// Whether a final log was read after that.
    boolean wasReadAfter(final int index) {
        return wasRead() && readings.getLast().index() > index;
    }

    /// Whether that place can exist: a direct conversation has no more entries than messages were sent. A
    /// server that doubles them is to be found by its doubles.
    boolean isPossible(final long seq) {
        return seq >= 1 && seq <= 2L * messages.size() + (isGroup() ? 100_000 : 1_000);
    }

    long head() {
        return entries.size();
    }

    Event.@Nullable Entry at(final long seq) {
        return seq >= 1 && seq <= entries.size() ? entries.get((int) seq - 1) : null;
    }

    void put(final Event.Entry entry) {
        while (entries.size() < entry.seq()) {
            entries.add(null);
        }
        entries.set((int) entry.seq() - 1, entry);
    }

    @Nullable
    Message message(final String user, final String id) {
        return messages.get(new Message.Name(user, id));
    }

    boolean holds(final long seq, final String user, final String id) {
        final var entry = at(seq);
        return entry != null && entry.from().equals(user) && entry.id().equals(id);
    }

    Reach reach(final String user) {
        return reaches.computeIfAbsent(user, _ -> new Reach(this, user));
    }

    @Override
    public String toString() {
        return conversation;
    }
}
