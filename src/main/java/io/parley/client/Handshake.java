package io.parley.client;

import java.net.ProtocolException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// The HTTP upgrade to `parley.v1` (RFC 6455 §4): what is asked and whether the answer grants it. No sockets.
final class Handshake {
    private static final String SALT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int KEY_BYTES = 16;
    private static final int HEAD_BYTES_MAX = 16_384;
    private static final String SUBPROTOCOL = "parley.v1";

    private final URI base;
    private final String key;

    Handshake(final URI base, final RandomGenerator random) {
        this.base = base;
        final var bytes = new byte[KEY_BYTES];
        random.nextBytes(bytes);
        this.key = Base64.getEncoder().encodeToString(bytes);
    }

    byte[] request() {
        return """
                GET /v1/ws HTTP/1.1\r
                Host: %s\r
                Upgrade: websocket\r
                Connection: Upgrade\r
                Sec-WebSocket-Key: %s\r
                Sec-WebSocket-Version: 13\r
                Sec-WebSocket-Protocol: %s\r
                \r
                """.formatted(base.getRawAuthority(), key, SUBPROTOCOL).getBytes(StandardCharsets.US_ASCII);
    }

    /// Takes the answer's head out of `in` (ready to be read from). Whether it was all there.
    ///
    /// @throws ProtocolException if it does not grant the upgrade
    boolean granted(final ByteBuffer in) throws ProtocolException {
        final var head = head(in);
        if (head.isEmpty()) {
            return false;
        }
        final var lines = head.get().split("\r\n", -1);
        if (!lines[0].startsWith("HTTP/1.1 101")) {
            throw new ProtocolException("no upgrade: " + lines[0]);
        }
        if (!value(lines, "sec-websocket-accept").equals(Optional.of(accept()))) {
            throw new ProtocolException("no upgrade: the answer is to another question");
        }
        if (!value(lines, "sec-websocket-protocol").equals(Optional.of(SUBPROTOCOL))) {
            throw new ProtocolException("no upgrade: the server does not speak " + SUBPROTOCOL);
        }
        return true;
    }

    private static Optional<String> head(final ByteBuffer in) throws ProtocolException {
        final var start = in.position();
        for (int end = start + 3; end < in.limit(); end++) {
            if (in.get(end) == '\n' && in.get(end - 1) == '\r' && in.get(end - 2) == '\n' && in.get(end - 3) == '\r') {
                final var head = new byte[end + 1 - start];
                in.get(head);
                return Optional.of(new String(head, StandardCharsets.ISO_8859_1));
            }
        }
        if (in.remaining() > HEAD_BYTES_MAX) {
            throw new ProtocolException("no upgrade: an endless answer");
        }
        return Optional.empty();
    }

    private static Optional<String> value(final String[] lines, final String name) {
        for (final var line : lines) {
            final var at = line.indexOf(':');
            if (at > 0 && line.substring(0, at).toLowerCase(Locale.ROOT).equals(name)) {
                return Optional.of(line.substring(at + 1).trim());
            }
        }
        return Optional.empty();
    }

    private String accept() {
        try {
            final var digest =
                    MessageDigest.getInstance("SHA-1").digest((key + SALT).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (final NoSuchAlgorithmException impossible) { // every JDK has it
            throw new IllegalStateException(impossible);
        }
    }
}
