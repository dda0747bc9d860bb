package io.parley.conversation;

import java.util.List;

/// How large a page of the log may be. Whoever reads the log on a conversation's behalf ([PageReply.InLog])
/// cuts by the same rule as the conversation itself.
public final class Pages {
    /// A page stays well below what may go between nodes in one message, in bytes as [Entry#bytes()] reckons
    /// them.
    public static final int BYTES_MAX = 65_536;

    /// The most entries of a page.
    public static final int ENTRIES_MAX = 200;

    private Pages() {}

    /// As many of the entries as fit into a page, at least one, from the near side.
    ///
    /// @param fromEnd whether the near side is the end, so that the lowest are left out
    public static List<Entry> cut(final List<Entry> entries, final boolean fromEnd) {
        int bytes = 0;
        for (int taken = 0; taken < entries.size(); taken++) {
            bytes += entries.get(fromEnd ? entries.size() - 1 - taken : taken).bytes();
            if (bytes > BYTES_MAX && taken > 0) {
                return List.copyOf(
                        fromEnd ? entries.subList(entries.size() - taken, entries.size()) : entries.subList(0, taken));
            }
        }
        return List.copyOf(entries);
    }
}
