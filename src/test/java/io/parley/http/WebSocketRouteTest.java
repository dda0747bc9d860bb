package io.parley.http;

import static io.parley.websocket.ClientFrames.BINARY;
import static io.parley.websocket.ClientFrames.CLOSE;
import static io.parley.websocket.ClientFrames.CONTINUATION;
import static io.parley.websocket.ClientFrames.PING;
import static io.parley.websocket.ClientFrames.PONG;
import static io.parley.websocket.ClientFrames.TEXT;
import static io.parley.websocket.ClientFrames.concat;
import static io.parley.websocket.ClientFrames.frame;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.parley.websocket.Owner;
import io.parley.websocket.Socket;
import io.parley.websocket.WebSocketStage;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The upgrade and the stage behind it on a real socket, against the JDK's WebSocket client and against bytes.
final class WebSocketRouteTest {
    private static final ActorTestKit KIT =
            ActorTestKit.create(ConfigFactory.load(ConfigFactory.parseResources("http.conf")));

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final BlockingQueue<TestOwner> OWNERS = new LinkedBlockingQueue<>();
    private static int port;

    /// Says back what it hears; does what some words say; with `stuck`, grants nothing.
    private static final class TestOwner implements Owner {
        final Socket socket;
        final List<String> heard = new ArrayList<>();
        final AtomicInteger texts = new AtomicInteger();
        final AtomicInteger binaries = new AtomicInteger();
        final AtomicInteger ends = new AtomicInteger();
        volatile boolean stuck;

        TestOwner(final Socket socket) {
            this.socket = socket;
        }

        @Override
        public void text(final String message) {
            synchronized (heard) {
                heard.add(message);
            }
            texts.incrementAndGet();
            if (message.equals("be stuck")) {
                stuck = true;
            } else if (message.startsWith("close ")) {
                final int code = Integer.parseInt(message.substring(6));
                Thread.ofVirtual()
                        .start(
                                () -> { // owners close from threads of their own
                                    socket.write("goodbye");
                                    socket.close(code, "because");
                                    socket.write("too late");
                                });
            } else if (!stuck) {
                socket.write(message);
            }
            if (!stuck) {
                socket.grant(1);
            }
        }

        @Override
        public void binary() {
            binaries.incrementAndGet();
            socket.grant(1);
        }

        @Override
        public void ended() {
            ends.incrementAndGet();
        }

        List<String> heard() {
            synchronized (heard) {
                return List.copyOf(heard);
            }
        }
    }

    /// What the JDK's client saw.
    private static final class Seen implements WebSocket.Listener {
        final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
        final BlockingQueue<String> pongs = new LinkedBlockingQueue<>();
        final CompletableFuture<Integer> closed = new CompletableFuture<>();
        private final StringBuilder part = new StringBuilder();

        @Override
        public CompletionStage<?> onText(final WebSocket socket, final CharSequence data, final boolean last) {
            part.append(data);
            if (last) {
                texts.add(part.toString());
                part.setLength(0);
            }
            socket.request(1);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<?> onPong(final WebSocket socket, final ByteBuffer message) {
            pongs.add(UTF_8.decode(message).toString());
            socket.request(1);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<?> onClose(final WebSocket socket, final int code, final String reason) {
            closed.complete(code);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public void onError(final WebSocket socket, final Throwable error) {
            closed.completeExceptionally(error);
        }

        String text() throws InterruptedException {
            final var text = texts.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return text == null ? "nothing in time" : text;
        }
    }

    @BeforeAll
    static void start() {
        final var route = new WebSocketRoute(
                        _ -> socket -> {
                            final var owner = new TestOwner(socket);
                            OWNERS.add(owner);
                            return owner;
                        },
                        request -> request.getHeader("Origin")
                                .map(origin -> !origin.value().contains("foreign"))
                                .orElse(true),
                        why -> HttpResponse.create().withStatus(400).withEntity(why),
                        why -> HttpResponse.create().withStatus(403).withEntity(why))
                .route();
        final ServerBinding binding = Http.get(KIT.system())
                .newServerAt("127.0.0.1", 0)
                .bind(route)
                .toCompletableFuture()
                .join();
        port = binding.localAddress().getPort();
    }

    @AfterAll
    static void stop() {
        CLIENT.close();
        KIT.shutdownTestKit();
    }

    @BeforeEach
    void nobodyIsConnected() {
        OWNERS.clear();
    }

    // the upgrade

    @Test
    void the_upgrade_is_answered_as_the_rfc_says() throws Exception {
        final var answer = RawSocket.answer(port, upgrade("13", RawSocket.KEY, "other, parley.v1", ""));
        assertTrue(answer.startsWith("HTTP/1.1 101 "), answer);
        assertTrue(answer.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), answer);
        assertTrue(answer.toLowerCase(java.util.Locale.ROOT).contains("sec-websocket-protocol: parley.v1"), answer);
        owner();
    }

    @Test
    void without_the_subprotocol_the_jdks_client_gets_a_400() {
        final var failed = assertThrows(
                CompletionException.class,
                () -> CLIENT.newWebSocketBuilder().buildAsync(uri(), new Seen()).join());
        final var handshake = assertInstanceOf(WebSocketHandshakeException.class, failed.getCause());
        assertEquals(400, handshake.getResponse().statusCode());
    }

    @Test
    void an_upgrade_that_is_none_or_speaks_another_version_is_refused() throws Exception {
        final var plain = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/ws"))
                .build();
        assertEquals(400, CLIENT.send(plain, BodyHandlers.ofString()).statusCode());
        for (final var headers : List.of(
                upgrade("8", RawSocket.KEY, "parley.v1", ""),
                upgrade("13", "short", "parley.v1", ""),
                upgrade("13", RawSocket.KEY, "parley.v2", ""))) {
            final var answer = RawSocket.answer(port, headers);
            assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
        }
    }

    @Test
    void pages_of_a_foreign_origin_may_not_connect() throws IOException {
        final var answer = RawSocket.answer(
                port, upgrade("13", RawSocket.KEY, "parley.v1", "Origin: https://foreign.example\r\n"));
        assertTrue(answer.startsWith("HTTP/1.1 403 "), answer);
    }

    // messages

    @Test
    void many_messages_of_all_sizes_come_back_in_order() throws Exception {
        final long seed = System.nanoTime();
        final var random = new Random(seed);
        final var seen = new Seen();
        final var socket = connect(seen);
        final var sent = new ArrayList<String>();
        for (int i = 0; i < 400; i++) {
            final int size = switch (random.nextInt(20)) {
                case 0 -> 65_000;
                case 1 -> 20_000;
                default -> random.nextInt(300);
            };
            final var text = i + " é👋 " + "x".repeat(size);
            sent.add(text);
            final int cut = random.nextInt(3) == 0 ? random.nextInt(text.length()) : 0;
            if (cut > 0 && !Character.isLowSurrogate(text.charAt(cut))) { // in fragments
                socket.sendText(text.substring(0, cut), false).join();
                socket.sendText(text.substring(cut), true).join();
            } else {
                socket.sendText(text, true).join();
            }
        }
        for (final var text : sent) {
            assertEquals(text, seen.text(), "seed " + seed);
        }
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
        assertEquals(WebSocket.NORMAL_CLOSURE, seen.closed.get(20, TimeUnit.SECONDS));
        final var owner = owner();
        await(() -> owner.ends.get() == 1);
    }

    @Test
    void a_ping_is_answered_also_between_fragments() throws Exception {
        final var seen = new Seen();
        final var socket = connect(seen);
        socket.sendText("half ", false).join();
        socket.sendPing(ByteBuffer.wrap("are you there".getBytes(UTF_8))).join();
        assertEquals("are you there", seen.pongs.poll(20, TimeUnit.SECONDS));
        socket.sendText("whole", true).join();
        assertEquals("half whole", seen.text());
        socket.abort();
        final var owner = owner();
        await(() -> owner.ends.get() == 1);
    }

    @Test
    void a_binary_message_is_said_to_the_owner_and_the_connection_lives() throws Exception {
        try (var client = RawSocket.upgraded(port)) {
            client.send(concat(frame(BINARY, true, new byte[1_000]), frame(TEXT, true, "still here".getBytes(UTF_8))));
            assertEquals("still here", client.read().text());
            assertEquals(1, owner().binaries.get());
        }
    }

    @Test
    void connections_do_not_hear_each_other() throws Exception {
        final var one = new Seen();
        final var other = new Seen();
        final var first = connect(one);
        final var firstOwner = owner();
        final var second = connect(other);
        final var secondOwner = owner();
        first.sendText("from one", true).join();
        second.sendText("from the other", true).join();
        assertEquals("from one", one.text());
        assertEquals("from the other", other.text());
        first.abort();
        await(() -> firstOwner.ends.get() == 1);
        assertEquals(0, secondOwner.ends.get());
        second.sendText("still here", true).join();
        assertEquals("still here", other.text());
        second.abort();
    }

    // closing

    @Test
    void the_client_sees_the_code_of_every_close_and_what_was_written_before_it() throws Exception {
        for (final int code : new int[] {4401, 4408, 4409, 4429, 1008, 1009, 1012, 1013}) {
            for (int again = 0; again < 5; again++) { // the threads meet differently each time
                final var seen = new Seen();
                final var socket = connect(seen);
                socket.sendText("close " + code, true).join();
                assertEquals("goodbye", seen.text());
                assertEquals(code, seen.closed.get(20, TimeUnit.SECONDS));
                assertEquals(0, seen.texts.size());
                final var owner = owner();
                await(() -> owner.ends.get() == 1);
            }
        }
    }

    @Test
    void the_server_ends_the_connection_as_soon_as_both_have_closed() throws Exception {
        try (var client = RawSocket.upgraded(port)) {
            client.sendText("close 4409");
            assertEquals("goodbye", client.read().text());
            assertEquals(4409, client.read().closeCode());
            final long began = System.nanoTime();
            client.sendClose(4409);
            assertTrue(client.isEnded());
            assertTrue(System.nanoTime() - began < Duration.ofMillis(2_500).toNanos()); // not only when patience ends
        }
        try (var client = RawSocket.upgraded(port)) {
            client.sendClose(1000);
            assertEquals(1000, client.read().closeCode());
            assertTrue(client.isEnded());
        }
    }

    @Test
    void a_client_that_does_not_close_in_turn_is_left_after_some_seconds() throws Exception {
        try (var client = RawSocket.upgraded(port)) {
            client.sendText("close 1012");
            assertEquals("goodbye", client.read().text());
            assertEquals(1012, client.read().closeCode());
            assertTrue(client.isEnded());
            final var owner = owner();
            await(() -> owner.ends.get() == 1);
        }
    }

    @Test
    void what_was_sent_right_before_a_close_is_heard() throws Exception {
        try (var client = RawSocket.upgraded(port)) {
            client.send(concat(
                    frame(TEXT, true, "one".getBytes(UTF_8)),
                    frame(TEXT, true, "two".getBytes(UTF_8)),
                    frame(CLOSE, true, new byte[0]),
                    frame(TEXT, true, "after the close".getBytes(UTF_8))));
            assertEquals("one", client.read().text());
            assertEquals("two", client.read().text());
            final var close = client.read();
            assertEquals(CLOSE, close.opcode());
            assertEquals(0, close.payload().length);
            final var owner = owner();
            await(() -> owner.ends.get() == 1);
            assertEquals(List.of("one", "two"), owner.heard());
        }
    }

    @Test
    void broken_frames_are_closed_with_their_code() throws Exception {
        closes(1002, new byte[] {(byte) 0x81, 5, 'H', 'e', 'l', 'l', 'o'}); // not masked
        closes(1002, frame(CONTINUATION, true, new byte[0]));
        closes(1007, frame(TEXT, true, new byte[] {(byte) 0xff}));
        closes(1009, frame(TEXT, true, new byte[65_537]));
        closes(1009, concat(frame(TEXT, false, new byte[65_536]), frame(CONTINUATION, true, new byte[1])));
    }

    @Test
    void a_client_that_goes_on_sending_after_too_large_a_frame_still_sees_the_close() throws Exception {
        try (var client = RawSocket.upgraded(port)) {
            final var large = frame(TEXT, true, new byte[200_000]);
            for (int i = 0; i < 10; i++) {
                client.send(large);
            }
            assertEquals(1009, client.read().closeCode());
        }
        owner();
    }

    // clients that misbehave

    @Test
    void a_client_that_vanishes_ends_its_owner_once() throws Exception {
        final var client = RawSocket.upgraded(port);
        client.sendText("hello");
        assertEquals("hello", client.read().text());
        final var owner = owner();
        client.reset();
        await(() -> owner.ends.get() == 1);
        owner.socket.write("to nobody");
        owner.socket.close(1012, "");
        owner.socket.grant(5);
        try (var next = RawSocket.upgraded(port)) { // the server lives, and nothing more comes to the old owner
            next.sendText("hello");
            assertEquals("hello", next.read().text());
        }
        owner();
        assertEquals(1, owner.ends.get());
    }

    @Test
    void a_flood_waits_in_the_clients_own_socket_while_its_owner_grants_nothing() throws Exception {
        try (var flood = RawSocket.upgraded(port);
                var other = RawSocket.upgraded(port)) {
            final var first = owner();
            final var second = owner();
            flood.sendText("be stuck");
            await(() -> first.stuck || second.stuck);
            final var stuck = first.stuck ? first : second;
            final var sent = new AtomicInteger();
            final var sender = Thread.ofVirtual().start(() -> {
                final var message = frame(TEXT, true, "x".repeat(10_000).getBytes(UTF_8));
                try {
                    while (sent.get() < 20_000) { // 200 MB if nothing holds it up
                        flood.send(message);
                        sent.incrementAndGet();
                    }
                } catch (final IOException ended) {
                    // at the end of the test
                }
            });
            await(() -> stuck.texts.get() == WebSocketStage.GRANTED_AT_FIRST);
            int before = -1;
            for (int now = 0; before != now; ) { // until a whole echo elsewhere goes by without another sent
                before = now;
                for (int i = 0; i < 200; i++) {
                    other.sendText("unaffected");
                    assertEquals("unaffected", other.read().text());
                }
                now = sent.get();
            }
            assertTrue(sent.get() < 3_000, sent + " messages of 10 kB were taken");
            assertEquals(WebSocketStage.GRANTED_AT_FIRST, stuck.texts.get());
            stuck.socket.grant(100);
            await(() -> stuck.texts.get() == WebSocketStage.GRANTED_AT_FIRST + 100);
            flood.reset();
            sender.join();
            stuck.socket.close(4408, "silent"); // what is not read is not seen to end: its owner has to lose patience
            await(() -> stuck.ends.get() == 1);
            assertEquals(WebSocketStage.GRANTED_AT_FIRST + 100, stuck.texts.get());
        }
    }

    @Test
    void a_client_that_does_not_read_can_still_be_closed() throws Exception {
        try (var client = RawSocket.upgraded(port)) {
            client.sendText("hello");
            assertEquals("hello", client.read().text());
            final var owner = owner();
            final var message = "x".repeat(100_000);
            for (int i = 0; i < 300; i++) { // more than the buffers of two sockets hold
                owner.socket.write(message);
            }
            assertTrue(owner.socket.pendingBytes() > 0);
            owner.socket.close(1013, "too slow");
            await(() -> owner.ends.get() == 1);
        }
    }

    @Test
    void pings_of_a_client_that_does_not_read_are_not_all_answered() throws Exception {
        try (var client = RawSocket.upgraded(port)) {
            final var owner = owner();
            final var pings = new ArrayList<byte[]>();
            for (int i = 0; i < 100; i++) {
                pings.add(frame(PING, true, new byte[125]));
            }
            final var many = concat(pings.toArray(byte[][]::new));
            for (int i = 0; i < 1_000; i++) { // 13 MB
                client.send(many);
            }
            assertTrue(owner.socket.pendingBytes() < 200_000, owner.socket.pendingBytes() + " bytes wait");
            assertEquals(PONG, client.read().opcode());
        }
    }

    private static void closes(final int code, final byte[] bytes) throws Exception {
        try (var client = RawSocket.upgraded(port)) {
            client.send(bytes);
            assertEquals(code, client.read().closeCode());
            final var owner = owner();
            client.sendClose(code);
            assertEquals(0, owner.texts.get());
        }
    }

    private static WebSocket connect(final Seen seen) {
        return CLIENT.newWebSocketBuilder()
                .subprotocols("parley.v1")
                .buildAsync(uri(), seen)
                .join();
    }

    private static URI uri() {
        return URI.create("ws://127.0.0.1:" + port + "/v1/ws");
    }

    private static String upgrade(final String version, final String key, final String subprotocol, final String more) {
        return "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: " + version
                + "\r\nSec-WebSocket-Key: " + key + "\r\nSec-WebSocket-Protocol: " + subprotocol + "\r\n" + more;
    }

    /// The owner of the next connection nobody has asked for yet.
    private static TestOwner owner() throws InterruptedException {
        final var owner = OWNERS.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (owner == null) {
            throw new AssertionError("no connection came");
        }
        return owner;
    }

    private static void await(final BooleanSupplier condition) {
        KIT.createTestProbe().awaitAssert(PATIENCE, () -> {
            assertTrue(condition.getAsBoolean());
            return true;
        });
    }
}
