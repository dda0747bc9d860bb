package io.parley.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Violations as they are found: all counted, of each sort the first ones kept.
final class Findings {
    /// What is counted by itself.
    enum Sort {
        LOST,
        DOUBLED,
        OUT_OF_ORDER,
        INVENTED,
        TICK,
        STRANGER,
        PRESENCE,
        REPLAY,
        UNREAD
    }

    /// More of one sort say nothing new.
    private static final int KEPT_MAX = 100;

    private final Map<Sort, Long> counts = new EnumMap<>(Sort.class);
    private final List<Violation> kept = new ArrayList<>();

    void add(final Sort sort, final Invariant invariant, final String text, final Event... events) {
        if (counts.merge(sort, 1L, Long::sum) <= KEPT_MAX) {
            kept.add(new Violation(invariant, text, List.of(events)));
        }
    }

    long count(final Sort sort) {
        return counts.getOrDefault(sort, 0L);
    }

    List<Violation> kept() {
        return kept.stream().sorted(Comparator.comparingLong(Violation::at)).toList();
    }
}
