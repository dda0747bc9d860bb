package io.parley.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.content.JsonText;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import io.parley.protocol.ClientFrame;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.FrameCodec;
import io.parley.protocol.Limits;
import io.parley.protocol.PageRequest;
import io.parley.protocol.ServerFrame;
import io.parley.protocol.Target;
import io.parley.protocol.WireEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The whole client over real sockets against [ScriptedServer].
final class ParleyClientTest {
    private static final UserId ADA = new UserId("ada");
    private static final UserId BOB = new UserId("bob");
    private static final Target TO_BOB = new Target.User("bob");
    private static final ConversationId TALK = ConversationId.between(ADA, BOB);
    private static final Instant NOW = Instant.parse("2026-11-24T08:15:30.000Z");
    private static final DeviceId DEVICE = new DeviceId("00000000000000aa");
    private static final ClientSettings QUICK =
            ClientSettings.DEFAULTS.withBackoff(Duration.ofMillis(20), Duration.ofMillis(100));

    private final ScriptedServer server = ScriptedServer.start();
    private final Recorder seen = new Recorder();
    private final MemoryStore store = new MemoryStore();
    private Optional<ParleyClient> opened = Optional.empty();

    @AfterEach
    void close() {
        server.close(); // first, or the client would wait for a goodbye that is not in the script
        opened.ifPresent(ParleyClient::close);
    }

    private ParleyClient client() {
        return client(QUICK, TokenSource.fixed(ADA, "token-1"));
    }

    private ParleyClient client(final ClientSettings settings, final TokenSource tokens) {
        final var client =
                ParleyClient.connect(List.of(server.address()), tokens, seen, settings, store, ClientRuntime.shared());
        opened = Optional.of(client);
        return client;
    }

    private ScriptedServer.Connection welcomed() {
        return welcomed(Limits.V1, 5);
    }

    private ScriptedServer.Connection welcomed(final Limits limits, final int heartbeatSeconds) {
        final var connection = server.next();
        connection.frame(ClientFrame.Hello.class);
        connection.send(new ServerFrame.Welcome(
                ADA, "uid", DEVICE, heartbeatSeconds, limits, Optional.empty(), NOW, Optional.empty()));
        return connection;
    }

    private static ServerFrame.Message message(final long seq) {
        return new ServerFrame.Message(
                TALK,
                new WireEntry(
                        seq,
                        Optional.of(new MessageId("m" + seq)),
                        Optional.of(BOB),
                        Optional.of(DEVICE),
                        Optional.of(NOW),
                        new JsonText("{\"type\":\"text\",\"text\":\"hi\"}"),
                        Optional.empty(),
                        List.of()));
    }

    private static ServerFrame.Sent sent(final ClientFrame.Send send, final long seq) {
        return new ServerFrame.Sent(send.id(), TALK, seq, NOW, Optional.empty());
    }

    private static ServerFrame.Refusal refusal(
            final ErrorCode code, final Optional<String> id, final Optional<String> ref) {
        return new ServerFrame.Refusal(code, "no", ref, id, Optional.empty(), OptionalInt.empty());
    }

    private static SendOutcome outcome(final CompletableFuture<SendOutcome> future) {
        return future.orTimeout(10, TimeUnit.SECONDS).join();
    }

    @Test
    void a_message_is_sent_with_what_was_known_and_its_tick_comes_back() {
        final var client = client();
        final var link = welcomed();
        link.send(message(7));
        seen.await(ServerFrame.Message.class);
        final var first = client.send(TO_BOB, TextBody.of("a \"quoted\" line\nand another"));
        final var frame = link.frame(ClientFrame.Send.class);
        assertEquals(
                "{\"type\":\"text\",\"text\":\"a \\\"quoted\\\" line\\nand another\"}",
                frame.body().json().value());
        assertEquals(OptionalLong.of(7), frame.after());
        link.send(sent(frame, 8));
        final var accepted = assertInstanceOf(SendOutcome.Accepted.class, outcome(first));
        assertEquals(8, accepted.sent().seq());
        assertEquals(List.of(), store.kept().unsent());
    }

    @Test
    void unanswered_messages_are_resent_in_order_with_the_same_id_and_after_when_the_link_breaks() {
        final var client = client();
        final var link = welcomed();
        link.send(message(7));
        final var outcomes = Stream.of("one", "two", "three")
                .map(text -> client.send(TO_BOB, TextBody.of(text)))
                .toList();
        final var before = new ArrayList<ClientFrame.Send>();
        for (int i = 0; i < 3; i++) {
            before.add(link.frame(ClientFrame.Send.class));
        }
        link.send(sent(before.getFirst(), 8));
        outcome(outcomes.getFirst());
        link.cut();

        final var next = welcomed();
        for (int i = 1; i < 3; i++) {
            final var again = next.frame(ClientFrame.Send.class);
            assertEquals(before.get(i).id(), again.id());
            assertEquals(before.get(i).body(), again.body());
            assertEquals(before.get(i).after().orElse(0), again.after().orElseThrow());
            next.send(sent(again, 8 + i));
        }
        for (final var each : outcomes) {
            assertInstanceOf(SendOutcome.Accepted.class, outcome(each));
        }
    }

    @Test
    void no_more_than_the_servers_limit_is_unanswered() throws IOException {
        final var client = client();
        final var link = welcomed(new Limits(65_536, 32_768, 4_096, 200, 500, 200, 2, 20, 200), 5);
        final var outcomes = Stream.of("1", "2", "3")
                .map(text -> client.send(TO_BOB, TextBody.of(text)))
                .toList();
        final var first = link.frame(ClientFrame.Send.class);
        link.frame(ClientFrame.Send.class);
        final var _ = client.pull(TALK, new PageRequest.Newest(1)); // would come after a third message
        link.frame(ClientFrame.Pull.class);
        link.send(sent(first, 1));
        outcome(outcomes.getFirst());
        assertEquals("3", text(link.frame(ClientFrame.Send.class)));
    }

    private static String text(final ClientFrame.Send send) {
        return send.body().json().value().replaceAll(".*\"text\":\"|\"}", "");
    }

    @Test
    void a_message_is_acknowledged_only_after_the_listener_has_taken_it() throws IOException {
        final var slow = new CompletableFuture<Void>();
        seen.taking = slow;
        client();
        final var link = welcomed();
        link.send(message(1));
        link.send(message(2));
        seen.await(ServerFrame.Message.class);
        seen.await(ServerFrame.Message.class);
        assertTrue(!link.hasMore(), "acknowledged too early");
        slow.complete(null);
        long upTo = 0;
        while (upTo < 2) {
            upTo = link.frame(ClientFrame.Delivered.class).seq();
        }
        assertEquals(2, upTo);
    }

    @Test
    void what_a_listener_cannot_take_is_not_acknowledged_and_comes_again() {
        seen.taking = CompletableFuture.failedStage(new IOException("disk full"));
        client();
        final var link = welcomed();
        link.send(message(1));
        seen.await(ServerFrame.Message.class);
        seen.taking = ClientListener.TAKEN;
        link.awaitEnd();
        final var next = welcomed();
        next.send(message(1));
        assertEquals(1, seen.await(ServerFrame.Message.class).entry().seq());
        assertEquals(1, next.frame(ClientFrame.Delivered.class).seq());
    }

    @Test
    void what_is_pushed_again_after_a_broken_link_is_given_once_and_acknowledged_again() {
        client();
        final var link = welcomed();
        link.send(message(1));
        assertEquals(1, link.frame(ClientFrame.Delivered.class).seq());
        link.cut();
        final var next = welcomed();
        assertEquals(1, next.frame(ClientFrame.Delivered.class).seq()); // the old link may have lost it
        next.send(message(1));
        next.send(message(2));
        assertEquals(1, next.frame(ClientFrame.Delivered.class).seq());
        assertEquals(2, next.frame(ClientFrame.Delivered.class).seq());
        assertEquals(List.of(1L, 2L), seen.given());
        assertEquals(1, seen.duplicates);
    }

    @Test
    void a_read_is_repeated_on_each_link_until_the_server_confirms_it() throws IOException {
        final var client = client();
        final var link = welcomed();
        client.read(TALK, 5);
        assertEquals(5, link.frame(ClientFrame.Read.class).seq());
        link.cut();
        final var next = welcomed();
        assertEquals(5, next.frame(ClientFrame.Read.class).seq());
        next.send(new ServerFrame.Receipt(TALK, ADA, 5, 5, List.of(), Optional.empty()));
        seen.await(ServerFrame.Receipt.class);
        next.cut();
        final var last = welcomed();
        final var _ = client.pull(TALK, new PageRequest.Newest(1)); // a read would come before it
        assertInstanceOf(ClientFrame.Pull.class, last.frame());
    }

    @Test
    void unavailable_is_tried_again_with_the_same_id_and_a_refusal_for_good_is_told() {
        final var client = client();
        final var link = welcomed();
        final var first = client.send(TO_BOB, TextBody.of("one"));
        final var frame = link.frame(ClientFrame.Send.class);
        link.send(refusal(ErrorCode.UNAVAILABLE, Optional.of(frame.id().value()), Optional.empty()));
        final var again = link.frame(ClientFrame.Send.class);
        assertEquals(frame.id(), again.id());
        link.send(refusal(ErrorCode.UNKNOWN_USER, Optional.of(frame.id().value()), Optional.empty()));
        final var refused = assertInstanceOf(SendOutcome.Refused.class, outcome(first));
        assertEquals(ErrorCode.UNKNOWN_USER, refused.refusal().code());
        assertEquals(List.of(), store.kept().unsent());
    }

    @Test
    void a_frame_the_server_closed_over_is_never_sent_again() {
        for (final var code : List.of(1008, 1009)) {
            final var client = client();
            final var link = welcomed();
            final var bad = client.send(TO_BOB, TextBody.of("the longest by far of these two"));
            final var good = client.send(TO_BOB, TextBody.of("good"));
            link.frame(ClientFrame.Send.class);
            link.frame(ClientFrame.Send.class);
            link.close(code);
            assertInstanceOf(SendOutcome.Refused.class, outcome(bad));
            final var next = welcomed();
            final var again = next.frame(ClientFrame.Send.class);
            assertEquals("good", text(again));
            next.send(sent(again, 1));
            assertInstanceOf(SendOutcome.Accepted.class, outcome(good));
            next.cut();
            client.close();
        }
    }

    @Test
    void a_refused_token_is_refreshed_once_and_then_the_person_must_log_in() {
        final var refusedTokens = new LinkedBlockingQueue<String>();
        final var client = client(QUICK, new TokenSource() {
            private volatile String token = "token-1";

            @Override
            public UserId user() {
                return ADA;
            }

            @Override
            public CompletionStage<String> token() {
                return CompletableFuture.completedStage(token);
            }

            @Override
            public CompletionStage<Optional<String>> refresh(final String refused) {
                refusedTokens.add(refused);
                token = "token-2";
                return CompletableFuture.completedStage(Optional.of(token));
            }
        });
        final var first = server.next();
        assertEquals("token-1", first.frame(ClientFrame.Hello.class).token());
        first.send(refusal(ErrorCode.UNAUTHENTICATED, Optional.empty(), Optional.empty()));
        first.close(4401);
        final var second = server.next();
        assertEquals("token-2", second.frame(ClientFrame.Hello.class).token());
        second.close(4401);
        seen.await(ClientState.LoginNeeded.class);
        assertEquals(List.of("token-1"), List.copyOf(refusedTokens));
        assertTrue(server.nobodyCame());
        client.resume();
        welcomed();
        seen.await(ClientState.Online.class);
    }

    @Test
    void a_replaced_device_stays_away_until_the_person_acts() {
        final var client = client();
        welcomed().close(4409);
        seen.await(ClientState.Replaced.class);
        assertEquals(new ClientState.Replaced(), client.state());
        assertTrue(server.nobodyCame());
        client.resume();
        welcomed();
        seen.await(ClientState.Online.class);
    }

    @Test
    void a_bye_names_the_wait_and_4429_is_waited_out() {
        client(ClientSettings.DEFAULTS.withBackoff(Duration.ofSeconds(60), Duration.ofSeconds(60)), token());
        final var link = welcomed();
        link.send(new ServerFrame.Bye("drain", Duration.ofMillis(30)));
        link.close(1012);
        assertEquals(
                Duration.ofMillis(30), seen.await(ClientState.Waiting.class).delay());
        final var next = server.next();
        next.frame(ClientFrame.Hello.class);
        next.send(new ServerFrame.Refusal(
                ErrorCode.RATE_LIMITED,
                "too many",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.of(90)));
        next.close(4429);
        assertEquals(
                Duration.ofSeconds(90), seen.await(ClientState.Waiting.class).delay());
    }

    private static TokenSource token() {
        return TokenSource.fixed(ADA, "token");
    }

    @Test
    void heartbeats_go_out_and_a_silent_link_is_taken_for_dead() {
        client(QUICK.withSilence(Duration.ofMillis(1_500)), token());
        final var link = welcomed(Limits.V1, 1);
        assertInstanceOf(ClientFrame.Heartbeat.class, link.frame());
        assertEquals(1006, seen.await(ClientState.Waiting.class).code());
        link.awaitEnd();
        welcomed();
    }

    @Test
    void garbage_ends_the_link_but_a_frame_of_a_newer_server_does_not() {
        client();
        final var link = welcomed();
        link.send("{\"type\":\"hologram\",\"of\":\"bob\"}");
        link.send(message(1));
        assertEquals(1, seen.await(ServerFrame.Message.class).entry().seq());
        link.send("garbage");
        seen.await(ClientState.Waiting.class);
        final var next = welcomed();
        next.raw("not even a frame".getBytes(StandardCharsets.US_ASCII));
        seen.await(ClientState.Waiting.class);
        welcomed();
    }

    @Test
    void frames_may_come_large_in_pieces_and_between_pings() {
        final var client = client();
        final var link = welcomed();
        final var text = FrameCodec.print(message(1));
        final var half = text.length() / 2;
        link.raw(
                concat(new byte[] {0x01, (byte) 126, (byte) (half >> 8), (byte) half}, bytes(text.substring(0, half))));
        link.ping("between");
        final var rest = bytes(text.substring(half));
        for (final var each : concat(new byte[] {(byte) 0x80, (byte) 126, 0, (byte) rest.length}, rest)) {
            link.raw(new byte[] {each});
        }
        assertEquals(1, seen.await(ServerFrame.Message.class).entry().seq());
        link.frame(ClientFrame.Delivered.class);
        assertEquals(List.of("between"), link.pongs());

        final var page = client.pull(TALK, new PageRequest.Newest(200));
        final var large = new JsonText("{\"type\":\"text\",\"text\":\"" + "ä€".repeat(20_000) + "\"}");
        final var entry = new WireEntry(
                2,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                large,
                Optional.empty(),
                List.of());
        link.send(new ServerFrame.Page(
                TALK, List.of(entry), 2, link.frame(ClientFrame.Pull.class).ref()));
        link.send(message(3));
        assertEquals(
                large,
                page.orTimeout(10, TimeUnit.SECONDS)
                        .join()
                        .messages()
                        .getFirst()
                        .body());
        assertEquals(3, seen.await(ServerFrame.Message.class).entry().seq());
    }

    private static byte[] bytes(final String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] concat(final byte[] one, final byte[] other) {
        return ByteBuffer.allocate(one.length + other.length)
                .put(one)
                .put(other)
                .array();
    }

    @Test
    void a_refused_handshake_and_a_dead_address_are_tried_again() {
        server.refuseHandshakes(Optional.of(503));
        client();
        seen.await(ClientState.Waiting.class);
        server.refuseHandshakes(Optional.empty());
        welcomed();
        seen.await(ClientState.Online.class);
    }

    @Test
    void questions_find_their_answers_and_survive_a_broken_link() {
        final var client = client();
        final var link = welcomed();
        final var page = client.pull(TALK, new PageRequest.After(3, 10));
        final var receipts = client.receipts(List.of(TALK));
        link.frame(ClientFrame.Pull.class);
        link.cut();
        final var next = welcomed();
        final var pull = next.frame(ClientFrame.Pull.class);
        final var asked = next.frame(ClientFrame.Receipts.class);
        next.send(new ServerFrame.Receipt(TALK, BOB, 4, 2, List.of(), asked.ref()));
        next.send(new ServerFrame.ReceiptsEnd(asked.ref()));
        next.send(new ServerFrame.Page(TALK, List.of(message(4).entry()), 4, pull.ref()));
        assertEquals(4, page.orTimeout(10, TimeUnit.SECONDS).join().head());
        assertEquals(
                4, receipts.orTimeout(10, TimeUnit.SECONDS).join().getFirst().delivered());

        final var refused = client.pull(TALK, new PageRequest.Newest(10));
        next.send(refusal(
                ErrorCode.NOT_FOUND,
                Optional.empty(),
                next.frame(ClientFrame.Pull.class).ref()));
        final var why = assertThrows(
                CompletionException.class,
                () -> refused.orTimeout(10, TimeUnit.SECONDS).join());
        assertEquals(
                ErrorCode.NOT_FOUND,
                assertInstanceOf(RefusedException.class, why.getCause()).code());
    }

    @Test
    void watched_people_are_watched_again_on_the_next_link() {
        final var client = client();
        final var link = welcomed();
        client.watch(List.of(BOB));
        assertEquals(List.of("bob"), link.frame(ClientFrame.Watch.class).users());
        link.send(new ServerFrame.Presence(BOB, Optional.of(true), Optional.empty(), Optional.empty()));
        seen.await(ServerFrame.Presence.class);
        link.cut();
        assertEquals(List.of("bob"), welcomed().frame(ClientFrame.Watch.class).users());
    }

    @Test
    void a_lost_node_is_replaced_by_another_of_the_list_with_the_same_token() {
        try (var other = ScriptedServer.start()) {
            final var nodes = List.of(server.address(), other.address());
            final var slow = ClientSettings.DEFAULTS.withBackoff(Duration.ofSeconds(60), Duration.ofSeconds(60));
            final var client = ParleyClient.connect(nodes, token(), seen, slow, store, ClientRuntime.shared());
            opened = Optional.of(client);
            final var first = seen.await(ClientState.Connecting.class).address();
            final var here = first.equals(server.address()) ? server : other;
            final var there = here == server ? other : server;
            final var link = here.next();
            final var hello = link.frame(ClientFrame.Hello.class);
            link.send(
                    new ServerFrame.Welcome(ADA, "uid", DEVICE, 5, Limits.V1, Optional.empty(), NOW, Optional.empty()));
            seen.await(ClientState.Online.class);
            final var sent = client.send(TO_BOB, TextBody.of("wherever"));
            final var lost = link.frame(ClientFrame.Send.class);
            link.cut();
            final var next = there.next(); // within 10 s, though a round would wait 30 at least
            assertEquals(hello, next.frame());
            next.send(
                    new ServerFrame.Welcome(ADA, "uid", DEVICE, 5, Limits.V1, Optional.empty(), NOW, Optional.empty()));
            final var again = next.frame(ClientFrame.Send.class);
            assertEquals(lost.id(), again.id());
            next.send(sent(again, 1));
            assertInstanceOf(SendOutcome.Accepted.class, outcome(sent));
        }
    }

    @Test
    void what_was_ticked_while_there_was_no_link_is_asked_for() {
        final var client = client();
        final var link = welcomed();
        final var outcome = client.send(TO_BOB, TextBody.of("read me"));
        link.send(sent(link.frame(ClientFrame.Send.class), 1));
        outcome(outcome);
        assertEquals(Tick.STORED, client.tick(TALK, 1));
        link.cut();
        final var next = welcomed();
        final var asked = next.frame(ClientFrame.Receipts.class);
        assertEquals(List.of("ada~bob"), asked.conversations());
        next.send(new ServerFrame.Receipt(TALK, BOB, 1, 1, List.of(), asked.ref()));
        next.send(new ServerFrame.ReceiptsEnd(asked.ref()));
        assertEquals(1, seen.await(ServerFrame.Receipt.class).read());
        assertEquals(Tick.READ, client.tick(TALK, 1));
    }

    @Test
    void a_burst_goes_at_once_and_the_rest_as_fast_as_the_server_allows() throws IOException {
        final var client = client();
        final var link = welcomed(new Limits(65_536, 32_768, 4_096, 200, 500, 200, 100, 4, 2), 5);
        for (int i = 0; i < 4; i++) {
            final var _ = client.send(TO_BOB, TextBody.of("t" + i));
        }
        assertEquals("t0", text(link.frame(ClientFrame.Send.class)));
        assertEquals("t1", text(link.frame(ClientFrame.Send.class)));
        final var atOnce = System.nanoTime();
        assertEquals("t2", text(link.frame(ClientFrame.Send.class)));
        assertEquals("t3", text(link.frame(ClientFrame.Send.class)));
        assertTrue(System.nanoTime() - atOnce > Duration.ofMillis(350).toNanos(), "two more at four a second");
    }

    @Test
    void ticks_never_go_back() {
        client();
        final var link = welcomed();
        link.send(new ServerFrame.Receipt(TALK, BOB, 5, 3, List.of(), Optional.empty()));
        link.send(new ServerFrame.Receipt(TALK, BOB, 4, 2, List.of(), Optional.empty()));
        link.send(new ServerFrame.Receipt(TALK, BOB, 4, 4, List.of(), Optional.empty()));
        assertEquals(5, seen.await(ServerFrame.Receipt.class).delivered());
        final var last = seen.await(ServerFrame.Receipt.class);
        assertEquals(5, last.delivered());
        assertEquals(4, last.read());
    }

    @Test
    void closing_acknowledges_says_goodbye_and_keeps_what_was_not_answered() {
        final var client = client();
        final var link = welcomed();
        final var unanswered = client.send(TO_BOB, TextBody.of("later"));
        final var id = link.frame(ClientFrame.Send.class).id();
        link.send(message(1));
        seen.await(ServerFrame.Message.class);
        final var reader = Thread.ofVirtual().start(link::awaitEnd);
        client.close();
        assertInstanceOf(SendOutcome.ClosedBefore.class, outcome(unanswered));
        assertEquals(new ClientState.Closed(), client.state());
        assertTrue(joined(reader));
        assertEquals(1000, link.closedWith());

        client();
        final var next = welcomed();
        final var again = next.frame(ClientFrame.Send.class);
        assertEquals(id, again.id());
        assertEquals(OptionalLong.of(0), again.after());
    }

    private static boolean joined(final Thread thread) {
        try {
            return thread.join(Duration.ofSeconds(10));
        } catch (final InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /// What a listener is told, in order.
    private static final class Recorder implements ClientListener {
        private final LinkedBlockingQueue<Object> told = new LinkedBlockingQueue<>();
        private final List<Long> seqs = new ArrayList<>();
        private volatile CompletionStage<Void> taking = TAKEN;
        private volatile int duplicates;

        <T> T await(final Class<T> type) {
            try {
                while (true) {
                    final var next = told.poll(10, TimeUnit.SECONDS);
                    if (next == null) {
                        throw new AssertionError("no " + type.getSimpleName() + " within 10 s");
                    }
                    if (type.isInstance(next)) {
                        return type.cast(next);
                    }
                }
            } catch (final InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        }

        synchronized List<Long> given() {
            return List.copyOf(seqs);
        }

        @Override
        public synchronized CompletionStage<?> message(final ServerFrame.Message message) {
            final var how = taking; // before the test hears of it and changes it
            seqs.add(message.entry().seq());
            told.add(message);
            return how;
        }

        @Override
        public synchronized void duplicate(final ServerFrame.Message message) {
            duplicates++;
        }

        @Override
        public void state(final ClientState state) {
            told.add(state);
        }

        @Override
        public void receipt(final ServerFrame.Receipt receipt) {
            told.add(receipt);
        }

        @Override
        public void presence(final ServerFrame.Presence presence) {
            told.add(presence);
        }
    }
}
