package io.parley.conversation;

import io.parley.conversation.ConversationCommand.Found;
import io.parley.conversation.ConversationCommand.LookedUp;
import io.parley.id.ConversationId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Looks through the log for one message, page by page, so that a search of any length holds one page in
/// memory. It goes up to an entry that is known to be there: whatever of the way cannot be read is part of the
/// answer, and never taken for the log's end.
public final class LogSearch {
    /// Where entries are read.
    @FunctionalInterface
    public interface Log {
        /// The entries `from` to `to`, both included, ascending; at most a page of them, from the near side of
        /// `from`. Fails where they cannot be read now.
        CompletionStage<List<Entry>> read(ConversationId conversation, long from, long to);
    }

    /// What is looked for, and where: `from` to `to`, both included, both there.
    public record Wanted(ConversationId conversation, UserId author, MessageId message, long from, long to) {}

    /// What a search has found out.
    public sealed interface Outcome {
        /// How many entries were read for it.
        long read();

        /// There it stands.
        record Stands(Found at, long read) implements Outcome {}

        /// It stands nowhere there: every entry was looked at.
        record Absent(long read) implements Outcome {}

        /// It is not known now: some entries that must be there could not be read.
        record Unknown(long read) implements Outcome {}
    }

    private final Log log;
    private final Wanted wanted;

    private LogSearch(final Log log, final Wanted wanted) {
        this.log = log;
        this.wanted = wanted;
    }

    /// Looks for it. Never fails: a log that cannot be read is part of the answer.
    public static CompletionStage<Outcome> find(final Log log, final Wanted wanted) {
        return new LogSearch(log, wanted).from(wanted.from(), 0).exceptionally(_ -> new Outcome.Unknown(0));
    }

    /// What a conversation wants to know, as it is told.
    static CompletionStage<LookedUp> find(final Log log, final ConversationId id, final Decision.LookUp lookUp) {
        final var wanted = new Wanted(id, lookUp.author(), lookUp.id(), lookUp.from(), lookUp.to());
        return find(log, wanted).thenApply(outcome -> switch (outcome) {
            case Outcome.Stands(final var at, final long read) ->
                new LookedUp(id, lookUp.author(), lookUp.id(), Optional.of(at), read, false);
            case Outcome.Absent(final long read) ->
                new LookedUp(id, lookUp.author(), lookUp.id(), Optional.empty(), read, false);
            case Outcome.Unknown(final long read) ->
                new LookedUp(id, lookUp.author(), lookUp.id(), Optional.empty(), read, true);
        });
    }

    private CompletionStage<Outcome> from(final long from, final long read) {
        if (from > wanted.to()) {
            return CompletableFuture.completedStage(new Outcome.Absent(read));
        }
        return log.read(wanted.conversation(), from, wanted.to()).thenCompose(entries -> {
            long next = from;
            for (final var entry : entries) {
                if (entry.author().equals(wanted.author()) && entry.id().equals(wanted.message())) {
                    return CompletableFuture.completedStage(
                            new Outcome.Stands(new Found(entry.seq(), entry.time()), read + entries.size()));
                }
                if (entry.seq() != next) { // numbers have no gaps: what is missing cannot be read now
                    return CompletableFuture.completedStage(new Outcome.Unknown(read + entries.size()));
                }
                next++;
            }
            return entries.isEmpty()
                    ? CompletableFuture.completedStage(new Outcome.Unknown(read))
                    : from(next, read + entries.size());
        });
    }
}
