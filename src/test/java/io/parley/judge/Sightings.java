package io.parley.judge;

import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// How often each thing that can be seen was seen. Safe from any thread.
final class Sightings {
    private final Set<String> expected;
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>(); // at most as many as are expected

    Sightings(final Set<String> expected) {
        this.expected = new TreeSet<>(expected);
    }

    void saw(final String what) {
        if (!expected.contains(what)) {
            throw new IllegalArgumentException(what + " is not in the contract");
        }
        counts.computeIfAbsent(what, never -> new LongAdder()).increment();
    }

    SortedMap<String, Long> seen() {
        final var seen = new TreeMap<String, Long>();
        counts.forEach((what, count) -> seen.put(what, count.sum()));
        return seen;
    }

    Set<String> neverSeen() {
        final var never = new TreeSet<>(expected);
        never.removeAll(counts.keySet());
        return never;
    }
}
