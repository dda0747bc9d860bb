package io.parley.http;

import io.parley.cluster.ReplyTo;
import io.parley.conversation.ConversationCommand;
import io.parley.user.UserCommand;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/// The way to conversations and inboxes, wherever in the cluster they live. Each command names its addressee.
/// Safe from any thread; never blocks.
public interface Entities {
    /// How long an answer is awaited: a little longer than any entity makes its askers wait.
    Duration PATIENCE = Duration.ofSeconds(7);

    /// Sends a command and gives what is answered; fails with [java.util.concurrent.TimeoutException] if
    /// nothing is within `patience`. Then nothing is known of what became of it.
    <R> CompletionStage<R> askConversation(Function<ReplyTo<R>, ConversationCommand> command, Duration patience);

    /// As [#askConversation(Function, Duration)], of an inbox.
    <R> CompletionStage<R> askUser(Function<ReplyTo<R>, UserCommand> command, Duration patience);

    /// With the usual [#PATIENCE].
    default <R> CompletionStage<R> askConversation(final Function<ReplyTo<R>, ConversationCommand> command) {
        return askConversation(command, PATIENCE);
    }

    /// With the usual [#PATIENCE].
    default <R> CompletionStage<R> askUser(final Function<ReplyTo<R>, UserCommand> command) {
        return askUser(command, PATIENCE);
    }
}
