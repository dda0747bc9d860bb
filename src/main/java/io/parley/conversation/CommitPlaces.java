package io.parley.conversation;

import io.parley.id.UserId;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;

/// Where a log's last commits stand. They are entries like any other, but nobody has to read them: they do not
/// count as unread.
final class CommitPlaces {
    /// How many are known. Where a person has more of them before him, the older ones count as unread.
    static final int KEPT = 1_024;

    /// One commit.
    record Place(long seq, UserId author) {}

    private final ArrayDeque<Place> places = new ArrayDeque<>(0);

    /// A commit behind all others.
    void add(final long seq, final UserId author) {
        if (places.size() == KEPT) {
            places.removeFirst();
        }
        places.addLast(new Place(seq, author));
    }

    /// How many stand after `seq` that are not by `reader`.
    long ofOthersAfter(final long seq, final UserId reader) {
        long count = 0;
        for (final Iterator<Place> newest = places.descendingIterator(); newest.hasNext(); ) {
            final var place = newest.next();
            if (place.seq() <= seq) {
                break;
            }
            count += place.author().equals(reader) ? 0 : 1;
        }
        return count;
    }

    /// Ascending.
    List<Place> all() {
        return List.copyOf(places);
    }
}
