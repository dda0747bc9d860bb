package io.parley.client;

import io.parley.id.ConversationId;
import io.parley.id.UserId;
import io.parley.protocol.ServerFrame;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The highest watermarks told of each member of each conversation, so that a tick is never lowered whatever
/// order receipts come in; and how far messages of one's own reach that are not blue yet, so that after a
/// broken link their ticks are asked for.
final class Ticks {
    private record Of(ConversationId conversation, UserId user) {}

    private final UserId self;
    private final Map<Of, ServerFrame.Receipt> told;
    private final Map<ConversationId, Long> unread;

    /// @param membersMax       how many watermarks are remembered; of more, the longest untouched are forgotten
    ///                         (the server does not lower them either)
    /// @param conversationsMax likewise of conversations with messages of one's own that are not blue
    Ticks(final UserId self, final int membersMax, final int conversationsMax) {
        this.self = self;
        told = bounded(membersMax);
        unread = bounded(conversationsMax);
    }

    private static <K, V> Map<K, V> bounded(final int most) {
        return new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(final Map.Entry<K, V> eldest) {
                return size() > most;
            }
        };
    }

    /// A message of one's own was stored.
    void sent(final ConversationId conversation, final long seq) {
        if (tick(conversation, seq) != Tick.READ) {
            unread.merge(conversation, seq, Math::max);
        }
    }

    /// The conversations, at most `most`, whose ticks are worth asking for: the latest first.
    List<ConversationId> unfinished(final int most) {
        return List.copyOf(unread.keySet()).reversed().stream().limit(most).toList();
    }

    /// How far a stored message of one's own has come in a direct conversation, as far as it was told.
    Tick tick(final ConversationId conversation, final long seq) {
        final var reader = conversation.people().stream()
                .filter(user -> !user.equals(self))
                .findFirst()
                .orElse(self); // notes: another device of one's own
        final var marks = told.get(new Of(conversation, reader));
        return marks == null ? Tick.STORED : Tick.of(seq, marks);
    }

    /// What a receipt says that has not been told, never below what has; empty if nothing.
    Optional<ServerFrame.Receipt> raise(final ServerFrame.Receipt receipt) {
        final var of = new Of(receipt.conversation(), receipt.user());
        final var before = told.get(of);
        final var now = before == null ? receipt : maximum(before, receipt);
        if (before != null
                && now.delivered() == before.delivered()
                && now.read() == before.read()
                && now.not().equals(before.not())) {
            return Optional.empty();
        }
        told.put(of, now);
        final var last = unread.get(receipt.conversation());
        if (last != null && receipt.conversation().isDirect() && tick(receipt.conversation(), last) == Tick.READ) {
            unread.remove(receipt.conversation());
        }
        return Optional.of(now);
    }

    /// The receipt, never below what has been told.
    ServerFrame.Receipt atLeast(final ServerFrame.Receipt receipt) {
        final var marks = told.get(new Of(receipt.conversation(), receipt.user()));
        return marks == null ? receipt : maximum(marks, receipt);
    }

    private static ServerFrame.Receipt maximum(final ServerFrame.Receipt before, final ServerFrame.Receipt now) {
        return new ServerFrame.Receipt(
                now.conversation(),
                now.user(),
                Math.max(before.delivered(), now.delivered()),
                Math.max(before.read(), now.read()),
                now.not().size() >= before.not().size() ? now.not() : before.not(), // ranges are only ever added
                now.ref());
    }
}
