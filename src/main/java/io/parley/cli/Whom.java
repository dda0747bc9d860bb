package io.parley.cli;

import io.parley.id.ConversationId;
import io.parley.id.UserId;
import io.parley.protocol.Addressing;
import io.parley.protocol.FrameException;
import io.parley.protocol.Target;

/// Whom a person named on the command line: a user, or a conversation by its id. Pure.
///
/// @param conversation the one meant
/// @param target       as the server is told
record Whom(ConversationId conversation, Target target) {
    private static boolean isConversation(final String spelt) {
        return spelt.indexOf('~') >= 0
                || (spelt.startsWith("g.") && UserId.parse(spelt).isEmpty());
    }

    static Whom parse(final String spelt, final UserId self) throws Stop {
        final Target target = isConversation(spelt) ? new Target.Conversation(spelt) : new Target.User(spelt);
        try {
            return new Whom(Addressing.conversation(self, target), target);
        } catch (final FrameException misspelt) {
            throw new Stop(
                    ExitCode.USAGE,
                    "'" + Printable.of(spelt) + "' is neither a user nor a conversation of yours: "
                            + misspelt.error().message());
        }
    }
}
