package io.parley.client;

import io.parley.id.ConversationId;
import io.parley.id.MessageId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A [ClientStore] in memory: outlives the client that uses it, not the process.
public final class MemoryStore implements ClientStore {
    /// As many as a client remembers by itself; beyond, the longest untouched conversation is forgotten.
    private static final int CONVERSATIONS_MAX = ClientSettings.DEFAULTS.conversations();

    private final Map<ConversationId, Progress> progress = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(final Map.Entry<ConversationId, Progress> eldest) {
            return size() > CONVERSATIONS_MAX;
        }
    };
    private final Map<MessageId, Unsent> unsent = new LinkedHashMap<>(); // bounded by the client's outbox

    @Override
    public synchronized Kept kept() {
        return new Kept(Map.copyOf(progress), List.copyOf(unsent.values()));
    }

    @Override
    public synchronized void progressed(final ConversationId conversation, final Progress now) {
        progress.put(conversation, now);
    }

    @Override
    public synchronized void queued(final Unsent message) {
        unsent.put(message.id(), message);
    }

    @Override
    public synchronized void settled(final MessageId id) {
        unsent.remove(id);
    }
}
