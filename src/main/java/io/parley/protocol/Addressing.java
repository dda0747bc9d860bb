package io.parley.protocol;

import io.parley.id.ConversationId;
import io.parley.id.UserId;

/// From how a client spelt a conversation to the conversation meant, or the refusal the protocol prescribes: a
/// direct id that does not name the caller is `forbidden` (checked first), unsorted or misspelt `invalid`, a
/// group id of the right form is left to the group to judge.
public final class Addressing {
    private Addressing() {}

    /// The conversation `target` means when `caller` writes to it.
    public static ConversationId conversation(final UserId caller, final Target target) throws FrameException {
        return switch (target) {
            case Target.User(final var user) ->
                ConversationId.between(
                        caller,
                        UserId.parse(user)
                                .orElseThrow(
                                        () -> new FrameException(
                                                ErrorCode.INVALID,
                                                "'to' is not a user id: 2 to 32 of a-z 0-9 . _ -, beginning with a letter or digit")));
            case Target.Conversation(final var conversation) -> conversation(caller, conversation);
        };
    }

    /// The conversation that `spelt` names, if it may be `caller`'s.
    public static ConversationId conversation(final UserId caller, final String spelt) throws FrameException {
        final int at = spelt.indexOf('~');
        if (at >= 0) {
            final var first = spelt.substring(0, at);
            final var second = spelt.substring(at + 1);
            if (!first.equals(caller.value()) && !second.equals(caller.value())) {
                throw new FrameException(ErrorCode.FORBIDDEN, "this conversation is not yours");
            }
        }
        return ConversationId.parse(spelt)
                .orElseThrow(
                        () -> new FrameException(
                                ErrorCode.INVALID,
                                "'conversation' is not a conversation id: two user ids in ASCII order with ~ between, or g. and a UUID"));
    }
}
