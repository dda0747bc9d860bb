package io.parley.bench;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/// What all players of a run count together. Latencies and arrivals count only while measured.
final class Tally {
    private static final int FAULTS_TOLD_MAX = 20; // the first ones tell the story

    final Histogram sent = new Histogram();
    final Histogram delivered = new Histogram();
    final LongAdder arrived = new LongAdder();
    final LongAdder sentInAll = new LongAdder();
    final LongAdder reconnects = new LongAdder();
    final LongAdder pushedAgain = new LongAdder();
    final AtomicInteger doubled = new AtomicInteger();
    final AtomicInteger outOfOrder = new AtomicInteger();
    final AtomicInteger refused = new AtomicInteger();
    private final ConcurrentLinkedQueue<String> faults = new ConcurrentLinkedQueue<>();
    private final AtomicInteger faultsTold = new AtomicInteger();
    private volatile boolean measuring;

    boolean isMeasuring() {
        return measuring;
    }

    void measure(final boolean now) {
        measuring = now;
    }

    void fault(final AtomicInteger kind, final String what) {
        kind.incrementAndGet();
        if (faultsTold.incrementAndGet() <= FAULTS_TOLD_MAX) {
            faults.add(what);
        }
    }

    Iterable<String> faults() {
        return faults;
    }
}
