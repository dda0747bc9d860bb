package io.parley.client;

import io.parley.id.MessageId;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/// Makes message ids: UUIDv7 (RFC 9562), so that they sort by time.
public final class MessageIds {
    private static final HexFormat HEX = HexFormat.of();

    private MessageIds() {}

    /// An id that nobody else has.
    public static MessageId fresh(final ClientRuntime runtime) {
        return next(runtime.clock().millis(), runtime.random());
    }

    static MessageId next(final long epochMillis, final RandomGenerator random) {
        final long high = (epochMillis << 16) | 0x7000 | (random.nextInt() & 0x0fff);
        final long low = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
        final var digits = HEX.toHexDigits(high) + HEX.toHexDigits(low);
        return new MessageId(digits.substring(0, 8)
                + '-'
                + digits.substring(8, 12)
                + '-'
                + digits.substring(12, 16)
                + '-'
                + digits.substring(16, 20)
                + '-'
                + digits.substring(20));
    }
}
