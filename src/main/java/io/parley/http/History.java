package io.parley.http;

import io.parley.account.Caller;
import io.parley.conversation.ConversationCommand;
import io.parley.conversation.Entry;
import io.parley.conversation.PageQuery;
import io.parley.conversation.PageReply;
import io.parley.conversation.Pages;
import io.parley.id.ConversationId;
import io.parley.session.Frames;
import io.parley.session.Outsider;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Pages of conversations: from the conversation's memory, or from the log where it points there.
final class History {
    /// A page.
    ///
    /// @param entries ascending by `seq`, without gaps
    /// @param head    the conversation's end
    record Page(List<Entry> entries, long head) {}

    private final Entities entities;
    private final LogReader log;

    History(final Entities entities, final LogReader log) {
        this.entities = entities;
        this.log = log;
    }

    /// The page `query` asks for, as far as it is `reader`'s to read. Fails with [Refused].
    CompletionStage<Page> page(final Caller reader, final ConversationId conversation, final PageQuery query) {
        return entities.<PageReply>askConversation(replyTo -> new ConversationCommand.ReadPage(
                        conversation, reader.user(), Optional.of(reader.device()), query, 0, replyTo))
                .thenCompose(reply -> switch (reply) {
                    case PageReply.Page page ->
                        CompletableFuture.completedStage(
                                new Page(Outsider.seen(page.entries(), reader.device(), page.outside()), page.head()));
                    case PageReply.InLog in ->
                        read(conversation, in.from(), in.to())
                                .thenApply(entries -> Pages.cut(entries, in.fromEnd()))
                                .thenApply(entries ->
                                        new Page(Outsider.seen(entries, reader.device(), in.outside()), in.head()));
                    case PageReply.UnknownUser unknown -> throw new Refused(Frames.unknownUser(unknown.user()));
                    case PageReply.NotAMember _ -> throw new Refused(Frames.notFound());
                    case PageReply.Unavailable _ -> throw new Refused(Frames.unavailable());
                });
    }

    /// One entry of which is known that it is there, and that it may be read.
    CompletionStage<Entry> entry(final ConversationId conversation, final long seq) {
        return read(conversation, seq, seq).thenApply(List::getFirst);
    }

    private CompletionStage<List<Entry>> read(final ConversationId conversation, final long from, final long to) {
        return log.read(conversation, from, to).thenApply(entries -> {
            if (entries.size() != to - from + 1
                    || entries.getFirst().seq() != from
                    || entries.getLast().seq() != to) {
                throw new Refused(Frames.unavailable()); // a reader that lags must not make a gap
            }
            return entries;
        });
    }
}
