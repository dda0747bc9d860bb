package io.parley.store;

import java.time.Duration;
import org.apache.pekko.actor.ClassicActorSystemProvider;

/// What blobs may take, as `parley.blobs` says.
///
/// @param unboundFor   how long an unbound blob stays after it was put last; at least a second
/// @param atOnce       writes under way at once, and reads
/// @param waiting      writes waiting behind those, and reads
/// @param waitingBytes of blobs in the writes that wait
/// @param timeLimit    from a call to its answer, waiting included
public record BlobBounds(Duration unboundFor, int atOnce, int waiting, long waitingBytes, Duration timeLimit) {
    public BlobBounds {
        if (unboundFor.toSeconds() < 1 || atOnce < 1 || waiting < 0 || waitingBytes < 0 || !timeLimit.isPositive()) {
            throw new IllegalArgumentException("parley.blobs: a second or more, one blob or more, and time for it");
        }
    }

    /// What the configuration of `system` allows.
    public static BlobBounds of(final ClassicActorSystemProvider system) {
        final var settings = system.classicSystem().settings().config().getConfig("parley.blobs");
        return new BlobBounds(
                settings.getDuration("unbound-for"),
                settings.getInt("at-once"),
                settings.getInt("waiting"),
                settings.getBytes("waiting-bytes"),
                settings.getDuration("time-limit"));
    }
}
