package io.parley.websocket;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.japi.function.Procedure;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

/// A WebSocket connection from its first byte after the upgrade: bytes in, bytes out, an [Owner] beside it.
///
/// Reads no further while the owner has not granted more, so a flood waits in the client's own socket. Writes
/// that come while the network is busy, or in one go, leave as one piece.
public final class WebSocketStage extends GraphStage<FlowShape<ByteString, ByteString>> {
    /// Messages handed over before the owner grants more.
    public static final int GRANTED_AT_FIRST = 32;

    /// How long our close may take to be sent, and then how long the client's is awaited; gone at once, a close
    /// may never be read.
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(3);

    private static final String CLOSE_TIMER = "close";
    private static final byte[] NOTHING = {};

    private final Inlet<ByteString> in = Inlet.create("websocket.in");
    private final Outlet<ByteString> out = Outlet.create("websocket.out");
    private final FlowShape<ByteString, ByteString> shape = FlowShape.of(in, out);
    private final int messageBytesMax;
    private final Owner.Factory owners;

    /// A stage for one connection.
    ///
    /// @param messageBytesMax the largest message; a larger one closes with 1009
    /// @param owners          makes the connection's owner
    public WebSocketStage(final int messageBytesMax, final Owner.Factory owners) {
        this.messageBytesMax = messageBytesMax;
        this.owners = owners;
    }

    @Override
    public FlowShape<ByteString, ByteString> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(final Attributes attributes) {
        return new Logic();
    }

    private final class Logic extends TimerGraphStageLogic implements Socket, MessageReader.Listener {
        private sealed interface Received {}

        private record Text(String message) implements Received {}

        private record Binary() implements Received {}

        private record Closed(int code) implements Received {}

        private final MessageReader reader = new MessageReader(messageBytesMax);
        private final ArrayDeque<Received> received = new ArrayDeque<>(); // of one read of the network
        private final ConcurrentLinkedQueue<byte[]> written = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean wakeComing = new AtomicBoolean();
        private final AtomicLong pending = new AtomicLong();
        private final AtomicLong grants = new AtomicLong(GRANTED_AT_FIRST);
        private final AsyncCallback<Boolean> wake = createAsyncCallback(new Woken());

        /// The last frame that goes out; nothing is written or handed over once it is set.
        private final AtomicReference<byte @Nullable []> lastFrame = new AtomicReference<>();

        private boolean patienceBegun;
        private boolean closeSent;
        private boolean closeReceived;

        /// What the client sends cannot be read any more.
        private boolean broken;

        private boolean ended;

        @Nullable
        private Owner owner;

        private Logic() {
            super(shape);
            setHandler(in, new AbstractInHandler() {
                @Override
                public void onPush() {
                    take(grab(in));
                }

                @Override
                public void onUpstreamFinish() {
                    completeStage();
                }
            });
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    flush();
                }
            });
        }

        private final class Woken implements Procedure<Boolean> {
            @java.io.Serial
            private static final long serialVersionUID = 1L;

            @Override
            public void apply(final Boolean ignored) {
                wakeComing.set(false);
                if (isClosing() && !patienceBegun) {
                    patienceBegun = true;
                    scheduleOnce(CLOSE_TIMER, CLOSE_PATIENCE); // to a client that does not read no close can be sent
                }
                handOver();
                flush();
            }
        }

        @Override
        public void preStart() {
            owner = owners.own(this);
            pull(in);
        }

        @Override
        public void postStop() {
            end();
        }

        @Override
        public void onTimer(final Object key) {
            completeStage();
        }

        private void end() {
            if (!ended) {
                ended = true;
                lastFrame.compareAndSet(null, NOTHING);
                written.clear();
                if (owner != null) {
                    owner.ended();
                }
            }
        }

        // from the network

        private void take(final ByteString bytes) {
            if (!broken) {
                try {
                    reader.read(bytes, this);
                } catch (final MessageReader.Violation violation) {
                    broken = true; // what else comes is drained, so that the close is not lost with a reset
                    received.clear();
                    close(violation.code(), String.valueOf(violation.getMessage()));
                }
            }
            handOver();
        }

        private void handOver() {
            while (!received.isEmpty() && owner != null && (isClosing() || mayHandOver(received.getFirst()))) {
                switch (received.removeFirst()) {
                    case Text(final var message) -> {
                        if (!isClosing()) {
                            grants.decrementAndGet();
                            owner.text(message);
                        }
                    }
                    case Binary _ -> {
                        if (!isClosing()) {
                            grants.decrementAndGet();
                            owner.binary();
                        }
                    }
                    case Closed(final int code) -> closed(code);
                }
            }
            if (received.isEmpty() && !closeReceived && !hasBeenPulled(in) && !isClosed(in)) {
                pull(in);
            }
        }

        /// A close needs no grant, but comes behind the messages that were sent before it.
        private boolean mayHandOver(final Received next) {
            return next instanceof Closed || grants.get() > 0;
        }

        private void closed(final int code) {
            received.clear();
            closeReceived = true;
            if (closeSent) {
                completeStage();
            } else {
                last(code == MessageReader.NO_CODE ? Bytes.closeWithoutCode() : Bytes.close(code, ""));
            }
        }

        @Override
        public void text(final String message) {
            received.addLast(new Text(message));
        }

        @Override
        public void binary() {
            received.addLast(new Binary());
        }

        @Override
        public void ping(final byte[] payload) {
            if (!isClosing() && pending.get() < messageBytesMax) { // whoever pings without reading gets no answers
                enqueue(Bytes.pong(payload));
            }
        }

        @Override
        public void pong() {
            // nothing is asked with pings
        }

        @Override
        public void close(final int code) {
            received.addLast(new Closed(code));
        }

        // to the network

        private void flush() {
            if (!isAvailable(out) || closeSent || ended) {
                return;
            }
            final byte[] close = lastFrame.get(); // first: then all that was written before it is found below
            final var pieces = new ArrayList<byte[]>();
            int size = 0;
            for (byte[] piece = written.poll(); piece != null; piece = written.poll()) {
                pieces.add(piece);
                size += piece.length;
            }
            pending.addAndGet(-size);
            if (close != null) {
                pieces.add(close);
                size += close.length;
            }
            if (size == 0) {
                return;
            }
            push(out, ByteString.fromArrayUnsafe(together(pieces, size)));
            if (close != null) {
                closeSent();
            }
        }

        /// The client closes in turn, and the server is the one who ends the connection (RFC 6455 §7.1.1).
        private void closeSent() {
            closeSent = true;
            if (closeReceived) {
                completeStage();
            } else {
                scheduleOnce(CLOSE_TIMER, CLOSE_PATIENCE);
            }
        }

        private static byte[] together(final List<byte[]> pieces, final int size) {
            if (pieces.size() == 1) {
                return pieces.getFirst();
            }
            final var whole = new byte[size];
            int at = 0;
            for (final var piece : pieces) {
                System.arraycopy(piece, 0, whole, at, piece.length);
                at += piece.length;
            }
            return whole;
        }

        private void enqueue(final byte[] bytes) {
            pending.addAndGet(bytes.length);
            written.add(bytes);
            wakeUp();
        }

        private void wakeUp() {
            if (wakeComing.compareAndSet(false, true)) {
                wake.invoke(true);
            }
        }

        // from the owner, on any thread

        @Override
        public void write(final String message) {
            if (!isClosing()) {
                enqueue(Bytes.text(message));
            }
        }

        @Override
        public void close(final int code, final String reason) {
            last(Bytes.close(code, reason));
        }

        private void last(final byte[] frame) {
            if (lastFrame.compareAndSet(null, frame)) {
                wakeUp();
            }
        }

        private boolean isClosing() {
            return lastFrame.get() != null;
        }

        @Override
        public void grant(final int messages) {
            grants.addAndGet(messages);
            wakeUp();
        }

        @Override
        public long pendingBytes() {
            return pending.get();
        }
    }
}
