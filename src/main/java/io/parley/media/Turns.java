package io.parley.media;

import io.parley.id.MediaId;
import io.parley.media.MediaStore.Appended;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.SharedKillSwitch;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/// The connections that bring bytes to this node. Of each upload the newest has its turn: it ends the one
/// before, and waits until what that one brought is written.
///
/// Safe from any thread.
final class Turns {
    private final Map<MediaId, Turn> turns = new ConcurrentHashMap<>(); // as many as there are connections

    private record Turn(SharedKillSwitch stop, CompletableFuture<Done> over) {}

    /// Gives a connection its turn.
    ///
    /// @param receive takes its bytes, which fail when a newer connection comes
    CompletionStage<Appended> next(
            final MediaId id,
            final Source<ByteString, ?> bytes,
            final Function<Source<ByteString, ?>, CompletionStage<Appended>> receive) {
        final var mine = new Turn(KillSwitches.shared("upload"), new CompletableFuture<>());
        final var before = turns.put(id, mine);
        if (before != null) {
            before.stop().abort(new IOException("another connection goes on with this upload"));
        }
        final CompletionStage<Done> turn =
                before == null ? CompletableFuture.completedStage(Done.getInstance()) : before.over();
        return turn.thenCompose(_ -> receive.apply(bytes.via(mine.stop().flow())))
                .whenComplete((_, _) -> {
                    turns.remove(id, mine);
                    mine.over().complete(Done.getInstance());
                });
    }

    /// Ends the connection that brings bytes of this upload, if there is one.
    void end(final MediaId id, final String why) {
        final var last = turns.get(id);
        if (last != null) {
            last.stop().abort(new IOException(why));
        }
    }

    /// Whether a connection brings bytes of this upload, or may yet.
    boolean isTaken(final MediaId id) {
        return turns.containsKey(id);
    }

    /// How many connections there are.
    int count() {
        return turns.size();
    }
}
