package io.parley.conversation;

import io.parley.id.MediaId;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/// A store of uploads that answers all alike and remembers what it was told.
final class FakeDesk implements MediaDesk {
    /// That uploads stand in the log.
    record Stored(Claim claim, long seq, List<MediaId> media) {}

    final List<Claim> claims = new CopyOnWriteArrayList<>();
    final List<Stored> stored = new CopyOnWriteArrayList<>();
    volatile CompletionStage<Outcome> answer = CompletableFuture.completedStage(new Outcome.Bound());

    @Override
    public CompletionStage<Outcome> bind(final Claim claim, final List<MediaId> media) {
        claims.add(claim);
        return answer;
    }

    @Override
    public void stored(final Claim claim, final long seq, final List<MediaId> media) {
        stored.add(new Stored(claim, seq, media));
    }
}
