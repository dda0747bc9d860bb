package io.parley.history;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How a run went over time: when messages were acknowledged, how long they waited, when faults were. Times are
/// nanoseconds since the first event.
final class Timeline {
    /// A fault; where it never ended, it goes on to the end of the history.
    record Outage(String name, long begin, long end) {
        long nanos() {
            return end - begin;
        }

        private boolean meets(final long from, final long to) {
            return from <= end && to >= begin;
        }
    }

    /// From a message's first attempt to its first `sent`.
    private record Wait(long from, long to) {}

    private record Name(String user, String conversation, String id) {}

    final List<Outage> outages;
    final long end;

    /// Ascending.
    private final long[] acknowledged;

    private final List<Wait> waits = new ArrayList<>();
    private final long firstCall;
    private final long lastCall;

    Timeline(final List<Event> history) {
        final long start = history.isEmpty() ? 0 : start(history);
        final Map<Name, Long> unanswered = new HashMap<>();
        final Map<String, Long> begun = new LinkedHashMap<>();
        final var found = new ArrayList<Outage>();
        long latest = 0;
        long earliestCall = Long.MAX_VALUE;
        long latestCall = 0;
        for (final var event : history) {
            final long at = event.at() - start;
            latest = Math.max(latest, at);
            if (event instanceof Event.SendCall call) {
                earliestCall = Math.min(earliestCall, at);
                latestCall = Math.max(latestCall, at);
                unanswered.putIfAbsent(name(call.client(), call.conversation(), call.id()), at);
            } else if (event instanceof Event.SendOk ok) {
                final Long from = unanswered.put(name(ok.client(), ok.conversation(), ok.id()), Long.MAX_VALUE);
                if (from != null && from != Long.MAX_VALUE) { // not acknowledged before
                    waits.add(new Wait(from, at));
                }
            } else if (event instanceof Event.Fault fault) {
                switch (fault.phase()) {
                    case BEGIN -> begun.put(fault.name(), at);
                    case END -> {
                        final Long from = begun.remove(fault.name());
                        if (from != null) {
                            found.add(new Outage(fault.name(), from, at));
                        }
                    }
                }
            }
        }
        for (final var open : begun.entrySet()) {
            found.add(new Outage(open.getKey(), open.getValue(), latest));
        }
        found.sort((one, other) -> Long.compare(one.begin(), other.begin()));
        outages = List.copyOf(found);
        end = latest;
        firstCall = Math.min(earliestCall, latest);
        lastCall = latestCall;
        acknowledged = waits.stream().mapToLong(Wait::to).sorted().toArray();
    }

    private static long start(final List<Event> history) {
        long start = Long.MAX_VALUE;
        for (final var event : history) {
            start = Math.min(start, event.at());
        }
        return start;
    }

    private static Name name(final String client, final String conversation, final String id) {
        return new Name(client.substring(0, Math.max(0, client.indexOf('/'))), conversation, id);
    }

    /// When messages were being sent.
    long sendingNanos() {
        return lastCall - firstCall;
    }

    /// How many were acknowledged from there to there, the latter not included.
    int acknowledgedIn(final long from, final long to) {
        return place(to) - place(from);
    }

    private int place(final long at) {
        int low = 0;
        int high = acknowledged.length;
        while (low < high) {
            final int middle = (low + high) >>> 1;
            if (acknowledged[middle] < at) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /// Acknowledgements a second within these bounds, as far as messages were sent then; NaN: none were.
    double rate(final long from, final long to) {
        final long since = Math.max(from, firstCall);
        final long until = Math.min(to, lastCall);
        return until <= since ? Double.NaN : acknowledgedIn(since, until) * 1e9 / (until - since);
    }

    /// The longest time without an acknowledgement while messages were sent.
    long longestSilence() {
        return longestSilence(new Outage("", 0, end));
    }

    /// The longest such time that has something of the outage in it.
    long longestSilence(final Outage during) {
        long longest = 0;
        long before = firstCall;
        for (final long at : acknowledged) {
            if (during.meets(before, at)) {
                longest = Math.max(longest, at - before);
            }
            before = at;
        }
        return before < lastCall && during.meets(before, lastCall) ? Math.max(longest, lastCall - before) : longest;
    }

    /// The longest wait of one message that has something of the outage in it.
    long longestWait(final Outage during) {
        return waits.stream()
                .filter(wait -> during.meets(wait.from(), wait.to()))
                .mapToLong(wait -> wait.to() - wait.from())
                .max()
                .orElse(0);
    }

    /// What a share of all messages did not wait longer than.
    long waitOf(final double share) {
        final var sorted =
                waits.stream().mapToLong(wait -> wait.to() - wait.from()).toArray();
        Arrays.sort(sorted);
        return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1L, (long) (sorted.length * share))];
    }
}
