package io.parley.client;

import java.net.http.HttpClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// The threads and the clock that clients share: one thread that waits for all WebSockets and calls the
/// listeners, one [HttpClient] with a few threads for REST, one thread for timers. However many clients use it,
/// the threads stay the same (WebSockets with TLS bring a second [HttpClient]'s selector thread).
public final class ClientRuntime implements AutoCloseable {
    /// Callbacks are short and mostly wait for the socket; more threads than this only contend.
    private static final int THREADS_SHARED = Math.min(4, Runtime.getRuntime().availableProcessors());

    private static final class Shared {
        private static final ClientRuntime RUNTIME = create(THREADS_SHARED);
    }

    private final ExecutorService callbacks;
    private final HttpClient http;
    private final HttpClient sockets;
    private final SocketLoop loop = new SocketLoop();
    private final ScheduledThreadPoolExecutor timers;
    private final SplittableRandom seeds;
    private final LongSupplier nanos;
    private final InstantSource clock;

    private ClientRuntime(final int threads, final long seed) {
        callbacks = Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().daemon().name("parley-client-", 1).factory());
        http = http(callbacks);
        sockets = http(Runnable::run); // no change of thread from the selector to the listener; see JdkLink
        timers = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("parley-client-timer").factory());
        timers.setRemoveOnCancelPolicy(true);
        seeds = new SplittableRandom(seed);
        nanos = System::nanoTime;
        clock = InstantSource.system();
        loop.start();
    }

    /// The runtime of programs that need no other; never closed.
    public static ClientRuntime shared() {
        return Shared.RUNTIME;
    }

    /// A runtime with `threads` callback threads of its own, to be closed after its clients.
    public static ClientRuntime create(final int threads) {
        return new ClientRuntime(threads, new SplittableRandom().nextLong());
    }

    private static HttpClient http(final Executor executor) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1) // the client port speaks no HTTP/2; saves the upgrade attempt
                .connectTimeout(Duration.ofSeconds(10))
                .executor(executor)
                .build();
    }

    /// For REST.
    HttpClient http() {
        return http;
    }

    /// For WebSockets without TLS.
    SocketLoop loop() {
        return loop;
    }

    /// For WebSockets with TLS: what completes runs on the selector's thread.
    HttpClient sockets() {
        return sockets;
    }

    /// Runs `task` on a callback thread after `wait`, unless cancelled before.
    Future<?> later(final Runnable task, final Duration wait) {
        return timers.schedule(() -> callbacks.execute(task), wait.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// Runs `task` on a callback thread every `period`, first after `first`, until cancelled.
    Future<?> every(final Runnable task, final Duration first, final Duration period) {
        return timers.scheduleAtFixedRate(
                () -> callbacks.execute(task), first.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// Monotonic; only differences mean anything.
    long nanos() {
        return nanos.getAsLong();
    }

    InstantSource clock() {
        return clock;
    }

    /// A generator for one client, which uses it under its own lock.
    RandomGenerator random() {
        synchronized (seeds) {
            return seeds.split();
        }
    }

    /// Ends the threads; what clients still wanted of them fails.
    @Override
    public void close() {
        timers.shutdownNow();
        loop.close();
        http.shutdownNow();
        sockets.shutdownNow();
        callbacks.shutdown();
    }
}
