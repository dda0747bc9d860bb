package io.parley.media;

import io.parley.conversation.MediaDesk.Claim;
import io.parley.conversation.MediaDesk.Outcome;
import io.parley.id.MediaId;
import io.parley.media.MediaStore.Found;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Which message may have an upload.
final class Claims {
    /// Too short a time to be sent: who claims an upload and who sweeps it away must not meet.
    private static final Duration ABOUT_TO_GO = Duration.ofMinutes(1);

    private Claims() {}

    /// Why an upload cannot be bound; empty: it can, or is already.
    ///
    /// @param found  the upload of this id, as it stands now
    /// @param unsure how long a claim is left alone before a sweep looks for its message
    static Optional<Outcome> obstacle(
            final MediaId id,
            final Optional<Found> found,
            final Claim claim,
            final Instant now,
            final Duration unsure) {
        if (found.isEmpty() || !isFor(found.get().upload(), claim)) {
            return Optional.of(new Outcome.Missing(id));
        }
        return switch (found.get().standing()) {
            case Standing.Unfinished _ -> Optional.of(new Outcome.Missing(id));
            case Standing.Finished(final var expires) ->
                expires.isAfter(now.plus(ABOUT_TO_GO)) // otherwise a sweep may be at it
                        ? Optional.empty()
                        : Optional.of(new Outcome.Missing(id));
            case Standing.Claimed claimed when !isSame(claimed.by(), claim) -> Optional.of(new Outcome.Taken(id));
            case Standing.Claimed(final var _, final var at, final var seq) ->
                seq.isPresent() || at.plus(unsure).isAfter(now.plus(ABOUT_TO_GO)) // otherwise a sweep may be at it
                        ? Optional.empty()
                        : Optional.of(new Outcome.Missing(id));
        };
    }

    private static boolean isFor(final Upload upload, final Claim claim) {
        return upload.owner().equals(claim.author()) && upload.conversation().equals(claim.conversation());
    }

    /// Whether both are of one message, which may be sent again with another head of the log.
    private static boolean isSame(final Claim one, final Claim other) {
        return one.conversation().equals(other.conversation())
                && one.author().equals(other.author())
                && one.message().equals(other.message());
    }
}
