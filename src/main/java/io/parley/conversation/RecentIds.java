package io.parley.conversation;

import io.parley.id.MessageId;
import io.parley.id.UserId;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/// The ids of a conversation's last entries, by which a resend is recognised without reading the log. Holds at
/// least the last [#KEPT] and says from which `seq` on it is complete. About 100 bytes an entry: a ring by
/// `seq`, with chains of equal hash through it, instead of a map of objects.
final class RecentIds {
    /// How many ids are kept; the protocol promises at least 1,000. A power of two, because places are masked.
    static final int KEPT = 1_024;

    private static final int FIRST_SIZE = 16;
    private static final int NONE = -1;

    /// Where a known message stands.
    record Place(long seq, Instant time) {}

    private final int kept;
    private String[] ids = new String[FIRST_SIZE];
    private UserId[] authors = new UserId[FIRST_SIZE];
    private long[] times = new long[FIRST_SIZE];
    private int[] chains = new int[FIRST_SIZE]; // by hash: the ring place of the newest entry with it
    private int[] next = new int[FIRST_SIZE]; // by ring place: the next older entry of the same chain
    private long first = 1; // the lowest seq held
    private long last = 0; // the highest

    RecentIds() {
        this(KEPT);
    }

    /// @param kept how many are kept, a power of two
    RecentIds(final int kept) {
        this.kept = kept;
        Arrays.fill(chains, NONE);
    }

    /// Goes on as if everything up to `seq` had been dropped again: nothing of the log up to there is known.
    static RecentIds after(final long seq, final int kept) {
        final var recent = new RecentIds(kept);
        recent.first = seq + 1;
        recent.last = seq;
        return recent;
    }

    /// The lowest `seq` from which on every entry is known.
    long completeFrom() {
        return first;
    }

    /// The entry that follows the last one added.
    void add(final UserId author, final String id, final long timeMillis) {
        final int held = Math.toIntExact(last - first + 1);
        if (held == kept) {
            dropOldest();
        } else if (held == ids.length) {
            grow();
        }
        last++;
        put(last, author, id, timeMillis);
    }

    /// Where the message of `author` with `id` stands, if it is among the recent ones.
    Optional<Place> find(final UserId author, final MessageId id) {
        int place = chains[chain(author, id.value())];
        while (place != NONE) {
            if (ids[place].equals(id.value()) && authors[place].equals(author)) {
                return Optional.of(new Place(seqAt(place), Instant.ofEpochMilli(times[place])));
            }
            place = next[place];
        }
        return Optional.empty();
    }

    /// Who wrote the entry at `seq`, which must be held.
    UserId author(final long seq) {
        return authors[place(seq)];
    }

    String id(final long seq) {
        return ids[place(seq)];
    }

    long timeMillis(final long seq) {
        return times[place(seq)];
    }

    /// How many entries after `seq` are not by `author`; `seq` + 1 must be held or beyond the end.
    long countOfOthersAfter(final long seq, final UserId author) {
        long count = 0;
        for (long at = seq + 1; at <= last; at++) {
            if (!author(at).equals(author)) {
                count++;
            }
        }
        return count;
    }

    private void put(final long seq, final UserId author, final String id, final long timeMillis) {
        final int place = place(seq);
        final int chain = chain(author, id);
        ids[place] = id;
        authors[place] = author;
        times[place] = timeMillis;
        next[place] = chains[chain];
        chains[chain] = place;
    }

    private void dropOldest() {
        final int place = place(first);
        final int chain = chain(authors[place], ids[place]);
        if (chains[chain] == place) {
            chains[chain] = next[place];
        } else {
            int newer = chains[chain];
            while (next[newer] != place) {
                newer = next[newer];
            }
            next[newer] = next[place];
        }
        first++;
    }

    private void grow() {
        final var old = new RecentIds();
        old.ids = ids;
        old.authors = authors;
        old.times = times;
        final int size = ids.length * 2;
        ids = new String[size];
        authors = new UserId[size];
        times = new long[size];
        chains = new int[size];
        next = new int[size];
        Arrays.fill(chains, NONE);
        for (long seq = first; seq <= last; seq++) {
            put(seq, old.author(seq), old.id(seq), old.timeMillis(seq));
        }
    }

    private int place(final long seq) {
        return (int) (seq & (ids.length - 1));
    }

    private long seqAt(final int place) {
        return last - ((last - place) & (ids.length - 1));
    }

    private int chain(final UserId author, final String id) {
        final int hash = 31 * author.hashCode() + id.hashCode();
        return (hash ^ (hash >>> 16)) & (chains.length - 1);
    }
}
