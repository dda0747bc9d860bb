package io.parley.client;

import io.parley.id.ConversationId;
import io.parley.id.UserId;
import io.parley.protocol.ServerFrame;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The highest watermarks told of each member of each conversation, so that a tick is never lowered whatever
/// order receipts come in.
final class Ticks {
    private record Of(ConversationId conversation, UserId user) {}

    private record Marks(long delivered, long read, int ranges) {}

    private final Map<Of, Marks> told;

    /// @param membersMax how many watermarks are remembered; of more, the longest untouched are forgotten (the
    ///                   server does not lower them either)
    Ticks(final int membersMax) {
        told = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(final Map.Entry<Of, Marks> eldest) {
                return size() > membersMax;
            }
        };
    }

    /// What a receipt says that has not been told, never below what has; empty if nothing.
    Optional<ServerFrame.Receipt> raise(final ServerFrame.Receipt receipt) {
        final var of = new Of(receipt.conversation(), receipt.user());
        final var before = told.get(of);
        final var now = before == null
                ? new Marks(receipt.delivered(), receipt.read(), receipt.not().size())
                : new Marks(
                        Math.max(before.delivered(), receipt.delivered()),
                        Math.max(before.read(), receipt.read()),
                        Math.max(before.ranges(), receipt.not().size())); // ranges are only ever added
        if (now.equals(before)) {
            return Optional.empty();
        }
        told.put(of, now);
        return Optional.of(new ServerFrame.Receipt(
                receipt.conversation(), receipt.user(), now.delivered(), now.read(), receipt.not(), receipt.ref()));
    }

    /// The receipt, never below what has been told.
    ServerFrame.Receipt atLeast(final ServerFrame.Receipt receipt) {
        final var marks = told.get(new Of(receipt.conversation(), receipt.user()));
        return marks == null
                ? receipt
                : new ServerFrame.Receipt(
                        receipt.conversation(),
                        receipt.user(),
                        Math.max(marks.delivered(), receipt.delivered()),
                        Math.max(marks.read(), receipt.read()),
                        receipt.not(),
                        receipt.ref());
    }
}
