package io.parley.conversation;

import io.parley.conversation.ConversationCommand.Found;
import io.parley.conversation.ConversationCommand.LookedUp;
import io.parley.id.ConversationId;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Looks through the log for one message, page by page, so that a search of any length holds one page in
/// memory.
final class LogSearch {
    private LogSearch() {}

    /// Never fails: a log that cannot be read is part of the answer.
    static CompletionStage<LookedUp> find(
            final ConversationLog log, final ConversationId id, final Decision.LookUp lookUp) {
        return find(log, id, lookUp, lookUp.from(), 0).exceptionally(_ -> failed(id, lookUp, 0));
    }

    private static CompletionStage<LookedUp> find(
            final ConversationLog log,
            final ConversationId id,
            final Decision.LookUp lookUp,
            final long from,
            final long read) {
        if (from > lookUp.to()) {
            return CompletableFuture.completedStage(
                    new LookedUp(id, lookUp.author(), lookUp.id(), Optional.empty(), read, false));
        }
        return log.read(id, from, lookUp.to()).thenCompose(entries -> {
            if (entries.isEmpty()) { // rows that must be there are not readable now
                return CompletableFuture.completedStage(failed(id, lookUp, read));
            }
            for (final var entry : entries) {
                if (entry.author().equals(lookUp.author()) && entry.id().equals(lookUp.id())) {
                    return CompletableFuture.completedStage(new LookedUp(
                            id,
                            lookUp.author(),
                            lookUp.id(),
                            Optional.of(new Found(entry.seq(), entry.time())),
                            read + entries.size(),
                            false));
                }
            }
            return find(log, id, lookUp, entries.getLast().seq() + 1, read + entries.size());
        });
    }

    private static LookedUp failed(final ConversationId id, final Decision.LookUp lookUp, final long read) {
        return new LookedUp(id, lookUp.author(), lookUp.id(), Optional.empty(), read, true);
    }
}
