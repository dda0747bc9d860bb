package io.parley.client;

import io.parley.content.Body;
import io.parley.content.Utf8;
import io.parley.id.ConversationId;
import io.parley.id.UserId;
import io.parley.protocol.Addressing;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.FrameException;
import io.parley.protocol.Limits;
import io.parley.protocol.Target;

/// What is refused before it is kept or sent: where a resend would break the link again and again, or could not
/// be written at all. Everything else the server judges.
final class Gate {
    private Gate() {}

    /// The conversation that a message goes into.
    ///
    /// @throws FrameException with what is wrong
    static ConversationId pass(final UserId self, final Target target, final Body body, final Limits limits)
            throws FrameException {
        final var bytes = Utf8.length(body.json().value());
        if (bytes == Utf8.NOT_ENCODABLE) {
            throw new FrameException(ErrorCode.INVALID, "the body holds a lone surrogate");
        }
        if (bytes > limits.bodyBytes()) {
            throw new FrameException(ErrorCode.TOO_LARGE, "the body has more than " + limits.bodyBytes() + " bytes");
        }
        return Addressing.conversation(self, target);
    }
}
