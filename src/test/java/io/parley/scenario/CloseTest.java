package io.parley.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// How and why the server ends connections, and refuses them.
@ExtendWith(NodeOutput.class)
final class CloseTest {
    private static final Duration QUICKLY = Duration.ofSeconds(5);

    private final World world = SharedNode.world();

    @AfterEach
    void everybodyLeaves() {
        world.close();
    }

    @Test
    void the_first_frame_is_a_hello_with_a_good_token() {
        try (var socket = RawSocket.open(world.port())) {
            socket.say(Device.frame("heartbeat"));
            assertEquals(4401, socket.awaitClose(QUICKLY));
            assertEquals("unauthenticated", error(socket));
        }
        try (var socket = RawSocket.open(world.port())) {
            socket.sayRaw("not even JSON");
            assertEquals(4401, socket.awaitClose(QUICKLY));
        }
        final var token = world.offline("ada").token();
        for (final var bad : new String[] {"rubbish", token.substring(0, token.length() - 4), token + "x"}) {
            try (var socket = RawSocket.open(world.port())) {
                socket.say(Device.frame("hello").put("token", bad));
                assertEquals(4401, socket.awaitClose(QUICKLY));
                assertEquals("unauthenticated", error(socket));
            }
        }
    }

    private static String error(final RawSocket socket) {
        return socket.await("error", frame -> RawSocket.isOf(frame, "error"))
                .path("code")
                .asText();
    }

    @Test
    @Tag("slow")
    void who_says_nothing_is_closed() {
        final long began = System.nanoTime();
        final var silent = world.person("ada").fallsSilent();
        try (var socket = RawSocket.open(world.port())) {
            assertEquals(4401, socket.awaitClose(Duration.ofSeconds(15)));
            assertTrue(System.nanoTime() - began > 9_000_000_000L);
        }
        assertEquals(4408, silent.socket().awaitClose(Duration.ofSeconds(20)));
        assertTrue(System.nanoTime() - began > 14_000_000_000L);
    }

    @Test
    void ten_frames_that_cannot_be_read_are_too_many() {
        final var ada = world.person("ada");
        for (int i = 0; i < 9; i++) {
            ada.socket()
                    .sayRaw(i % 2 == 0 ? "{\"type\":\"heartbeat\",\"type\":\"heartbeat\"}" : "{\"type\":\"shout\"}");
        }
        ada.sends("still here", ada);
        assertEquals(9, ada.socket().frames("error").size());
        ada.socket().send(2, new byte[] {1, 2, 3}); // binary
        assertEquals(1008, ada.socket().awaitClose(QUICKLY));
        assertEquals(
                "bad-frame", ada.socket().frames("error").getLast().path("code").asText());
    }

    @Test
    void a_binary_frame_is_a_bad_frame() {
        final var ada = world.person("ada");
        ada.socket().send(2, new byte[1_000]);
        assertEquals("bad-frame", error(ada.socket()));
        ada.sends("still here", ada);
    }

    @Test
    void a_frame_too_large_ends_the_connection() {
        final var ada = world.person("ada");
        ada.socket().sayRaw("{\"type\":\"heartbeat\",\"x\":\"" + "y".repeat(65_536) + "\"}");
        assertEquals(1009, ada.socket().awaitClose(QUICKLY));
        final var bo = world.person("bo");
        final var largest = "{\"type\":\"heartbeat\",\"ref\":\"it\",\"x\":\"";
        bo.socket().sayRaw(largest + "y".repeat(65_536 - largest.length() - 2) + "\"}");
        bo.socket().await("heartbeat", frame -> frame.path("ref").asText().equals("it"));
    }

    @Test
    void text_that_is_not_utf_8_is_not_taken() {
        final var ada = world.person("ada");
        ada.socket().send(1, new byte[] {'{', (byte) 0xff, '}'});
        assertEquals(1007, ada.socket().awaitClose(QUICKLY)); // RFC 6455 §8.1
    }

    @Test
    void bytes_that_are_no_websocket_are_not_taken() {
        final var ada = world.person("ada");
        ada.socket().send(3, new byte[] {'{', '}'}); // an opcode that does not exist
        assertEquals(1002, ada.socket().awaitClose(QUICKLY)); // RFC 6455 §7.4.1
    }

    @Test
    void an_upgrade_needs_the_subprotocol_and_no_foreign_page_behind_it() {
        assertEquals(
                400,
                RawSocket.upgrade(world.port(), Map.of("Sec-WebSocket-Protocol", ""))
                        .status());
        assertEquals(
                400,
                RawSocket.upgrade(world.port(), Map.of("Sec-WebSocket-Protocol", "chat"))
                        .status());
        assertEquals(
                400,
                RawSocket.upgrade(world.port(), Map.of("Upgrade", "", "Connection", ""))
                        .status());
        assertEquals(
                403,
                RawSocket.upgrade(world.port(), Map.of("Origin", "https://evil.example"))
                        .status());
        assertEquals(
                403,
                RawSocket.upgrade(world.port(), Map.of("Host", "evil.example")).status());
        final var own = RawSocket.upgrade(world.port(), Map.of("Origin", "http://127.0.0.1:" + world.port()));
        assertEquals(101, own.status());
        own.socket().ifPresent(RawSocket::close);
    }
}
