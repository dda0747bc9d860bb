package io.parley.cli;

import io.parley.client.ClientState;
import io.parley.id.ConversationId;
import io.parley.id.UserId;
import io.parley.protocol.ServerFrame;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// For people: a line each. Remembers what was said, to say only what is news: the day, ticks, the connection.
final class TextFeed implements Feed {
    private static final int TOLD_MAX = 10_000; // ticks remembered; beyond, one may be told twice

    private record Of(ConversationId conversation, UserId user) {}

    private final UserId self;
    private final Lines lines;
    private final Map<Of, ServerFrame.Receipt> told = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(final Map.Entry<Of, ServerFrame.Receipt> eldest) {
            return size() > TOLD_MAX;
        }
    };
    private Optional<LocalDate> day = Optional.empty();
    private boolean lossTold;
    private boolean wasOnline;

    TextFeed(final UserId self, final Lines lines) {
        this.self = self;
        this.lines = lines;
    }

    @Override
    public List<String> message(final ServerFrame.Message message) {
        final var all = new ArrayList<String>();
        final var shown = lines.entry(message.conversation(), message.entry());
        if (!shown.isEmpty()) {
            final var now = message.entry().time().map(lines::dayOf);
            if (now.isPresent() && !now.equals(day)) {
                day = now;
                all.add(lines.day(now.get()));
            }
            all.addAll(shown);
        }
        return List.copyOf(all);
    }

    @Override
    public List<String> sent(final ServerFrame.Sent sent) {
        return List.of(lines.aside("✓ #" + sent.seq() + " to " + lines.other(sent.conversation())));
    }

    @Override
    public List<String> receipt(final ServerFrame.Receipt receipt) {
        if (receipt.user().equals(self) && !receipt.conversation().isNotes()) {
            return List.of(); // one's own reading is no tick
        }
        final var where = receipt.conversation().isDirect() ? "" : " in " + receipt.conversation();
        final var before = told.put(new Of(receipt.conversation(), receipt.user()), receipt);
        final var all = new ArrayList<String>();
        if (receipt.delivered() > receipt.read() && (before == null || receipt.delivered() > before.delivered())) {
            all.add(lines.aside("✓✓ " + receipt.user() + " has all up to #" + receipt.delivered() + where));
        }
        if (receipt.read() > (before == null ? 0 : before.read())) {
            all.add(lines.aside("read: " + receipt.user() + " has read all up to #" + receipt.read() + where));
        }
        return List.copyOf(all);
    }

    @Override
    public List<String> presence(final ServerFrame.Presence presence) {
        return List.of(lines.presence(presence));
    }

    @Override
    public List<String> typing(final ServerFrame.Typing typing) {
        return List.of(lines.typing(typing.user()));
    }

    /// Only what changes for a person: gone, back.
    @Override
    public List<String> link(final ClientState state) {
        return switch (state) {
            case ClientState.Online _ -> {
                final var back = wasOnline || lossTold;
                wasOnline = true;
                lossTold = false;
                yield back ? List.of(lines.aside("connected again")) : List.of();
            }
            case ClientState.Waiting(final var delay, final var code, final var reason) -> {
                final var told = lossTold;
                lossTold = true;
                yield told
                        ? List.of()
                        : List.of(lines.aside("no connection (" + Printable.of(reason) + "); trying again by itself"));
            }
            case ClientState.Connecting _, ClientState.LoginNeeded _, ClientState.Replaced _, ClientState.Closed _ ->
                List.of();
        };
    }
}
