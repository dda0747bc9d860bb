package io.parley.cluster;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// Counts of what operators ask for: refusals, bounds that were hit, repeats. One per node; safe from any
/// thread; as many names as the code has.
public final class Counters {
    private final ConcurrentHashMap<String, LongAdder> counts = new ConcurrentHashMap<>();
    private final Traffic traffic = new Traffic();

    /// One more of `name`, a name in lower case with underscores.
    public void count(final String name) {
        add(name, 1);
    }

    /// `amount` more of `name`.
    public void add(final String name, final long amount) {
        counts.computeIfAbsent(name, _ -> new LongAdder()).add(amount);
    }

    /// What is counted for each message.
    public Traffic traffic() {
        return traffic;
    }

    /// All counts since the node started, by name.
    public Map<String, Long> all() {
        final var all = new TreeMap<String, Long>();
        counts.forEach((name, count) -> all.put(name, count.sum()));
        return all;
    }
}
