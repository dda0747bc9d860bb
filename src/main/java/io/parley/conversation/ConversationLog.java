package io.parley.conversation;

import io.parley.conversation.ConversationCommand.CommitFiles;
import io.parley.id.ConversationId;
import io.parley.store.JournalReader;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/// The log of conversations, read beside their entities from the journal itself: what an entity has answered
/// for is durable, so it is there.
public final class ConversationLog {
    private final JournalReader journal;

    /// The log in `journal`.
    public ConversationLog(final JournalReader journal) {
        this.journal = journal;
    }

    /// The entries `from` to `to`, both included, ascending; at most a page of them, from the near side of
    /// `from`.
    ///
    /// Fails where the journal cannot be read now.
    public CompletionStage<List<Entry>> read(final ConversationId conversation, final long from, final long to) {
        return read(conversation, from, to, Pages.ENTRIES_MAX);
    }

    CompletionStage<List<Entry>> read(
            final ConversationId conversation, final long from, final long to, final int limit) {
        return journal.read(Conversation.persistenceId(conversation).id(), from, to, limit)
                .thenApply(stored -> stored.stream()
                        .map(each -> Entry.of(each.seq(), (ConversationEvent) each.event()))
                        .toList());
    }

    /// What the commit at `seq`, which must be there, names; empty: what stands there is none.
    ///
    /// Fails where the journal cannot be read now.
    public CompletionStage<Optional<CommitFiles>> commitFiles(final ConversationId conversation, final long seq) {
        return journal.read(Conversation.persistenceId(conversation).id(), seq, seq, 1)
                .thenApply(
                        stored -> switch ((ConversationEvent) stored.getFirst().event()) {
                            case ConversationEvent.CommitPosted commit ->
                                Optional.of(new CommitFiles(commit.welcome(), commit.groupInfo(), commit.tree()));
                            case ConversationEvent.MessagePosted _ -> Optional.empty();
                        });
    }

    /// The entries of a page that an entity has pointed to, cut to the size of a page on its far side.
    public CompletionStage<List<Entry>> page(
            final ConversationId conversation, final long from, final long to, final boolean fromEnd) {
        return read(conversation, from, to).thenApply(entries -> Pages.cut(entries, fromEnd));
    }
}
