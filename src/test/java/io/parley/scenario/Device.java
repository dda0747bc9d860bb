package io.parley.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A device of a person, with the words that stories are told in. While it is connected it sends its
/// heartbeats.
final class Device implements AutoCloseable {
    private static final ScheduledExecutorService HEART = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("heart").factory());
    private static final AtomicLong IDS = new AtomicLong();

    /// What the server said of a message it stored.
    record Sent(String id, String conversation, long seq, String time) {}

    private final World world;
    private final String user;
    private final String uid;
    private final String id;
    private String token;
    private String refreshToken;

    private Future<?> heart = CompletableFuture.completedFuture(null);

    @Nullable
    private RawSocket socket;

    private Device(
            final World world,
            final String user,
            final String uid,
            final String id,
            final String token,
            final String refreshToken) {
        this.world = world;
        this.user = user;
        this.uid = uid;
        this.id = id;
        this.token = token;
        this.refreshToken = refreshToken;
    }

    static Device of(final World world, final JsonNode login) {
        return new Device(
                world,
                login.path("user").asText(),
                login.path("uid").asText(),
                login.path("device").asText(),
                login.path("token").asText(),
                login.path("refreshToken").asText());
    }

    String user() {
        return user;
    }

    String uid() {
        return uid;
    }

    String id() {
        return id;
    }

    String token() {
        return token;
    }

    String refreshToken() {
        return refreshToken;
    }

    /// Goes on with these tokens.
    void takes(final JsonNode login) {
        token = login.path("token").asText();
        refreshToken = login.path("refreshToken").asText();
    }

    // connection

    /// Connects, waits for the `welcome` and for `caught-up`.
    Device connects() {
        arrives();
        socket().await("caught-up", frame -> RawSocket.isOf(frame, "caught-up"));
        return this;
    }

    /// Connects and waits for the `welcome` alone.
    Device arrives() {
        final var made = RawSocket.open(world.port());
        socket = made;
        made.say(frame("hello").put("token", token));
        final var welcome = made.await("welcome", frame -> RawSocket.isOf(frame, "welcome"));
        assertEquals(user, welcome.path("user").asText());
        assertEquals(id, welcome.path("device").asText());
        beat(made);
        return this;
    }

    private void beat(final RawSocket on) {
        heart.cancel(false);
        heart = HEART.scheduleAtFixedRate(
                () -> {
                    if (on.isOpen()) {
                        on.say(frame("heartbeat"));
                    }
                },
                5,
                5,
                TimeUnit.SECONDS);
    }

    /// Sends no heartbeats any more; the connection stays as it is.
    Device fallsSilent() {
        heart.cancel(false);
        return this;
    }

    RawSocket socket() {
        final var now = socket;
        if (now == null) {
            throw new AssertionError(user + " is not connected");
        }
        return now;
    }

    /// Closes the connection in an orderly way.
    Device leaves() {
        heart.cancel(false);
        socket().close();
        socket = null;
        return this;
    }

    @Override
    public void close() {
        if (socket != null) {
            leaves();
        }
    }

    // messages

    static ObjectNode frame(final String type) {
        return World.json().put("type", type);
    }

    static String newId() {
        return "m-" + IDS.incrementAndGet();
    }

    static ObjectNode text(final String text) {
        return World.json().put("type", "text").put("text", text);
    }

    /// A `send` frame of a text.
    static ObjectNode message(final String id, final String text, final Device to) {
        final var frame = frame("send").put("id", id).put("to", to.user());
        frame.set("body", text(text));
        return frame;
    }

    /// Sends a text and waits for ✓.
    Sent sends(final String text, final Device to) {
        return sends(message(newId(), text, to));
    }

    /// Sends a `send` frame and waits for its ✓.
    Sent sends(final ObjectNode frame) {
        final var answer = asks(frame);
        assertEquals("sent", answer.path("type").asText(), answer.toString());
        assertEquals(frame.path("id").asText(), answer.path("id").asText());
        return new Sent(
                answer.path("id").asText(),
                answer.path("conversation").asText(),
                answer.path("seq").asLong(),
                answer.path("time").asText());
    }

    /// Sends a frame under a fresh `ref` and returns what comes back under it.
    JsonNode asks(final ObjectNode frame) {
        final var ref = "r-" + IDS.incrementAndGet();
        socket().say(frame.put("ref", ref));
        return answer(ref);
    }

    /// Sends a frame that is not by the contract under a fresh `ref` and returns the code of the error.
    String isRefused(final ObjectNode frame) {
        return refusal(frame).path("code").asText();
    }

    /// Sends a frame that is to be refused under a fresh `ref` and returns the error.
    JsonNode refusal(final ObjectNode frame) {
        final var ref = "r-" + IDS.incrementAndGet();
        socket().sayRaw(frame.put("ref", ref).toString());
        final var answer = answer(ref);
        assertEquals("error", answer.path("type").asText(), answer.toString());
        return answer;
    }

    private JsonNode answer(final String ref) {
        return socket().await(
                        "answer to " + ref, each -> each.path("ref").asText().equals(ref));
    }

    /// Waits for a text.
    JsonNode sees(final String text) {
        return socket().await(
                        "message '" + text + "'",
                        frame -> RawSocket.isOf(frame, "message")
                                && frame.path("body").path("text").asText().equals(text));
    }

    /// The texts that have come on this connection, in order.
    List<String> texts() {
        return socket().frames("message").stream()
                .map(frame -> frame.path("body").path("text").asText())
                .toList();
    }

    void acknowledges(final String conversation, final long seq) {
        socket().say(frame("delivered").put("conversation", conversation).put("seq", seq));
    }

    void reads(final String conversation, final long seq) {
        socket().say(frame("read").put("conversation", conversation).put("seq", seq));
    }

    /// Waits until it is known here that `by` has everything up to `seq`: ✓✓.
    void seesDelivered(final Sent message, final Device by) {
        seesReceipt(message, by, "delivered");
    }

    /// Waits until it is known here that `by` has read everything up to `seq`: blue.
    void seesRead(final Sent message, final Device by) {
        seesReceipt(message, by, "read");
    }

    private void seesReceipt(final Sent message, final Device by, final String watermark) {
        socket().await(
                        "receipt " + watermark + " " + message.seq() + " of " + by.user(),
                        frame -> RawSocket.isOf(frame, "receipt")
                                && frame.path("conversation").asText().equals(message.conversation())
                                && frame.path("user").asText().equals(by.user())
                                && frame.path(watermark).asLong() >= message.seq());
    }

    /// The highest watermark told on this connection.
    long highest(final String conversation, final Device of, final String watermark) {
        return socket().frames("receipt").stream()
                .filter(frame -> frame.path("conversation").asText().equals(conversation)
                        && frame.path("user").asText().equals(of.user()))
                .mapToLong(frame -> frame.path(watermark).asLong())
                .max()
                .orElse(0);
    }

    /// Waits for a presence of `user`.
    JsonNode seesPresence(final Device of, final boolean online, final Duration atMost) {
        return socket().await(
                        "presence of " + of.user(),
                        frame -> RawSocket.isOf(frame, "presence")
                                && frame.path("user").asText().equals(of.user())
                                && frame.path("online").asBoolean() == online,
                        atMost);
    }

    void watches(final Device other) {
        final var frame = frame("watch");
        frame.putArray("users").add(other.user());
        socket().say(frame);
    }
}
