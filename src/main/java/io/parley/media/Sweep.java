package io.parley.media;

import io.parley.conversation.MediaDesk.Claim;
import io.parley.id.MediaId;
import io.parley.media.MediaStore.Found;
import io.parley.media.MediaStore.Swept;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/// A look at what no stored message is known to carry: what of it goes, and what is settled.
///
/// @param unsure how long a claim is left alone
/// @param discard deletes an upload unless a message has it by now: whether it did
/// @param sought finds the message in its log: its `seq`, or none if it was never stored
record Sweep(
        MediaStore store,
        Instant now,
        Duration unsure,
        Function<MediaId, CompletionStage<Boolean>> discard,
        Function<Claim, CompletionStage<Optional<Long>>> sought) {
    private static final Swept FAILED = new Swept(0, 0, 0, 1);
    private static final CompletionStage<Swept> NOTHING = CompletableFuture.completedStage(Swept.NOTHING);

    /// Looks at all of these, one after the other: nobody waits for it.
    CompletionStage<Swept> over(final List<MediaId> all) {
        CompletionStage<Swept> swept = NOTHING;
        for (final var id : all) {
            swept = swept.thenCompose(
                    some -> over(id).exceptionally(_ -> FAILED).thenApply(some::and));
        }
        return swept;
    }

    private CompletionStage<Swept> over(final MediaId id) {
        return store.find(id).thenCompose(found -> switch (found.map(Found::standing)
                .orElse(null)) {
            case null -> NOTHING;
            case Standing.Unfinished(final var _, final var expires) -> expired(id, expires);
            case Standing.Finished(final var expires) -> expired(id, expires);
            case Standing.Claimed(final var _, final var _, final var seq)
            when seq.isPresent() -> kept(id, seq.getAsLong());
            case Standing.Claimed(final var by, final var at, final var _) ->
                at.plus(unsure).isAfter(now)
                        ? NOTHING
                        : sought.apply(by).thenCompose(seq -> seq.isPresent() ? kept(id, seq.get()) : orphaned(id));
        });
    }

    private CompletionStage<Swept> expired(final MediaId id, final Instant expires) {
        return expires.isAfter(now)
                ? NOTHING
                : discard.apply(id).thenApply(isGone -> isGone ? new Swept(1, 0, 0, 0) : Swept.NOTHING);
    }

    private CompletionStage<Swept> kept(final MediaId id, final long seq) {
        return store.stored(seq, List.of(id)).thenApply(_ -> new Swept(0, 1, 0, 0));
    }

    private CompletionStage<Swept> orphaned(final MediaId id) {
        return store.delete(id).thenApply(_ -> new Swept(0, 0, 1, 0));
    }
}
