package io.parley.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.ProtocolException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// RFC 6455 as the client speaks it, against the RFC's own examples.
final class WebSocketFramesTest {
    private static ByteBuffer hex(final String digits) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(digits.replace(" ", "")));
    }

    @Test
    void frames_look_as_in_the_rfc() throws ProtocolException {
        assertEquals(
                hex("81 85 37 fa 21 3d 7f 9f 4d 51 58"),
                WebSocketFrames.masked(
                        WebSocketFrames.TEXT, "Hello".getBytes(StandardCharsets.UTF_8), 0x37fa213d)); // §5.7
        final var frame = WebSocketFrames.take(hex("81 05 48 65 6c 6c 6f")).orElseThrow();
        assertEquals("Hello", WebSocketFrames.text(frame.payload()));
        assertTrue(frame.isFinal());
        assertFalse(frame.isControl());
    }

    @Test
    void every_length_goes_there_and_back_and_nothing_is_taken_before_it_is_whole() throws ProtocolException {
        final var random = new SplittableRandom(1);
        for (final var length : new int[] {0, 1, 2, 3, 4, 5, 125, 126, 127, 65_535, 65_536, 100_000}) {
            final var payload = new byte[length];
            random.nextBytes(payload);
            final var mask = random.nextInt();
            final var bytes = WebSocketFrames.masked(WebSocketFrames.TEXT, payload, mask);
            final var unmasked = unmasked(bytes, mask, length);
            for (final var part : new int[] {0, 1, unmasked.limit() / 2, unmasked.limit() - 1}) {
                assertEquals(
                        Optional.empty(),
                        WebSocketFrames.take(unmasked.duplicate().limit(part)));
            }
            assertArrayEquals(
                    payload,
                    WebSocketFrames.take(unmasked).orElseThrow().payload().array());
            assertFalse(unmasked.hasRemaining());
        }
    }

    /// The same frame as a server would send it.
    private static ByteBuffer unmasked(final ByteBuffer masked, final int mask, final int length) {
        final var head = masked.limit() - length - Integer.BYTES;
        final var plain = ByteBuffer.allocate(head + length);
        plain.put(masked.get()).put((byte) (masked.get() & 0x7f));
        while (plain.position() < head) {
            plain.put(masked.get());
        }
        assertEquals(mask, masked.getInt());
        for (int i = 0; i < length; i++) {
            plain.put((byte) (masked.get() ^ (mask >>> (24 - 8 * (i & 3)))));
        }
        return plain.flip();
    }

    @Test
    void what_no_server_may_send_is_refused() {
        assertThrows(ProtocolException.class, () -> WebSocketFrames.take(hex("81 85 37 fa 21 3d 7f"))); // masked
        assertThrows(ProtocolException.class, () -> WebSocketFrames.take(hex("c1 00"))); // compressed, not agreed
        assertThrows(ProtocolException.class, () -> WebSocketFrames.take(hex("09 00"))); // a ping in pieces
        assertThrows(ProtocolException.class, () -> WebSocketFrames.take(hex("81 7f 00 00 00 00 7f ff ff ff")));
        assertThrows(ProtocolException.class, () -> WebSocketFrames.take(hex("81 7f ff ff ff ff ff ff ff ff")));
        assertThrows(ProtocolException.class, () -> WebSocketFrames.text(ByteBuffer.wrap(new byte[] {(byte) 0xc3})));
    }

    /// Gives the nonce of RFC 6455 §1.3.
    private static final RandomGenerator RFC = new RandomGenerator() {
        @Override
        public long nextLong() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void nextBytes(final byte[] bytes) {
            System.arraycopy("the sample nonce".getBytes(StandardCharsets.US_ASCII), 0, bytes, 0, bytes.length);
        }
    };

    private static boolean granted(final String answer) throws ProtocolException {
        return new Handshake(URI.create("http://localhost:80"), RFC)
                .granted(ByteBuffer.wrap(answer.getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void the_handshake_is_that_of_the_rfc_and_takes_no_other_answer() throws ProtocolException {
        final var request =
                new String(new Handshake(URI.create("http://localhost:80"), RFC).request(), StandardCharsets.US_ASCII);
        assertTrue(request.startsWith("GET /v1/ws HTTP/1.1\r\nHost: localhost:80\r\n"), request);
        assertTrue(request.contains("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"), request);
        assertTrue(request.endsWith("Sec-WebSocket-Protocol: parley.v1\r\n\r\n"), request);

        final var good =
                "HTTP/1.1 101 Switching Protocols\r\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: parley.v1\r\n\r\n";
        assertTrue(granted(good));
        assertFalse(granted(good.substring(0, good.length() - 1)));
        assertThrows(ProtocolException.class, () -> granted(good.replace("s3pP", "s3pQ")));
        assertThrows(ProtocolException.class, () -> granted(good.replace("parley.v1", "chat")));
        assertThrows(ProtocolException.class, () -> granted(good.replace("101", "200")));
        assertThrows(ProtocolException.class, () -> granted("x".repeat(20_000)));
    }
}
