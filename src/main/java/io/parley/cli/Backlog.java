package io.parley.cli;

import io.parley.client.ParleyClient;
import io.parley.id.ConversationId;
import io.parley.protocol.PageRequest;
import io.parley.protocol.ServerFrame;
import io.parley.protocol.WireEntry;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Earlier messages, page by page. Waits for each page, so not on a thread of the network.
final class Backlog {
    /// Of one conversation; who wants more has `history`.
    static final int MOST = 5_000;

    private Backlog() {}

    /// The messages since then, oldest first; those of several conversations by time, each in its own order.
    static List<ServerFrame.Message> since(
            final ParleyClient client, final List<ConversationId> conversations, final Since since) throws Stop {
        final var all = new ArrayList<ServerFrame.Message>();
        for (final var conversation : conversations) {
            final var entries = switch (since) {
                case Since.Place(final var seq) -> after(client, conversation, seq);
                case Since.Time(final var time) -> from(client, conversation, time);
            };
            entries.forEach(entry -> all.add(new ServerFrame.Message(conversation, entry)));
        }
        // stable: within a conversation time never decreases; what is withheld has none and is not shown
        all.sort(Comparator.comparing(message -> message.entry().time().orElse(Instant.MIN)));
        return List.copyOf(all);
    }

    private static List<WireEntry> after(final ParleyClient client, final ConversationId conversation, final long seq)
            throws Stop {
        final var all = new ArrayList<WireEntry>();
        long last = seq;
        while (all.size() < MOST) {
            final var page =
                    Stop.orResult(client.pull(conversation, new PageRequest.After(last, PageRequest.LIMIT_MAX)));
            all.addAll(page.messages());
            if (page.messages().isEmpty() || page.messages().getLast().seq() >= page.head()) {
                break;
            }
            last = page.messages().getLast().seq();
        }
        return all;
    }

    private static List<WireEntry> from(
            final ParleyClient client, final ConversationId conversation, final Instant time) throws Stop {
        final var all = new ArrayDeque<WireEntry>();
        PageRequest next = new PageRequest.Newest(PageRequest.LIMIT_MAX);
        while (all.size() < MOST) {
            final var page = Stop.orResult(client.pull(conversation, next)).messages();
            page.reversed().forEach(all::addFirst);
            if (page.isEmpty() || page.getFirst().seq() == 1 || isBefore(page.getFirst(), time)) {
                break;
            }
            next = new PageRequest.Before(page.getFirst().seq(), PageRequest.LIMIT_MAX);
        }
        return all.stream().filter(entry -> !isBefore(entry, time)).toList();
    }

    private static boolean isBefore(final WireEntry entry, final Instant time) {
        return entry.time().map(stored -> stored.isBefore(time)).orElse(false);
    }
}
