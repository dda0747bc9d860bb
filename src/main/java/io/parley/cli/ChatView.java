package io.parley.cli;

import io.parley.client.ClientState;
import io.parley.client.Tick;
import io.parley.id.ConversationId;
import io.parley.id.UserId;
import io.parley.protocol.ServerFrame;
import io.parley.protocol.WireEntry;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// One open conversation: what has been printed of it and what there is to print next. Pure: no terminal, no
/// network; the time comes in.
///
/// What is pushed before the newest page has come is held back, so that all of it is printed in order.
final class ChatView {
    private static final int HELD_MAX = 1_000; // shown at the opening; who was away longer has `history`
    private static final int OWN_MAX = 10_000; // own messages whose ticks are still told
    private static final long TYPING_NANOS = 6_000_000_000L; // how long a `typing` is good for

    private final UserId self;
    private final ConversationId conversation;
    private final Lines lines;
    private final TreeMap<Long, WireEntry> held = new TreeMap<>();
    private final TreeSet<Long> mine = new TreeSet<>(); // own messages whose ✓ has been printed
    private final TreeSet<Long> stored = new TreeSet<>(); // own messages at ✓
    private final TreeSet<Long> delivered = new TreeSet<>(); // own messages at ✓✓
    private Optional<ServerFrame.Receipt> marks = Optional.empty();
    private Optional<ServerFrame.Presence> presence = Optional.empty();
    private Optional<LocalDate> day = Optional.empty();
    private boolean pageCame;
    private boolean caughtUp;
    private long leftOut;
    private long printed;
    private boolean typingTold;
    private long typingNanos;

    ChatView(final UserId self, final ConversationId conversation, final Lines lines) {
        this.self = self;
        this.conversation = conversation;
        this.lines = lines;
    }

    /// The newest entries.
    List<String> opened(final ServerFrame.Page page) {
        pageCame = true;
        page.messages().forEach(this::hold);
        return release();
    }

    /// All that was missed has been pushed.
    List<String> caughtUp() {
        caughtUp = true;
        return release();
    }

    /// An entry was pushed.
    List<String> pushed(final ServerFrame.Message message) {
        if (!message.conversation().equals(conversation)) {
            return elsewhere(message);
        }
        if (message.entry().from().filter(self::equals).isEmpty()) {
            typingTold = false;
        }
        hold(message.entry());
        return release();
    }

    private List<String> elsewhere(final ServerFrame.Message message) {
        return message.entry()
                .from()
                .filter(from -> !from.equals(self))
                .map(from -> List.of(lines.aside(from + " wrote to you: parley chat " + from)))
                .orElse(List.of());
    }

    private void hold(final WireEntry entry) {
        if (entry.seq() > printed || !isOpen()) {
            held.put(entry.seq(), entry);
        }
        if (held.size() > HELD_MAX) {
            held.pollFirstEntry();
            leftOut++;
        }
    }

    private boolean isOpen() {
        return pageCame && caughtUp;
    }

    private List<String> release() {
        if (!isOpen()) {
            return List.of();
        }
        final var all = new ArrayList<String>();
        if (leftOut > 0) {
            all.add(lines.aside(leftOut + " earlier ones are left out: parley history"));
            leftOut = 0;
        }
        for (final var entry : held.values()) {
            if (entry.seq() > printed) {
                printed = entry.seq();
                all.addAll(entry(entry));
            }
        }
        held.clear();
        return all;
    }

    private List<String> entry(final WireEntry entry) {
        final var shown = lines.said(conversation, entry);
        if (shown.isEmpty()) {
            return shown;
        }
        if (entry.from().filter(self::equals).isPresent()) {
            isNews(entry.seq());
        }
        final var now = entry.time().map(lines::dayOf);
        if (now.isEmpty() || now.equals(day)) {
            return shown;
        }
        day = now;
        final var all = new ArrayList<String>();
        all.add(lines.day(now.get()));
        all.addAll(shown);
        return all;
    }

    /// Notes an own message. Whether it was not known yet.
    private boolean isNews(final long seq) {
        if (!mine.add(seq)) {
            return false;
        }
        stored.add(seq);
        if (mine.size() > OWN_MAX) {
            final var first = mine.pollFirst();
            stored.remove(first);
            delivered.remove(first);
        }
        return true;
    }

    /// How far everything has been printed; that far the person has read.
    long printedUpTo() {
        return printed;
    }

    /// A message of this command, or of an earlier one that had kept it, was stored. May be told twice.
    List<String> sent(final ServerFrame.Sent sent) {
        if (!sent.conversation().equals(conversation) || !isNews(sent.seq())) {
            return List.of();
        }
        final var all = new ArrayList<String>();
        all.add(lines.aside("✓ #" + sent.seq()));
        all.addAll(ticks());
        return all;
    }

    /// Somebody has come further.
    List<String> receipt(final ServerFrame.Receipt receipt) {
        final var isOwn = receipt.user().equals(self) && !conversation.isNotes();
        if (isOwn || !receipt.conversation().equals(conversation)) {
            return List.of();
        }
        marks = Optional.of(receipt);
        return ticks();
    }

    private List<String> ticks() {
        if (marks.isEmpty()) {
            return List.of();
        }
        final var nowDelivered = new TreeSet<Long>();
        final var nowRead = new TreeSet<Long>();
        for (final var seq : stored) {
            switch (Tick.of(seq, marks.get())) {
                case STORED -> {}
                case DELIVERED -> nowDelivered.add(seq);
                case READ -> nowRead.add(seq);
            }
        }
        for (final var seq : delivered) {
            if (Tick.of(seq, marks.get()) == Tick.READ) {
                nowRead.add(seq);
            }
        }
        stored.removeAll(nowDelivered);
        stored.removeAll(nowRead);
        delivered.addAll(nowDelivered);
        delivered.removeAll(nowRead);
        final var all = new ArrayList<String>();
        named(nowDelivered).ifPresent(which -> all.add(lines.aside("✓✓ " + which)));
        named(nowRead).ifPresent(which -> all.add(lines.aside("read " + which)));
        return all;
    }

    private static Optional<String> named(final SortedSet<Long> seqs) {
        return switch (seqs.size()) {
            case 0 -> Optional.empty();
            case 1 -> Optional.of("#" + seqs.first());
            default -> Optional.of("up to #" + seqs.last());
        };
    }

    /// A message of this command was refused for good.
    String refused(final String text, final String why) {
        return lines.aside("not sent: " + Printable.of(why) + ": " + Printable.of(text));
    }

    List<String> presence(final ServerFrame.Presence now) {
        final var isNews = presence.isEmpty()
                || !presence.get().online().equals(now.online())
                || !presence.get().lastSeen().equals(now.lastSeen());
        presence = Optional.of(now);
        if (!now.online().orElse(false)) {
            typingTold = false;
        }
        return isNews ? List.of(lines.presence(now)) : List.of();
    }

    /// Somebody is typing; told again only after it had ceased to be so.
    List<String> typing(final ServerFrame.Typing typing, final long nowNanos) {
        if (!typing.conversation().equals(conversation) || typing.user().equals(self)) {
            return List.of();
        }
        final var told = typingTold && nowNanos - typingNanos < TYPING_NANOS;
        typingTold = true;
        typingNanos = nowNanos;
        return told ? List.of() : List.of(lines.typing(typing.user()));
    }

    /// What `/info` shows.
    List<String> info(final ClientState state, final int unanswered) {
        final var all = new ArrayList<String>();
        all.add(lines.aside("you are " + self + ", in " + conversation + ", in plain text (no encryption here)"));
        all.add(lines.aside(
                switch (state) {
                    case ClientState.Connecting(final var node) -> "connecting to " + node;
                    case ClientState.Online(final var welcome) -> "connected, as device " + welcome.device();
                    case ClientState.Waiting(final var delay, final var code, final var reason) ->
                        "no connection (" + Printable.of(reason) + "); trying again by itself";
                    case ClientState.LoginNeeded _ -> "the login has ended";
                    case ClientState.Replaced _ -> "this device has connected elsewhere";
                    case ClientState.Closed _ -> "closed";
                }));
        presence.ifPresent(known -> all.add(lines.presence(known)));
        marks.filter(known -> known.delivered() > 0)
                .ifPresent(known -> all.add(lines.aside(known.user() + " has all up to #"
                        + Math.max(known.delivered(), known.read()) + " and has read up to #" + known.read())));
        if (unanswered > 0) {
            all.add(lines.aside(unanswered + " of yours not stored yet"));
        }
        return all;
    }
}
