package io.parley.http;

import io.parley.conversation.ConversationCommand.CommitFiles;
import io.parley.id.ConversationId;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/// What commits name that stand in a conversation's log, read beside the conversation.
@FunctionalInterface
public interface StoredCommits {
    /// What goes with the commit at `seq`, which the conversation has said is there; empty: it is none. Fails
    /// if it cannot be read now.
    CompletionStage<Optional<CommitFiles>> files(ConversationId conversation, long seq);
}
