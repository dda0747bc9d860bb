package io.parley.mls;

import java.time.Instant;

/// Between which times a key package is good (§7.2).
///
/// @param notBeforeSeconds since 1970 in UTC; unsigned, so what is negative lies beyond all time
/// @param notAfterSeconds likewise
public record Lifetime(long notBeforeSeconds, long notAfterSeconds) {
    /// The first moment; one that is beyond what [Instant] can say is its last.
    public Instant notBefore() {
        return instant(notBeforeSeconds);
    }

    /// The last moment; likewise.
    public Instant notAfter() {
        return instant(notAfterSeconds);
    }

    /// Whether it is good at that moment.
    public boolean includes(final Instant now) {
        return !now.isBefore(notBefore()) && !now.isAfter(notAfter());
    }

    private static Instant instant(final long seconds) {
        return Long.compareUnsigned(seconds, Instant.MAX.getEpochSecond()) > 0
                ? Instant.MAX
                : Instant.ofEpochSecond(seconds);
    }
}
