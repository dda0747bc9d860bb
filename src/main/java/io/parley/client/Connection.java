package io.parley.client;

import io.parley.protocol.ClientFrame;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.FrameCodec;
import io.parley.protocol.FrameException;
import io.parley.protocol.ServerFrame;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A client's connection as a whole: one link at a time, the waits between them, the timers. The thread-safe
/// shell around [Exchange]: every method may be called from any thread; the lock is held briefly and never
/// while the program's code runs (but for its [ClientStore]).
final class Connection {
    private static final Duration TICK = Duration.ofSeconds(1); // heartbeats and silence need no finer one
    private static final int TICKS_PER_SILENCE = 4;
    private static final String MESSAGE = "{\"type\":\"message\"";
    private static final Duration FAREWELL = Duration.ofSeconds(2);

    private final Addresses addresses; // under the lock
    private final TokenSource tokens;
    private final ClientListener listener;
    private final ClientSettings settings;
    private final ClientRuntime runtime;
    private final Link.Connector connector;
    private final ReentrantLock lock = new ReentrantLock();
    private final Calls calls = new Calls();
    private final Exchange exchange;
    private final Pulse pulse;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    // all of this under the lock
    private ClientState state;
    private Attempt attempt;
    private String token = "";
    private boolean refreshed;
    private boolean closing;
    private Optional<Future<?>> reconnecting = Optional.empty();
    private Optional<Future<?>> waking = Optional.empty();
    private long wakingNanos;
    private final Future<?> ticking;

    Connection(
            final List<URI> nodes,
            final TokenSource tokens,
            final ClientListener listener,
            final ClientSettings settings,
            final ClientStore store,
            final ClientRuntime runtime,
            final Link.Connector connector) {
        this.tokens = tokens;
        this.listener = listener;
        this.settings = settings;
        this.runtime = runtime;
        this.connector = connector;
        final var random = runtime.random();
        exchange = new Exchange(tokens.user(), store, listener, calls, this::taken, settings, random, runtime.nanos());
        addresses =
                Addresses.shuffled(nodes, new Backoff(settings.backoffFirst(), settings.backoffMost(), random), random);
        pulse = new Pulse(settings.silence().toNanos());
        state = new ClientState.Connecting(addresses.current());
        attempt = new Attempt();
        final var tick = settings.silence().dividedBy(TICKS_PER_SILENCE);
        final var period = tick.compareTo(TICK) < 0 ? tick : TICK;
        ticking = runtime.every(this::tick, Duration.ofNanos(random.nextLong(period.toNanos())), period);
    }

    /// One try to have a link, from asking for the token to the end of the link. What a past one still says is
    /// not heard.
    private final class Attempt implements Link.Events {
        private Optional<Link> link = Optional.empty();
        private Optional<Future<?>> unwelcomed = Optional.empty();
        private boolean welcomed;
        private boolean writing;
        private boolean ended;
        private long upNanos;
        private Optional<Duration> bye = Optional.empty();
        private Optional<Duration> retryAfter = Optional.empty();

        @Override
        public void opened(final Link opened) {
            locked(() -> {
                if (isOver()) {
                    opened.abort();
                } else {
                    link = Optional.of(opened);
                    writing = true; // nothing else before the welcome
                    final var hello = FrameCodec.print(new ClientFrame.Hello(token, Optional.empty()));
                    final var _ = opened.write(hello); // if it fails, the link ends
                }
            });
        }

        @Override
        public void text(final Link from, final String text) {
            heard(this, from, text);
        }

        @Override
        public void ended(final Link from, final int code, final String reason) {
            over(this, code, reason);
        }

        private boolean isOver() {
            return ended || this != attempt;
        }
    }

    /// Begins; at once, without waiting for anything.
    void start() {
        open();
    }

    ClientState state() {
        lock.lock();
        try {
            return state;
        } finally {
            lock.unlock();
        }
    }

    /// Does something with the exchange, then whatever follows from it.
    <T> T with(final Function<Exchange, T> what) {
        try {
            return locking(what);
        } finally {
            calls.run();
            pump();
        }
    }

    private <T> T locking(final Function<Exchange, T> what) {
        lock.lock();
        try {
            if (closing) {
                throw new IllegalStateException("the client is closed");
            }
            return what.apply(exchange);
        } finally {
            lock.unlock();
        }
    }

    boolean isClosing() {
        lock.lock();
        try {
            return closing;
        } finally {
            lock.unlock();
        }
    }

    /// Tries at once where it waits or has given up.
    void resume() {
        final var idle = new boolean[1];
        locked(() -> {
            idle[0] = !closing
                    && (state instanceof ClientState.Waiting
                            || state instanceof ClientState.LoginNeeded
                            || state instanceof ClientState.Replaced);
            if (idle[0]) {
                refreshed = false;
                reconnecting.ifPresent(timer -> timer.cancel(false));
            }
        });
        if (idle[0]) {
            open();
        }
    }

    // ---- from an attempt to a link

    private void open() {
        final var fresh = begin();
        fresh.ifPresent(now -> tokens.token().whenComplete((given, failure) -> openWith(now, given, failure)));
    }

    private Optional<Attempt> begin() {
        final var fresh = new Attempt();
        lock.lock();
        try {
            if (closing) {
                return Optional.empty();
            }
            attempt = fresh;
            become(new ClientState.Connecting(addresses.current()));
        } finally {
            lock.unlock();
        }
        calls.run();
        return Optional.of(fresh);
    }

    private void refresh() {
        final var refused = new String[1];
        locked(() -> refused[0] = token);
        begin().ifPresent(now -> tokens.refresh(refused[0]).whenComplete((given, failure) -> {
            if (failure == null && given.isEmpty()) {
                giveUp(now);
            } else {
                openWith(now, failure == null ? given.orElseThrow() : null, failure);
            }
        }));
    }

    private void openWith(final Attempt now, final @Nullable String given, final @Nullable Throwable failure) {
        if (given == null) {
            over(now, Reaction.BROKEN, "no token: " + failure);
            return;
        }
        final var address = toOpen(now, given);
        if (address.isEmpty()) {
            return;
        }
        final var opening = connector.open(address.get(), now); // may look up a name, so not under the lock
        locked(() -> {
            if (now.isOver()) {
                opening.abort();
            } else {
                now.link = Optional.of(opening);
            }
        });
    }

    private Optional<URI> toOpen(final Attempt now, final String given) {
        lock.lock();
        try {
            if (now.isOver() || closing) {
                return Optional.empty();
            }
            token = given;
            final var patience = settings.openTimeout().multipliedBy(2); // opening, then the welcome
            now.unwelcomed = Optional.of(runtime.later(() -> unwelcomed(now), patience));
            return Optional.of(addresses.current());
        } finally {
            lock.unlock();
        }
    }

    private void unwelcomed(final Attempt late) {
        final var is = new boolean[1];
        locked(() -> is[0] = !late.welcomed);
        if (is[0]) {
            over(late, Reaction.BROKEN, "no welcome in time");
        }
    }

    private void giveUp(final Attempt now) {
        locked(() -> {
            if (!now.isOver()) {
                now.ended = true;
                become(new ClientState.LoginNeeded());
            }
        });
    }

    // ---- on the link

    private void heard(final Attempt on, final Link link, final String text) {
        final ServerFrame frame;
        try {
            frame = FrameCodec.readServer(text);
        } catch (final FrameException unreadable) {
            unreadable(on, link, text, unreadable);
            return;
        }
        boolean endless = false;
        lock.lock();
        try {
            if (on.isOver()) {
                return;
            }
            final var now = runtime.nanos();
            pulse.heard(now);
            note(on, frame, now);
            exchange.heard(frame, now);
            endless = exchange.beingTaken() > exchange.limits().window();
            calls.add(link::more);
        } finally {
            lock.unlock();
        }
        if (endless) {
            over(on, Reaction.BROKEN, "the server pushed more than its window");
        }
        calls.run();
        pump();
    }

    private void note(final Attempt on, final ServerFrame frame, final long now) {
        if (frame instanceof final ServerFrame.Welcome welcome) {
            on.welcomed = true;
            on.writing = false;
            on.unwelcomed.ifPresent(timer -> timer.cancel(false));
            on.upNanos = now;
            pulse.linkUp(Duration.ofSeconds(welcome.heartbeatSeconds()).toNanos(), now);
            exchange.linkUp(welcome, now);
            become(new ClientState.Online(welcome));
        } else if (frame instanceof final ServerFrame.Bye bye) {
            on.bye = Optional.of(bye.reconnectAfter());
        } else if (frame instanceof final ServerFrame.Refusal refusal
                && refusal.retryAfterSeconds().isPresent()) {
            on.retryAfter =
                    Optional.of(Duration.ofSeconds(refusal.retryAfterSeconds().getAsInt()));
        }
    }

    /// A frame of a type or with a value this client does not know is of a newer server and passed over. What
    /// might have been a message must not be, or a later acknowledgement would cover it: the link is made anew
    /// and the server pushes it again.
    private void unreadable(final Attempt on, final Link link, final String text, final FrameException why) {
        if (why.error().code() != ErrorCode.BAD_FRAME && !text.startsWith(MESSAGE)) {
            link.more();
        } else {
            over(on, Reaction.BROKEN, "unreadable frame: " + why.getMessage());
        }
    }

    /// Writes what there is to write, frame by frame.
    private void pump() {
        for (var frame = toWrite(); frame.isPresent(); frame = toWrite()) {
            final var write = frame.get();
            final var written = write.link().write(FrameCodec.print(write.frame()));
            if (!written.isDone()) {
                final var _ = written.whenComplete((ignored, failure) -> {
                    written(write.on(), failure != null);
                    pump();
                });
                return;
            }
            written(write.on(), written.isCompletedExceptionally());
        }
    }

    private record Write(Attempt on, Link link, ClientFrame frame) {}

    private Optional<Write> toWrite() {
        lock.lock();
        try {
            final var on = attempt;
            if (on.isOver() || on.writing || on.link.isEmpty()) {
                return Optional.empty();
            }
            final var link = on.link.get();
            final var now = runtime.nanos();
            final var frame = closing ? exchange.lastWords(now) : exchange.next(now);
            if (frame.isPresent()) {
                on.writing = true;
            } else if (closing) {
                on.writing = true; // the last word
                link.end();
            } else {
                wakeWhenDue(now);
            }
            return frame.map(next -> new Write(on, link, next));
        } finally {
            lock.unlock();
        }
    }

    private void written(final Attempt on, final boolean failed) {
        if (failed) {
            over(on, Reaction.BROKEN, "could not write");
        } else {
            locked(() -> on.writing = false);
        }
    }

    private void wakeWhenDue(final long now) {
        final var due = exchange.dueNanos(now);
        if (due.isEmpty()) {
            return;
        }
        final var at = due.getAsLong();
        if (waking.isEmpty() || waking.get().isDone() || at - wakingNanos < 0) {
            waking.ifPresent(timer -> timer.cancel(false));
            wakingNanos = at;
            waking = Optional.of(runtime.later(this::pump, Duration.ofNanos(Math.max(0, at - now))));
        }
    }

    private void tick() {
        final var dead = new boolean[1];
        final var on = new Attempt[1];
        locked(() -> {
            final var now = runtime.nanos();
            exchange.expire(now);
            on[0] = attempt;
            if (!attempt.welcomed || attempt.isOver()) {
                return;
            }
            if (calls.isBusy()) {
                pulse.heard(now); // it is we who do not read
            }
            if (pulse.beat(now)) {
                exchange.heartbeatDue();
            }
            dead[0] = pulse.isDead(now);
        });
        if (dead[0]) {
            over(on[0], Reaction.BROKEN, "nothing heard for " + settings.silence());
        }
        pump();
    }

    private void taken(final Cursors.Taking taking, final boolean well) {
        final var on = new Attempt[1];
        locked(() -> {
            exchange.taken(taking, well);
            on[0] = attempt;
        });
        if (well) {
            pump();
        } else {
            over(on[0], Reaction.BROKEN, "the listener could not take a message");
        }
    }

    // ---- the end of a link, and of all

    private void over(final Attempt past, final int code, final String reason) {
        final var refreshing = new boolean[1];
        locked(() -> {
            if (past.isOver()) {
                return;
            }
            past.ended = true;
            past.unwelcomed.ifPresent(timer -> timer.cancel(false));
            if (code == Reaction.BROKEN) {
                past.link.ifPresent(Link::abort);
            }
            exchange.linkDown(code);
            if (past.welcomed
                    && runtime.nanos() - past.upNanos >= settings.steadyAfter().toNanos()) {
                addresses.steady();
                refreshed = false;
            }
            if (closing) {
                finish();
                return;
            }
            final var ending = new Reaction.Ending(code, past.bye, past.retryAfter, refreshed);
            switch (Reaction.to(ending, addresses)) {
                case Reaction.Reconnect(final var after) -> reconnect(after, code, reason);
                case Reaction.RefreshToken _ -> {
                    refreshed = true;
                    refreshing[0] = true;
                }
                case Reaction.LogInAgain _ -> become(new ClientState.LoginNeeded());
                case Reaction.StayAway _ -> become(new ClientState.Replaced());
            }
        });
        if (refreshing[0]) {
            refresh();
        }
    }

    private void reconnect(final Duration after, final int code, final String reason) {
        become(new ClientState.Waiting(after, code, reason));
        reconnecting = Optional.of(runtime.later(this::open, after));
    }

    /// Says what is still to be acknowledged, closes the link and ends everything; waits at most [#FAREWELL]
    /// for the server's goodbye.
    void close() {
        locked(() -> {
            if (closing) {
                return;
            }
            closing = true;
            ticking.cancel(false);
            reconnecting.ifPresent(timer -> timer.cancel(false));
            waking.ifPresent(timer -> timer.cancel(false));
            if (attempt.isOver() || !attempt.welcomed) {
                attempt.link.ifPresent(Link::abort);
                finish();
            }
        });
        pump();
        if (!calls.isMine()) { // whoever closes inside a call would wait for himself
            closed.completeOnTimeout(null, FAREWELL.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        }
        locked(this::finish);
    }

    private void finish() {
        if (state instanceof ClientState.Closed) {
            return;
        }
        attempt.ended = true;
        attempt.link.ifPresent(Link::abort);
        exchange.close();
        become(new ClientState.Closed());
        closed.complete(null);
    }

    private void become(final ClientState next) {
        state = next;
        calls.add(() -> listener.state(next));
    }

    private void locked(final Runnable what) {
        lock.lock();
        try {
            what.run();
        } finally {
            lock.unlock();
        }
        if (!lock.isHeldByCurrentThread()) {
            calls.run();
        }
    }
}
