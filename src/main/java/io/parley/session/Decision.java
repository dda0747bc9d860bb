package io.parley.session;

import io.parley.conversation.ConversationCommand;
import io.parley.id.ConversationId;
import io.parley.protocol.CloseCode;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.ServerFrame;
import io.parley.user.UserCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// What a session is to do, in order.
final class Decision {
    /// Something to be done outside.
    sealed interface Effect {}

    /// A frame for the device.
    record Send(ServerFrame frame) implements Effect {}

    /// The end of the connection.
    record Close(CloseCode code, String reason) implements Effect {}

    /// Whose token is this? Answered by [SessionRules#authenticated] or [SessionRules#refused].
    record Authenticate(String token) implements Effect {}

    /// A message to the device's user, or to one who is watched.
    record TellUser(UserCommand message) implements Effect {}

    /// A message to a conversation.
    record TellConversation(ConversationCommand message) implements Effect {}

    /// Read the log; answered by [SessionRules#logRead].
    ///
    /// @param outside whether this device is outside the conversation's group
    record ReadLog(
            ConversationId conversation, long from, long to, boolean fromEnd, long head, boolean outside, long tag)
            implements Effect {}

    private final List<Effect> effects = new ArrayList<>(4);

    List<Effect> effects() {
        return effects;
    }

    void then(final Effect effect) {
        effects.add(effect);
    }

    void send(final ServerFrame frame) {
        effects.add(new Send(frame));
    }

    void tell(final UserCommand message) {
        effects.add(new TellUser(message));
    }

    void tell(final ConversationCommand message) {
        effects.add(new TellConversation(message));
    }

    void refuse(final ErrorCode code, final String message, final Optional<String> ref) {
        send(new ServerFrame.Refusal(code, message, ref, Optional.empty(), Optional.empty(), OptionalInt.empty()));
    }

    void refuse(
            final ErrorCode code, final String message, final Optional<String> ref, final ConversationId conversation) {
        send(new ServerFrame.Refusal(
                code, message, ref, Optional.empty(), Optional.of(conversation.value()), OptionalInt.empty()));
    }
}
