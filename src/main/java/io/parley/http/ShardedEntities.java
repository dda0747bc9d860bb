package io.parley.http;

import io.parley.cluster.ActorReplyTo;
import io.parley.cluster.ReplyTo;
import io.parley.conversation.ConversationCommand;
import io.parley.user.UserCommand;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;

/// The entities behind this node's shard regions. An entity's id is the value of the id its commands name.
public final class ShardedEntities implements Entities {
    private static final Duration AGAIN_AFTER = Duration.ofSeconds(1);

    private final ActorSystem<?> system;
    private final Supplier<ActorRef<ShardingEnvelope<ConversationCommand>>> conversations;
    private final Supplier<ActorRef<ShardingEnvelope<UserCommand>>> users;

    /// @param conversations the shard region of the conversations, asked for when it is needed
    /// @param users         the shard region of the inboxes, likewise
    public ShardedEntities(
            final ActorSystem<?> system,
            final Supplier<ActorRef<ShardingEnvelope<ConversationCommand>>> conversations,
            final Supplier<ActorRef<ShardingEnvelope<UserCommand>>> users) {
        this.system = system;
        this.conversations = conversations;
        this.users = users;
    }

    @Override
    public <R> CompletionStage<R> askConversation(
            final Function<ReplyTo<R>, ConversationCommand> command, final Duration patience) {
        return ask(conversations.get(), asker -> addressed(command.apply(asker)), patience);
    }

    @Override
    public <R> CompletionStage<R> askUser(final Function<ReplyTo<R>, UserCommand> command, final Duration patience) {
        return ask(users.get(), asker -> addressed(command.apply(asker)), patience);
    }

    /// Asks again, ever more rarely: an entity that moves to another node may never get a question. Whoever
    /// gets one twice answers it twice, and changes nothing the second time.
    private <M, R> CompletionStage<R> ask(
            final ActorRef<M> region, final Function<ReplyTo<R>, M> message, final Duration patience) {
        final var answer = new CompletableFuture<R>();
        attempt(region, message, patience, AGAIN_AFTER, answer);
        return answer;
    }

    private <M, R> void attempt(
            final ActorRef<M> region,
            final Function<ReplyTo<R>, M> message,
            final Duration left,
            final Duration pause,
            final CompletableFuture<R> answer) {
        final boolean last = left.compareTo(pause) <= 0;
        final CompletionStage<R> asked = AskPattern.ask(
                region, (ActorRef<R> asker) -> message.apply(new ActorReplyTo<>(asker)), left, system.scheduler());
        asked.whenComplete((reply, failure) -> {
            if (failure == null) {
                answer.complete(reply);
            } else if (last) {
                answer.completeExceptionally(failure);
            }
        });
        if (!last && !answer.isDone()) {
            final var next = system.scheduler()
                    .scheduleOnce(
                            pause,
                            () -> attempt(region, message, left.minus(pause), pause.multipliedBy(2), answer),
                            system.executionContext());
            final var _ = answer.whenComplete((_, _) -> next.cancel());
        }
    }

    private static ShardingEnvelope<ConversationCommand> addressed(final ConversationCommand command) {
        return new ShardingEnvelope<>(command.conversation().value(), command);
    }

    private static ShardingEnvelope<UserCommand> addressed(final UserCommand command) {
        return new ShardingEnvelope<>(command.user().value(), command);
    }
}
