package io.parley.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/// One sender and one recipient who go on through every end of the node: what is not answered is sent again
/// under its id. Both run on threads of their own.
final class Load {
    private static final int UNANSWERED_MAX = 20;
    private static final Duration ANSWER_MAX = Duration.ofSeconds(5);

    private final World world;
    private final Device sender;
    private final Device recipient;
    private final String conversation;

    /// What was promised: `seq` by id.
    private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();

    /// What was promised twice and differently, and other lies.
    private final ConcurrentLinkedQueue<String> lies = new ConcurrentLinkedQueue<>();

    /// What came to the recipient, by `seq`.
    private final Map<Long, String> received = new ConcurrentHashMap<>();

    private final AtomicLong confirmed = new AtomicLong(); // the highest seq the recipient has acknowledged
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean enough;
    private long numbered;

    Load(final World world, final Device sender, final Device recipient) {
        this.world = world;
        this.sender = sender;
        this.recipient = recipient;
        this.conversation = World.between(sender, recipient);
    }

    void start() {
        threads.add(Thread.ofPlatform().start(this::send));
        threads.add(Thread.ofPlatform().start(this::receive));
    }

    /// Ends it: what is unanswered is sent until it is answered, and everything is received.
    void finish(final Duration atMost) throws InterruptedException {
        enough = true;
        final long deadline = System.nanoTime() + atMost.toNanos();
        for (final var thread : threads) {
            thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
            if (thread.isAlive()) {
                thread.interrupt();
                throw new AssertionError("the load of " + conversation + " does not end; " + acknowledged.size()
                        + " acknowledged, " + received.size() + " received");
            }
        }
    }

    int acknowledgedCount() {
        return acknowledged.size();
    }

    Map<String, Long> acknowledged() {
        return acknowledged;
    }

    List<String> lies() {
        return List.copyOf(lies);
    }

    Map<Long, String> received() {
        return received;
    }

    String conversation() {
        return conversation;
    }

    Device recipient() {
        return recipient;
    }

    // the sender

    private void send() {
        final var unanswered = new ArrayList<String>();
        while (!enough || !unanswered.isEmpty()) {
            try (var socket = hello(sender)) {
                unanswered.forEach(id -> say(socket, id));
                sendOn(socket, unanswered);
            } catch (final AssertionError broken) {
                tellIfContract(broken);
            }
        }
    }

    private void sendOn(final RawSocket socket, final List<String> unanswered) {
        int looked = 0;
        while (!enough || !unanswered.isEmpty()) {
            while (!enough && unanswered.size() < UNANSWERED_MAX) {
                final var id = "k" + ++numbered;
                unanswered.add(id);
                say(socket, id);
            }
            final int from = looked;
            socket.awaitMore(from, ANSWER_MAX);
            final var frames = socket.framesFrom(from);
            looked += frames.size();
            for (final var frame : frames) {
                answer(socket, frame, unanswered);
            }
        }
    }

    private void say(final RawSocket socket, final String id) {
        socket.say(Device.message(id, "text " + id, recipient).put("after", 0));
    }

    private void answer(final RawSocket socket, final JsonNode frame, final List<String> unanswered) {
        final var id = frame.path("id").asText();
        switch (frame.path("type").asText()) {
            case "sent" -> {
                final var before = acknowledged.put(id, frame.path("seq").asLong());
                if (before != null && before != frame.path("seq").asLong()) {
                    lies.add(id + " was " + before + " and is " + frame.path("seq"));
                }
                unanswered.remove(id);
            }
            case "error" -> {
                if (frame.path("code").asText().equals("unavailable")) {
                    say(socket, id);
                } else {
                    lies.add("refused: " + frame);
                }
            }
            case "receipt" -> {
                if (frame.path("user").asText().equals(recipient.user())
                        && frame.path("delivered").asLong() > confirmed.get()) {
                    lies.add(frame + ", but only " + confirmed + " was acknowledged");
                }
            }
            default -> {}
        }
    }

    // the recipient

    private void receive() {
        while (!enough || threads.getFirst().isAlive() || lacks()) {
            try (var socket = hello(recipient)) {
                receiveOn(socket);
            } catch (final AssertionError broken) {
                tellIfContract(broken);
            }
        }
    }

    private boolean lacks() {
        return acknowledged.values().stream().anyMatch(seq -> !received.containsKey(seq));
    }

    private void receiveOn(final RawSocket socket) {
        int looked = 0;
        long last = 0;
        while (!enough || threads.getFirst().isAlive() || lacks()) {
            socket.awaitMore(looked, ANSWER_MAX);
            final var frames = socket.framesFrom(looked);
            looked += frames.size();
            final long before = last;
            for (final var frame : frames) {
                if (RawSocket.isOf(frame, "message")) {
                    final long seq = frame.path("seq").asLong();
                    if (last != 0 && seq != last + 1) {
                        lies.add(seq + " came after " + last);
                    }
                    last = seq;
                    took(seq, frame.path("id").asText());
                }
            }
            if (last > before) {
                confirmed.accumulateAndGet(last, Math::max); // before it is said: its receipt may be quick
                socket.say(Device.frame("delivered")
                        .put("conversation", conversation)
                        .put("seq", last));
            }
        }
    }

    private void took(final long seq, final String id) {
        final var before = received.put(seq, id);
        if (before != null && !before.equals(id)) {
            lies.add(seq + " was " + before + " and is " + id);
        }
    }

    // both

    private RawSocket hello(final Device device) {
        final var socket = RawSocket.openWhenPossible(world.port());
        socket.say(Device.frame("hello").put("token", device.token()));
        socket.await("welcome", frame -> RawSocket.isOf(frame, "welcome"), ANSWER_MAX);
        return socket;
    }

    /// A connection that breaks is expected; what is against the contract is not.
    private void tellIfContract(final AssertionError broken) {
        if (String.valueOf(broken.getMessage()).startsWith("against the contract")) {
            lies.add(broken.getMessage());
        }
    }
}
