package io.parley.media;

import io.parley.conversation.MediaDesk.Claim;
import java.time.Instant;
import java.util.OptionalLong;

/// How far an upload has come.
public sealed interface Standing {
    /// Some of its bytes are missing.
    ///
    /// @param offset  how many are there: the next one to come
    /// @param expires when it is thrown away if no more come
    record Unfinished(long offset, Instant expires) implements Standing {}

    /// All bytes are there, and are what was promised.
    ///
    /// @param expires when it is thrown away if no message carries it
    record Finished(Instant expires) implements Standing {}

    /// A message carries it, or may come to.
    ///
    /// @param seq where that stands in the log; empty: not told yet
    record Claimed(Claim by, Instant at, OptionalLong seq) implements Standing {}

    /// Whether all of its bytes are there.
    default boolean isWhole() {
        return !(this instanceof Unfinished);
    }
}
