package io.parley.client;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/// Calls out of the client (to its listener, to its futures), one at a time and in order, whichever thread adds
/// them. They are added under the client's lock and run without it. The thread that finds the queue idle runs
/// it; so there is no thread of its own and, as a rule, no change of thread.
///
/// Bounded without a limit of its own: the next frame is read only when the calls of the last have run.
final class Calls {
    private static final Logger LOG = System.getLogger(Calls.class.getName());

    private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();
    private final ReentrantLock running = new ReentrantLock();

    /// Adds a call; a [#run] must follow.
    void add(final Runnable call) {
        waiting.add(call);
        count.incrementAndGet();
    }

    /// Runs what is waiting, unless a call is running: then its thread goes on with these.
    void run() {
        while (count.get() > 0 && !running.isHeldByCurrentThread() && running.tryLock()) {
            try {
                for (var call = waiting.poll(); call != null; call = waiting.poll()) {
                    count.decrementAndGet();
                    guarded(call);
                }
            } finally {
                running.unlock(); // what was added just before is seen by the loop's next look at the count
            }
        }
    }

    /// Whether a call is running now.
    boolean isBusy() {
        return running.isLocked();
    }

    /// Whether this thread is inside a call.
    boolean isMine() {
        return running.isHeldByCurrentThread();
    }

    private static void guarded(final Runnable call) {
        try {
            call.run();
        } catch (final RuntimeException thrown) { // a listener's bug must not end the connection of its program
            LOG.log(Level.WARNING, "a listener threw", thrown);
        }
    }
}
