package io.parley;

import io.parley.conversation.MediaDesk;
import io.parley.id.MediaId;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Of a node that takes no uploads: none is ever there.
final class NoMedia implements MediaDesk {
    @Override
    public CompletionStage<Outcome> bind(final Claim claim, final List<MediaId> media) {
        return CompletableFuture.completedStage(new Outcome.Missing(media.getFirst()));
    }

    @Override
    public void stored(final Claim claim, final long seq, final List<MediaId> media) {
        throw new IllegalStateException("nothing can be bound here");
    }
}
