package io.parley.protocol;

import io.parley.content.Body;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// A frame that a client sends. Users and conversations are still as the client spelt them: whether they exist,
/// and whether they are the client's business, [Addressing] and the entities say.
public sealed interface ClientFrame {
    /// Any string of at most 64 characters that the answer or error gives back.
    Optional<String> ref();

    /// First frame of a connection, within 10 s: who this is. Answered by `welcome`, the replay and
    /// `caught-up`.
    record Hello(String token, Optional<String> ref) implements ClientFrame {}

    /// Every 5 s: still here. Answered by `heartbeat` with the server's time.
    record Heartbeat(Optional<String> ref) implements ClientFrame {}

    /// A message to a person or into a conversation. Answered by `sent` once it is durably stored.
    ///
    /// @param media the uploads it carries
    /// @param after the highest `seq` of that conversation the client knew when it first tried, so that a
    ///              resend is recognised however late
    record Send(MessageId id, Target target, Body body, List<MediaId> media, OptionalLong after, Optional<String> ref)
            implements ClientFrame {}

    /// This device holds everything up to `seq`.
    record Delivered(String conversation, long seq, Optional<String> ref) implements ClientFrame {}

    /// The person has read everything up to `seq`; implies delivered.
    record Read(String conversation, long seq, Optional<String> ref) implements ClientFrame {}

    /// Asks for a page of history. Answered by `page`.
    record Pull(String conversation, PageRequest page, Optional<String> ref) implements ClientFrame {}

    /// Asks for the other members' watermarks; answered by a `receipt` for each and `receipts-end`.
    record Receipts(List<String> conversations, Optional<String> ref) implements ClientFrame {}

    /// The person is typing; online members are told.
    record Typing(String conversation, Optional<String> ref) implements ClientFrame {}

    /// Asks for `presence` of these users, now and on each change.
    record Watch(List<String> users, Optional<String> ref) implements ClientFrame {}

    /// Ends watching these users.
    record Unwatch(List<String> users, Optional<String> ref) implements ClientFrame {}
}
