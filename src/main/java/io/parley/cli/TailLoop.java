package io.parley.cli;

import io.parley.client.ClientState;
import io.parley.client.ParleyClient;
import io.parley.id.ConversationId;
import io.parley.id.UserId;
import io.parley.protocol.ServerFrame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;

/// Prints what comes until it is told to end. A message is acknowledged when its line has been printed.
final class TailLoop {
    private static final int CONVERSATIONS_MAX = 10_000; // whose last printed place is remembered
    private static final int WATCHED_MAX = 200; // as many as a server lets a connection watch
    private static final int LISTED_MAX = 100; // conversations in one page of the list

    private final Account account;
    private final Optional<ConversationId> only;
    private final Optional<Since> since;
    private final boolean reading;
    private final Feed feed;
    private final Terminal terminal;
    private final Events events;
    private final ParleyClient client;
    private final Map<ConversationId, Long> printed = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(final Map.Entry<ConversationId, Long> eldest) {
            return size() > CONVERSATIONS_MAX;
        }
    };
    private final Queue<Events.Event.Pushed> held = new ArrayDeque<>(); // bounded by the server's window
    private final Set<UserId> watched = new HashSet<>();
    private boolean holding;
    private boolean begun;
    private boolean isRead = true;

    /// @param only    the one conversation wanted; empty: all
    /// @param since   what is wanted of the past; empty: nothing but what this device has not had
    /// @param reading whether what is printed counts as read
    TailLoop(
            final Account account,
            final Optional<ConversationId> only,
            final Optional<Since> since,
            final boolean reading,
            final Feed feed,
            final Terminal terminal,
            final Events events,
            final ParleyClient client) {
        this.account = account;
        this.only = only;
        this.since = since;
        this.reading = reading;
        this.feed = feed;
        this.terminal = terminal;
        this.events = events;
        this.client = client;
        this.holding = since.isPresent();
    }

    /// Until nobody reads the output any more.
    void run() throws Stop {
        while (isRead) {
            switch (events.next()) {
                case Events.Event.Pushed pushed -> pushed(pushed);
                case Events.Event.Heard(final var frame) -> heard(frame);
                case Events.Event.Link(final var state) -> link(state);
                case Events.Event.Earlier(final var messages) -> earlier(messages);
                case Events.Event.Known(final var conversations) -> watch(conversations);
                case Events.Event.Failed(final var why) -> throw why;
                case Events.Event.Typed _,
                        Events.Event.InputEnded _,
                        Events.Event.Answered _,
                        Events.Event.Opened _ -> {} // not of a tail
            }
        }
    }

    private void print(final List<String> lines) {
        isRead &= terminal.print(lines);
    }

    private void pushed(final Events.Event.Pushed pushed) {
        if (holding) {
            held.add(pushed);
            return;
        }
        show(pushed.message());
        if (isRead) {
            pushed.taken().complete(null);
            watch(List.of(pushed.message().conversation()));
        }
    }

    private void show(final ServerFrame.Message message) {
        final var conversation = message.conversation();
        final var seq = message.entry().seq();
        if (isWanted(conversation) && seq > printed.getOrDefault(conversation, 0L)) {
            printed.put(conversation, seq);
            print(feed.message(message));
            if (reading && isRead) {
                client.read(conversation, seq);
            }
        }
    }

    private boolean isWanted(final ConversationId conversation) {
        return only.isEmpty() || only.get().equals(conversation);
    }

    private void earlier(final List<ServerFrame.Message> messages) {
        messages.forEach(this::show);
        holding = false;
        for (var next = held.poll(); next != null; next = held.poll()) {
            pushed(next);
        }
    }

    private void heard(final ServerFrame frame) {
        switch (frame) {
            case ServerFrame.Sent sent when isWanted(sent.conversation()) -> print(feed.sent(sent));
            case ServerFrame.Receipt receipt when isWanted(receipt.conversation()) -> print(feed.receipt(receipt));
            case ServerFrame.Typing typing when isWanted(typing.conversation()) -> print(feed.typing(typing));
            case ServerFrame.Presence presence -> print(feed.presence(presence));
            case ServerFrame.Refusal refusal -> terminal.note(Printable.of("parley: " + refusal.message()));
            case ServerFrame.Sent _,
                    ServerFrame.Receipt _,
                    ServerFrame.Typing _,
                    ServerFrame.Welcome _,
                    ServerFrame.Message _,
                    ServerFrame.CaughtUp _,
                    ServerFrame.ReceiptsEnd _,
                    ServerFrame.Page _,
                    ServerFrame.Heartbeat _,
                    ServerFrame.Keys _,
                    ServerFrame.KeyPackages _,
                    ServerFrame.Bye _ -> {}
        }
    }

    private void link(final ClientState state) throws Stop {
        final var lines = feed.link(state);
        switch (feed) {
            case JsonFeed _ -> print(lines);
            case TextFeed _ -> lines.forEach(terminal::note);
        }
        if (state instanceof ClientState.LoginNeeded) {
            throw Stop.loginEnded();
        }
        if (state instanceof ClientState.Replaced) {
            throw Stop.replaced();
        }
        if (state instanceof ClientState.Online && !begun) {
            begun = true;
            Thread.ofVirtual().start(this::begin);
        }
    }

    /// Asks for what is wanted of the past, and whose presence is.
    private void begin() {
        try {
            final var conversations = only.isPresent() ? List.of(only.get()) : list();
            events.add(new Events.Event.Known(conversations));
            if (since.isPresent()) {
                events.add(new Events.Event.Earlier(Backlog.since(client, conversations, since.get())));
            }
        } catch (final Stop why) {
            events.add(new Events.Event.Failed(why));
        }
    }

    private List<ConversationId> list() throws Stop {
        final var all = new ArrayList<ConversationId>();
        Optional<String> cursor = Optional.empty();
        do {
            final var at = cursor;
            final var page =
                    account.call(token -> account.rest().conversations(token, Optional.empty(), LISTED_MAX, at));
            page.conversations().forEach(each -> all.add(each.conversation()));
            cursor = page.cursor();
        } while (cursor.isPresent() && all.size() < CONVERSATIONS_MAX);
        return all;
    }

    private void watch(final List<ConversationId> conversations) {
        final var more = conversations.stream()
                .filter(this::isWanted)
                .flatMap(conversation -> conversation.people().stream())
                .filter(user -> !user.equals(account.user()) && !watched.contains(user))
                .distinct()
                .limit(Math.max(0, WATCHED_MAX - watched.size()))
                .toList();
        if (!more.isEmpty()) {
            watched.addAll(more);
            client.watch(more);
        }
    }
}
