package io.parley.conversation;

import io.parley.id.ConversationId;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// The uploads that messages carry, as a conversation uses them. First they are bound to the message that
/// waits, then the message is stored, then they are told where it stands: whatever dies in between, an upload
/// is never lost that an entry names, and one that no entry came to name is found by what it was bound to.
///
/// Safe from any thread.
public interface MediaDesk {
    /// To which message uploads are to belong.
    ///
    /// @param head the last entry before: the message stands after it or nowhere
    record Claim(ConversationId conversation, UserId author, MessageId message, long head) {}

    /// What became of a claim.
    sealed interface Outcome {
        /// All belong to this message now, or did before; durably.
        record Bound() implements Outcome {}

        /// Nothing more is bound than was: one of them is not there, not finished, for another conversation or
        /// of another person, which are not told apart.
        record Missing(MediaId media) implements Outcome {}

        /// Nothing more is bound than was: this one belongs to another message.
        record Taken(MediaId media) implements Outcome {}
    }

    /// Binds them, none or all. May be repeated. Fails if it is not known whether it was done.
    CompletionStage<Outcome> bind(Claim claim, List<MediaId> media);

    /// The message they are bound to stands in the log at `seq`. Nobody waits for this: where it fails, it is
    /// found out later.
    void stored(Claim claim, long seq, List<MediaId> media);
}
