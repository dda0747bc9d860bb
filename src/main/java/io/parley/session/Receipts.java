package io.parley.session;

import io.parley.conversation.Watermark;
import io.parley.id.ConversationId;
import io.parley.id.UserId;
import io.parley.protocol.ServerFrame;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The receipts a device has been sent: none twice, none that falls, and none before the `sent` of the message
/// it covers.
final class Receipts {
    /// What is remembered of them; what is forgotten may be sent again, which clients ignore.
    private static final int REMEMBERED_MAX = 1_000;

    private record Key(ConversationId conversation, UserId user) {}

    private final Map<Key, Watermark> told = new LinkedHashMap<>(16, 0.75f, true) {
        @java.io.Serial
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(final Map.Entry<Key, Watermark> eldest) {
            return size() > REMEMBERED_MAX;
        }
    };

    /// Held back until this device's own sends are answered: at most as many as sends are in flight.
    private final Map<Key, Watermark> held = new HashMap<>();

    void moved(
            final ConversationId conversation,
            final Watermark reached,
            final Sending sending,
            final Decision decision) {
        if (reached.delivered() == 0 && reached.read() == 0) {
            return; // that somebody has come nowhere is no news
        }
        final var key = new Key(conversation, reached.user());
        if (sending.mayCover(conversation, reached.delivered())) {
            held.merge(key, reached, Watermark::max);
        } else {
            tell(key, reached, decision);
        }
    }

    /// A send of this device has been answered.
    void release(final ConversationId conversation, final Sending sending, final Decision decision) {
        if (held.isEmpty()) {
            return;
        }
        final var free = held.entrySet().stream()
                .filter(each -> each.getKey().conversation().equals(conversation)
                        && !sending.mayCover(conversation, each.getValue().delivered()))
                .toList();
        for (final var each : free) {
            held.remove(each.getKey());
            tell(each.getKey(), each.getValue(), decision);
        }
    }

    private void tell(final Key key, final Watermark reached, final Decision decision) {
        final var before = told.get(key);
        if (before != null && reached.isCoveredBy(before)) {
            return;
        }
        final var now = before == null ? reached : reached.max(before);
        told.put(key, now);
        decision.send(frame(key.conversation(), now, Optional.empty()));
    }

    static ServerFrame frame(final ConversationId conversation, final Watermark reached, final Optional<String> ref) {
        return new ServerFrame.Receipt(
                conversation, reached.user(), reached.delivered(), reached.read(), List.of(), ref);
    }
}
