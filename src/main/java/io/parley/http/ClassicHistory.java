package io.parley.http;

import io.parley.account.Caller;
import io.parley.conversation.Entry;
import io.parley.conversation.PageQuery;
import io.parley.conversation.Pages;
import io.parley.id.ConversationId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// The classic call: the log seen newest first, only entries later than a time, some skipped, some taken;
/// returned ascending. Since the time never decreases within a conversation, what is late enough is the log's
/// end from some entry on, which is found by halving: some 17 entries read for a log of 100,000.
final class ClassicHistory {
    /// What is asked.
    ///
    /// @param offset how many of the newest to skip
    /// @param count  how many to take, 1 to [Pages#ENTRIES_MAX]
    /// @param after  only entries later than this
    record Asked(long offset, int count, Optional<Instant> after) {}

    private final History history;

    ClassicHistory(final History history) {
        this.history = history;
    }

    /// The entries asked for, all of them even where they exceed the bytes of a page. Fails with [Refused].
    CompletionStage<History.Page> read(final Caller reader, final ConversationId conversation, final Asked asked) {
        final var log = new Log(reader, conversation);
        return log.page(new PageQuery.Newest(asked.count())).thenCompose(newest -> {
            final long head = newest.head();
            final long to = head - asked.offset();
            if (to < 1) {
                return CompletableFuture.completedStage(new History.Page(List.of(), head));
            }
            return log.lowestLater(asked.after(), newest).thenCompose(lowest -> {
                final long from = Math.max(lowest, to - asked.count() + 1);
                return log.gather(from, to, newest.entries()).thenApply(entries -> new History.Page(entries, head));
            });
        });
    }

    /// The log as the reader may see it.
    private final class Log {
        private final Caller reader;
        private final ConversationId conversation;

        Log(final Caller reader, final ConversationId conversation) {
            this.reader = reader;
            this.conversation = conversation;
        }

        CompletionStage<History.Page> page(final PageQuery query) {
            return history.page(reader, conversation, query);
        }

        /// The `seq` of the first entry later than `after`, beyond the head if none is. Mostly the newest page
        /// shows it.
        CompletionStage<Long> lowestLater(final Optional<Instant> after, final History.Page newest) {
            if (after.isEmpty() || newest.entries().isEmpty()) {
                return CompletableFuture.completedStage(1L);
            }
            final var tooEarly = newest.entries().stream()
                    .filter(entry -> !entry.time().isAfter(after.get()))
                    .mapToLong(Entry::seq)
                    .max();
            return tooEarly.isPresent()
                    ? CompletableFuture.completedStage(tooEarly.getAsLong() + 1)
                    : halve(0, newest.entries().getFirst().seq(), after.get());
        }

        /// @param early an entry that is not later, or 0
        /// @param late  an entry that is
        private CompletionStage<Long> halve(final long early, final long late, final Instant after) {
            if (late - early <= 1) {
                return CompletableFuture.completedStage(late);
            }
            final long middle = early + (late - early) / 2;
            return page(new PageQuery.After(middle - 1, 1))
                    .thenCompose(page -> page.entries().getFirst().time().isAfter(after)
                            ? halve(early, middle, after)
                            : halve(middle, late, after));
        }

        /// The entries `from` to `to`, both included, from as many pages as it takes.
        ///
        /// @param held the end of the log, as far as it has been read
        CompletionStage<List<Entry>> gather(final long from, final long to, final List<Entry> held) {
            final var wanted = held.stream()
                    .filter(entry -> entry.seq() >= from && entry.seq() <= to)
                    .toList();
            return from > to ? CompletableFuture.completedStage(List.of()) : before(from, to + 1, wanted);
        }

        /// @param end   one beyond the highest that is wanted
        /// @param there what has been read, the highest of them
        private CompletionStage<List<Entry>> before(final long from, final long end, final List<Entry> there) {
            final long next = there.isEmpty() ? end : there.getFirst().seq();
            if (next <= from) {
                return CompletableFuture.completedStage(there);
            }
            final int missing = (int) Math.min(Pages.ENTRIES_MAX, next - from);
            return page(new PageQuery.Before(next, missing)).thenCompose(page -> {
                final var more = new ArrayList<>(page.entries());
                more.addAll(there);
                return before(from, end, List.copyOf(more));
            });
        }
    }
}
