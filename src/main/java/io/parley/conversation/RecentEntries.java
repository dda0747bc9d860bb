package io.parley.conversation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The last entries of the log in memory, so that what just happened is answered without reading the store.
final class RecentEntries {
    /// Enough for a device that missed a moment; older pages come from the log.
    static final int ENTRIES_MAX = 64;

    /// What large bodies may hold in memory per active conversation.
    private static final int BYTES_MAX = 65_536;

    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private final int entriesMax;
    private int bytes;

    RecentEntries(final int entriesMax) {
        this.entriesMax = entriesMax;
    }

    void add(final Entry entry) {
        entries.addLast(entry);
        bytes += entry.bytes();
        while (entries.size() > entriesMax || (bytes > BYTES_MAX && entries.size() > 1)) {
            bytes -= entries.removeFirst().bytes();
        }
    }

    /// The entries `from` to `to`, both included, if all of them are held.
    Optional<List<Entry>> range(final long from, final long to) {
        if (from > to) {
            return Optional.of(List.of());
        }
        if (entries.isEmpty() || entries.getFirst().seq() > from) {
            return Optional.empty();
        }
        final var wanted = new ArrayList<Entry>();
        for (final var entry : entries) {
            if (entry.seq() >= from && entry.seq() <= to) {
                wanted.add(entry);
            }
        }
        return Optional.of(wanted);
    }

    Optional<Entry> last() {
        return Optional.ofNullable(entries.peekLast());
    }
}
