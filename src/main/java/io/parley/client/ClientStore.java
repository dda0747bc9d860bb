package io.parley.client;

import io.parley.content.Body;
import io.parley.id.ConversationId;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.protocol.Target;
import java.util.List;
import java.util.Map;

/// Where a client keeps what must outlive its links, and on a disk also its process: how far it has come in
/// each conversation, and the messages not answered yet. [MemoryStore] keeps it as long as the process lives.
///
/// Called in order, one call at a time, with the client's lock held: be quick, or gather and write behind. A
/// message is sent only after [#queued] has returned, and acknowledged only after [#progressed] has.
public interface ClientStore {
    /// How far a device has come in a conversation. All cumulative; 0: nothing.
    ///
    /// @param head          the highest `seq` known
    /// @param delivered     the highest `seq` up to which the listener has taken everything
    /// @param read          the highest `seq` the person has read
    /// @param readConfirmed the highest `read` the server has confirmed
    record Progress(long head, long delivered, long read, long readConfirmed) {}

    /// A message that has not been answered.
    ///
    /// @param media the uploads it carries
    /// @param after the highest `seq` of the conversation known when it was handed over; 0: none
    record Unsent(MessageId id, Target target, Body body, List<MediaId> media, long after) {
        public Unsent {
            media = List.copyOf(media);
        }
    }

    /// All that is kept.
    ///
    /// @param unsent in the order they were queued
    record Kept(Map<ConversationId, Progress> progress, List<Unsent> unsent) {}

    /// What is kept; asked once, when a client is opened on it.
    Kept kept();

    /// Replaces what is kept of a conversation.
    void progressed(ConversationId conversation, Progress progress);

    /// Keeps a message, behind those kept already.
    void queued(Unsent message);

    /// Forgets a message: it was stored by the server, or refused for good.
    void settled(MessageId id);
}
