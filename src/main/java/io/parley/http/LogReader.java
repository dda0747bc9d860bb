package io.parley.http;

import io.parley.conversation.Entry;
import io.parley.id.ConversationId;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// Reads a conversation's log beside the conversation, from where it durably stands.
@FunctionalInterface
public interface LogReader {
    /// All entries `from` to `to`, both included, ascending. Asked only for entries the conversation has said
    /// are there, at most [io.parley.conversation.Pages#ENTRIES_MAX] at once. Fails if they cannot be read now.
    CompletionStage<List<Entry>> read(ConversationId conversation, long from, long to);
}
