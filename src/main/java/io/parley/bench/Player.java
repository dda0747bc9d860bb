package io.parley.bench;

import io.parley.client.ClientListener;
import io.parley.client.ClientRuntime;
import io.parley.client.ClientSettings;
import io.parley.client.ClientState;
import io.parley.client.MemoryStore;
import io.parley.client.ParleyClient;
import io.parley.client.SendOutcome;
import io.parley.client.TextBody;
import io.parley.client.TokenSource;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import io.parley.protocol.ServerFrame;
import io.parley.protocol.Target;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// One of a pair: answers each message with one of its own, and checks that the other's numbers come one after
/// the other.
final class Player implements ClientListener, AutoCloseable {
    private record Ticking(long seq, long sentNanos) {}

    private final UserId self;
    private final UserId other;
    private final Target target;
    private final PlayedText texts;
    private final String run;
    private final Tally tally;
    private final ParleyClient client;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final ArrayDeque<Ticking> unticked = new ArrayDeque<>(); // bounded by what is in flight
    private final Numbers numbers = new Numbers();
    private long sentNumber;
    private long acceptedCount;
    private int welcomes;
    private volatile boolean playing;

    Player(
            final URI url,
            final TokenSource tokens,
            final UserId other,
            final PlayedText texts,
            final String run,
            final Tally tally,
            final ClientRuntime runtime) {
        this.self = tokens.user();
        this.other = other;
        this.target = new Target.User(other.value());
        this.texts = texts;
        this.run = run;
        this.tally = tally;
        this.client = ParleyClient.connect(
                List.of(url), tokens, this, ClientSettings.DEFAULTS.unpaced(), new MemoryStore(), runtime);
    }

    /// Completes when what earlier runs left has come.
    CompletableFuture<Void> ready() {
        return ready;
    }

    /// Begins, with this many messages at once.
    void play(final int messages) {
        playing = true;
        for (int i = 0; i < messages; i++) {
            sendNext();
        }
    }

    void answerOnly() {
        playing = true;
    }

    /// No more answers.
    void stop() {
        playing = false;
    }

    private void sendNext() {
        final var at = System.nanoTime();
        final CompletableFuture<SendOutcome> outcome;
        synchronized (this) { // numbers in the order of sending
            sentNumber++;
            tally.sentInAll.increment();
            final var id = new MessageId(run + "-" + self.value() + "-" + sentNumber);
            outcome = client.send(id, target, TextBody.of(texts.of(sentNumber)));
        }
        final var measured = tally.isMeasuring();
        final var _ = outcome.thenAccept(what -> answered(what, at, measured));
    }

    private void answered(final SendOutcome outcome, final long sentNanos, final boolean measured) {
        if (outcome instanceof SendOutcome.Accepted(final var sent)) {
            if (measured) {
                tally.sent.record(System.nanoTime() - sentNanos);
            }
            synchronized (this) {
                acceptedCount++;
                unticked.add(new Ticking(sent.seq(), measured ? sentNanos : 0));
            }
        } else {
            tally.fault(tally.refused, self + ": " + outcome);
        }
    }

    @Override
    public CompletionStage<?> message(final ServerFrame.Message message) {
        final var number = texts.number(message.entry().body());
        if (number.isPresent()) {
            check(number.getAsLong());
            if (playing) {
                sendNext();
            }
        }
        return TAKEN;
    }

    private synchronized void check(final long number) {
        switch (numbers.arrived(number)) {
            case NEXT, EARLY -> { // one that is missing is counted as lost at the end
                if (tally.isMeasuring()) {
                    tally.arrived.increment();
                }
            }
            case DOUBLED -> tally.fault(tally.doubled, self + " got number " + number + " of " + other + " again");
            case LATE -> tally.fault(tally.outOfOrder, self + " got number " + number + " of " + other + " too late");
        }
    }

    @Override
    public synchronized void duplicate(final ServerFrame.Message message) {
        if (welcomes > 1) {
            tally.pushedAgain.increment(); // as it should be after a broken link
        } else {
            tally.fault(tally.doubled, self + " was pushed " + message.entry().seq() + " twice on one link");
        }
    }

    @Override
    public synchronized void receipt(final ServerFrame.Receipt receipt) {
        if (!receipt.user().equals(other)) {
            return;
        }
        final var now = System.nanoTime();
        for (var first = unticked.peek();
                first != null && first.seq() <= receipt.delivered();
                first = unticked.peek()) {
            unticked.remove();
            if (first.sentNanos() != 0) {
                tally.delivered.record(now - first.sentNanos());
            }
        }
    }

    @Override
    public void caughtUp(final ServerFrame.CaughtUp caughtUp) {
        ready.complete(null);
    }

    @Override
    public synchronized void state(final ClientState state) {
        if (state instanceof ClientState.Online && ++welcomes > 1) {
            tally.reconnects.increment();
        } else if (state instanceof ClientState.LoginNeeded || state instanceof ClientState.Replaced) {
            ready.completeExceptionally(new IllegalStateException(self + ": " + state));
        }
    }

    /// How many were sent and never answered.
    synchronized long unanswered() {
        return sentNumber - acceptedCount;
    }

    /// How many stay ✓.
    synchronized int unticked() {
        return unticked.size();
    }

    synchronized long sentNumber() {
        return sentNumber;
    }

    synchronized long arrivedCount() {
        return numbers.highest() - numbers.missing();
    }

    @Override
    public void close() {
        client.close();
    }
}
