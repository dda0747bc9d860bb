package io.parley.session;

import io.parley.id.ConversationId;
import io.parley.user.Delivery;
import io.parley.user.UserCommand;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What the device has acknowledged and its user has not confirmed as durable: said at once, and again until
/// confirmed.
final class Acknowledging {
    private static final Duration AGAIN = Duration.ofSeconds(2);

    /// Conversations repeated in one go.
    private static final int REPEAT_MAX = 200;

    private record Said(long cursor, long delivered, long read, Instant at) {}

    private final Identity self;
    private final Map<ConversationId, Said> unconfirmed = new HashMap<>();

    Acknowledging(final Identity self) {
        this.self = self;
    }

    void say(
            final ConversationId id,
            final long cursor,
            final long delivered,
            final long read,
            final Instant now,
            final Decision decision) {
        final var before = unconfirmed.get(id);
        final var said = before == null
                ? new Said(cursor, delivered, read, now)
                : new Said(
                        Math.max(before.cursor(), cursor),
                        Math.max(before.delivered(), delivered),
                        Math.max(before.read(), read),
                        now);
        unconfirmed.put(id, said);
        tell(id, said, decision);
    }

    void confirmed(final Delivery.OwnMoved moved) {
        final var said = unconfirmed.get(moved.conversation());
        if (said != null
                && moved.cursor() >= said.cursor()
                && moved.reached().delivered() >= said.delivered()
                && moved.reached().read() >= said.read()) {
            unconfirmed.remove(moved.conversation());
        }
    }

    void tick(final Instant now, final Decision decision) {
        unconfirmed.entrySet().stream()
                .filter(said -> !now.isBefore(said.getValue().at().plus(AGAIN)))
                .limit(REPEAT_MAX)
                .toList()
                .forEach(said -> {
                    final var what = said.getValue();
                    said.setValue(new Said(what.cursor(), what.delivered(), what.read(), now));
                    tell(said.getKey(), what, decision);
                });
    }

    private void tell(final ConversationId id, final Said said, final Decision decision) {
        decision.tell(new UserCommand.Acknowledge(
                self.user(), self.device(), id, said.cursor(), said.delivered(), said.read(), Optional.empty()));
    }
}
