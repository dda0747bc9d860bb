package io.parley.conversation;

import io.parley.conversation.ConversationCommand.MediaBound;
import io.parley.id.MediaId;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/// Has uploads bound to a message, and says in the entity's own words what became of it.
final class MediaBinding {
    private MediaBinding() {}

    /// Never fails: that it failed is an answer too.
    static CompletionStage<MediaBound> bind(final MediaDesk desk, final Decision.BindMedia wanted) {
        return desk.bind(wanted.claim(), wanted.media())
                .thenApply(outcome -> switch (outcome) {
                    case MediaDesk.Outcome.Bound() -> bound(wanted, Optional.empty(), Optional.empty(), false);
                    case MediaDesk.Outcome.Missing(final var media) ->
                        bound(wanted, Optional.of(media), Optional.empty(), false);
                    case MediaDesk.Outcome.Taken(final var media) ->
                        bound(wanted, Optional.empty(), Optional.of(media), false);
                })
                .exceptionally(_ -> bound(wanted, Optional.empty(), Optional.empty(), true));
    }

    private static MediaBound bound(
            final Decision.BindMedia wanted,
            final Optional<MediaId> missing,
            final Optional<MediaId> taken,
            final boolean failed) {
        final var claim = wanted.claim();
        return new MediaBound(
                claim.conversation(), claim.author(), claim.message(), wanted.media(), missing, taken, failed);
    }
}
