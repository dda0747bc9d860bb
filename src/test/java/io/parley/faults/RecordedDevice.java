package io.parley.faults;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.parley.history.Event;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One device, written from the protocol alone: connects to any node, comes back to any other, sends again what
/// has no ✓ with the same id and `after`, acknowledges what it has, reads now and then, and records everything
/// it does and sees. It filters nothing and repairs nothing.
final class RecordedDevice {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private static final long HEARTBEAT_NANOS = 5_000_000_000L;

    /// After so much silence a client takes its link for dead.
    static final Duration SILENCE = Duration.ofSeconds(15);

    /// One that notices late: what it sends into a node that sleeps is there when the node wakes.
    static final Duration PATIENT = Duration.ofSeconds(45);

    private static final long BACKOFF_MOST_MILLIS = 2_000;
    private static final long AGAIN_MILLIS = 300;

    private record Unsent(String conversation, String text, OptionalLong after) {}

    private final String client;
    private final String user;
    private final String token;
    private final List<URI> nodes;
    private final List<String> conversations;
    private final Duration silence;
    private final Random random;
    private final ScheduledExecutorService clock;
    private final Consumer<Event> history;

    // guarded by this
    private final Map<String, Unsent> outbox = new LinkedHashMap<>();
    private final Map<String, Long> heads = new HashMap<>();
    private final Map<String, Long> acknowledged = new HashMap<>();
    private final Map<String, Long> read = new HashMap<>();
    private final Map<String, Set<Long>> seen = new HashMap<>();
    private long ids;
    private int links;
    private int failures;
    private boolean welcomed;
    private boolean running;
    private int over; // the close code after which a client does not come back
    private long heardNanos;
    private long heartbeatNanos;
    private @Nullable WebSocket socket;
    private CompletableFuture<WebSocket> writing = new CompletableFuture<>();

    /// @param nodes         client ports
    /// @param conversations it writes into
    /// @param silence       after so much of it, it takes its link for dead
    RecordedDevice(
            final Person person,
            final Person.Login login,
            final List<URI> nodes,
            final List<String> conversations,
            final Duration silence,
            final Random random,
            final ScheduledExecutorService clock,
            final Consumer<Event> history) {
        this.user = person.user();
        this.client = Event.client(user, login.device());
        this.token = login.token();
        this.nodes = nodes;
        this.conversations = conversations;
        this.silence = silence;
        this.random = random;
        this.clock = clock;
        this.history = history;
        history.accept(new Event.Linked(System.nanoTime(), client, user, login.device()));
    }

    synchronized void start() {
        running = true;
        connect();
        final var _ = clock.scheduleWithFixedDelay(this::tick, 250, 250, TimeUnit.MILLISECONDS);
    }

    /// No more of it; what has no ✓ stays without.
    synchronized void stop() {
        running = false;
        vanish();
    }

    /// The link breaks without a word; it comes back by itself.
    synchronized void vanish() {
        if (socket != null) {
            socket.abort();
        }
        ended(links, 1006);
    }

    /// Everything it wrote has a ✓, and it is connected.
    synchronized boolean isQuiet() {
        return outbox.isEmpty() && welcomed;
    }

    /// What it still waits for; empty when it [#isQuiet].
    synchronized Optional<String> waitsFor() {
        if (isQuiet()) {
            return Optional.empty();
        }
        final var link = over != 0 ? "was closed for good with " + over : welcomed ? "is connected" : "has no link";
        return Optional.of(client + " " + link + " after " + failures + " failures, and has no ✓ for "
                + outbox.entrySet().stream()
                        .map(each -> each.getKey() + " to " + each.getValue().conversation())
                        .toList());
    }

    /// The highest number it holds of a conversation, its own messages included.
    synchronized long head(final String conversation) {
        return heads.getOrDefault(conversation, 0L);
    }

    /// Writes a message into one of its conversations that waits for no ✓ now; one at a time each, so that what
    /// it writes is stored in that order.
    synchronized void write() {
        final var waiting = new LinkedHashSet<>(conversations);
        outbox.values().forEach(unsent -> waiting.remove(unsent.conversation()));
        if (waiting.isEmpty() || !running) {
            return;
        }
        final var conversation = List.copyOf(waiting).get(random.nextInt(waiting.size()));
        final var id = client.substring(client.indexOf('/') + 1) + "-" + ++ids;
        final long head = head(conversation);
        outbox.put(id, new Unsent(conversation, "text " + id, OptionalLong.of(head)));
        if (welcomed) {
            send(id);
        }
    }

    private void connect() {
        final int link = ++links;
        welcomed = false;
        final var node = nodes.get(random.nextInt(nodes.size()));
        heardNanos = System.nanoTime();
        final var listener = new Link(link, node.getAuthority());
        final var _ = HTTP.newWebSocketBuilder()
                .subprotocols("parley.v1")
                .connectTimeout(Duration.ofSeconds(3))
                .buildAsync(URI.create("ws://" + node.getAuthority() + "/v1/ws"), listener)
                .whenComplete((_, failure) -> {
                    if (failure != null) {
                        failed(link);
                    }
                });
    }

    private synchronized void failed(final int link) {
        ended(link, 0);
    }

    /// @param code 0: there was no link yet
    private void ended(final int link, final int code) {
        if (link != links) {
            return; // an older one
        }
        if (welcomed) {
            history.accept(new Event.Disconnected(System.nanoTime(), client, code));
        }
        links++; // nothing more is taken from that link
        welcomed = false;
        socket = null;
        if (running) {
            final long most = Math.min(BACKOFF_MOST_MILLIS, 100L << Math.min(failures++, 10));
            final var _ = clock.schedule(this::again, 1 + random.nextLong(most), TimeUnit.MILLISECONDS);
        }
    }

    private synchronized void again() {
        if (running && socket == null) {
            connect();
        }
    }

    private synchronized void tick() {
        if (!running || socket == null) {
            return;
        }
        final long now = System.nanoTime();
        if (now - heardNanos > silence.toNanos()) {
            vanish();
        } else if (welcomed && now - heartbeatNanos > HEARTBEAT_NANOS) {
            heartbeatNanos = now;
            frame(Map.of("type", "heartbeat"));
        }
    }

    private void frame(final Map<String, Object> frame) {
        final var to = socket;
        if (to == null) {
            return;
        }
        final String text;
        try {
            text = JSON.writeValueAsString(frame);
        } catch (final JsonProcessingException never) {
            throw new IllegalStateException(never);
        }
        // One after the other, as the JDK's WebSocket wants it; a link that breaks is heard of by its listener.
        writing = writing.exceptionally(_ -> to).thenCompose(_ -> to.sendText(text, true));
    }

    private void send(final String id) {
        final var unsent = outbox.get(id);
        if (unsent == null) {
            return;
        }
        history.accept(new Event.SendCall(
                System.nanoTime(), client, id, unsent.conversation(), unsent.text(), unsent.after()));
        final var frame = new LinkedHashMap<String, Object>();
        frame.put("type", "send");
        frame.put("id", id);
        frame.put("conversation", unsent.conversation());
        frame.put("body", Map.of("type", "text", "text", unsent.text()));
        unsent.after().ifPresent(after -> frame.put("after", after));
        frame(frame);
    }

    private synchronized void sendAgain(final int link, final String id) {
        if (link == links && welcomed) {
            send(id);
        }
    }

    private synchronized void take(final int link, final String node, final String text) {
        if (link != links) {
            return;
        }
        heardNanos = System.nanoTime();
        final JsonNode frame;
        try {
            frame = JSON.readTree(text);
        } catch (final JsonProcessingException broken) {
            throw new IllegalStateException("the server sent " + text, broken);
        }
        final long now = heardNanos;
        switch (frame.path("type").asText()) {
            case "welcome" -> {
                welcomed = true;
                failures = 0;
                heartbeatNanos = now;
                history.accept(new Event.Connected(now, client, node));
                acknowledged.forEach((conversation, seq) -> say("delivered", conversation, seq));
                read.forEach((conversation, seq) -> say("read", conversation, seq));
                frame(Map.of("type", "watch", "users", peers()));
                List.copyOf(outbox.keySet()).forEach(this::send);
            }
            case "caught-up" -> history.accept(new Event.CaughtUp(now, client));
            case "sent" -> sent(frame, now);
            case "error" -> refused(link, frame, now);
            case "message" -> message(link, frame, now);
            case "receipt" ->
                history.accept(new Event.Receipt(
                        now,
                        client,
                        frame.path("conversation").asText(),
                        frame.path("user").asText(),
                        frame.path("delivered").asLong(),
                        frame.path("read").asLong()));
            case "presence" ->
                history.accept(new Event.Presence(
                        now,
                        client,
                        frame.path("user").asText(),
                        frame.has("online") ? Optional.of(frame.path("online").asBoolean()) : Optional.empty(),
                        frame.has("lastSeen")
                                ? Optional.of(
                                        Instant.parse(frame.path("lastSeen").asText()))
                                : Optional.empty()));
            default -> {} // heartbeats, typing, bye: the close follows
        }
    }

    private List<String> peers() {
        final var peers = new ArrayList<String>();
        for (final var conversation : conversations) {
            for (final var member : List.of(conversation.split("~"))) {
                if (!member.equals(user)) {
                    peers.add(member);
                }
            }
        }
        return peers;
    }

    private void sent(final JsonNode frame, final long now) {
        final var id = frame.path("id").asText();
        final var conversation = frame.path("conversation").asText();
        final long seq = frame.path("seq").asLong();
        history.accept(new Event.SendOk(
                now,
                client,
                id,
                conversation,
                seq,
                Instant.parse(frame.path("time").asText())));
        outbox.remove(id);
        heads.merge(conversation, seq, Math::max);
    }

    private void refused(final int link, final JsonNode frame, final long now) {
        if (!frame.has("id")) {
            return; // of the link itself, which ends
        }
        final var id = frame.path("id").asText();
        final var unsent = outbox.get(id);
        if (unsent == null) {
            return;
        }
        final var code = frame.path("code").asText();
        history.accept(new Event.SendRefused(now, client, id, unsent.conversation(), code));
        if (code.equals("unavailable") || code.equals("rate-limited")) {
            final var _ = clock.schedule(() -> sendAgain(link, id), AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        } else {
            outbox.remove(id);
        }
    }

    private void message(final int link, final JsonNode frame, final long now) {
        final var conversation = frame.path("conversation").asText();
        final long seq = frame.path("seq").asLong();
        history.accept(new Event.Received(
                now,
                client,
                conversation,
                seq,
                frame.path("id").asText(),
                frame.path("from").asText(),
                frame.path("device").asText(),
                frame.path("body").path("text").asText()));
        heads.merge(conversation, seq, Math::max);
        seen.computeIfAbsent(conversation, _ -> new LinkedHashSet<>()).add(seq);
        if (random.nextInt(4) == 0) { // some are late with it, and then say it for all
            final var _ =
                    clock.schedule(() -> acknowledge(link, conversation), random.nextLong(400), TimeUnit.MILLISECONDS);
        } else {
            acknowledge(link, conversation);
        }
    }

    private synchronized void acknowledge(final int link, final String conversation) {
        if (link != links || !welcomed) {
            return;
        }
        final var held = seen.getOrDefault(conversation, Set.of());
        long upTo = 0;
        for (final long seq : held) {
            upTo = Math.max(upTo, seq);
        }
        if (upTo > acknowledged.getOrDefault(conversation, 0L)) {
            acknowledged.put(conversation, upTo);
            held.clear();
            say("delivered", conversation, upTo);
        }
        final long taken = acknowledged.getOrDefault(conversation, 0L);
        if (random.nextInt(3) == 0 && taken > read.getOrDefault(conversation, 0L)) {
            read.put(conversation, taken);
            say("read", conversation, taken);
        }
    }

    private void say(final String type, final String conversation, final long seq) {
        final long now = System.nanoTime();
        history.accept(
                type.equals("read")
                        ? new Event.ReadCall(now, client, conversation, seq)
                        : new Event.AckCall(now, client, conversation, seq));
        frame(Map.of("type", type, "conversation", conversation, "seq", seq));
    }

    private final class Link implements WebSocket.Listener {
        private final int link;
        private final String node;
        private final StringBuilder text = new StringBuilder();

        Link(final int link, final String node) {
            this.link = link;
            this.node = node;
        }

        @Override
        public void onOpen(final WebSocket opened) {
            synchronized (RecordedDevice.this) {
                if (link != links) {
                    opened.abort();
                    return;
                }
                socket = opened;
                writing = CompletableFuture.completedFuture(opened);
                heardNanos = System.nanoTime();
                frame(Map.of("type", "hello", "token", token));
            }
            opened.request(1);
        }

        @Override
        public CompletionStage<?> onText(final WebSocket from, final CharSequence part, final boolean last) {
            text.append(part);
            if (last) {
                take(link, node, text.toString());
                text.setLength(0);
            }
            from.request(1);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<?> onClose(final WebSocket from, final int code, final String reason) {
            synchronized (RecordedDevice.this) {
                if (link == links && (code == 4401 || code == 4409 || code == 1008)) {
                    running = false; // never in a run that is well
                    over = code;
                }
                ended(link, code);
            }
            return CompletableFuture.completedStage(null);
        }

        @Override
        public void onError(final WebSocket from, final Throwable failure) {
            synchronized (RecordedDevice.this) {
                ended(link, 1006);
            }
        }
    }
}
