package io.parley;

import io.parley.conversation.ConversationCommand;
import io.parley.user.UserCommand;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.jspecify.annotations.Nullable;

/// The way to every conversation and user, wherever in the cluster it lives. Conversations and users name each
/// other, so it is made before either region is; both are there before anything is sent.
final class Shards {
    @Nullable
    private volatile ActorRef<ShardingEnvelope<ConversationCommand>> conversations;

    @Nullable
    private volatile ActorRef<ShardingEnvelope<UserCommand>> users;

    private volatile boolean silent;

    void conversationsAre(final ActorRef<ShardingEnvelope<ConversationCommand>> region) {
        conversations = region;
    }

    void usersAre(final ActorRef<ShardingEnvelope<UserCommand>> region) {
        users = region;
    }

    /// Nothing is sent any more: the entities are about to be handed over, and a region that stops would keep
    /// what comes for one that is gone, and wait. All that entities tell each other is told again where it is
    /// needed.
    void fallSilent() {
        silent = true;
    }

    void tell(final ConversationCommand command) {
        if (silent) {
            return;
        }
        conversations().tell(new ShardingEnvelope<>(command.conversation().value(), command));
    }

    void tell(final UserCommand command) {
        if (silent) {
            return;
        }
        users().tell(new ShardingEnvelope<>(command.user().value(), command));
    }

    ActorRef<ShardingEnvelope<ConversationCommand>> conversations() {
        final var region = conversations;
        if (region == null) {
            throw new IllegalStateException("the conversations' region is not started");
        }
        return region;
    }

    ActorRef<ShardingEnvelope<UserCommand>> users() {
        final var region = users;
        if (region == null) {
            throw new IllegalStateException("the users' region is not started");
        }
        return region;
    }
}
