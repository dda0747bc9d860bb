package io.parley.cli;

import io.parley.client.Attachment;
import io.parley.id.ConversationId;
import io.parley.id.UserId;
import io.parley.protocol.ServerFrame;
import io.parley.protocol.WireEntry;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How things look as lines of text for people. Pure: the zone comes in, and what others wrote goes through
/// [Printable].
final class Lines {
    /// Before each further line of one message, so that none can pass for a line of its own.
    static final String CONTINUED = "      | ";

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm");
    private static final DateTimeFormatter DAY_AND_TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm");
    private static final String DIM = "\u001b[2m";
    private static final String BOLD = "\u001b[1m";
    private static final String PLAIN = "\u001b[0m";

    private final UserId self;
    private final ZoneId zone;
    private final boolean colour;

    Lines(final UserId self, final ZoneId zone, final boolean colour) {
        this.self = self;
        this.zone = zone;
        this.colour = colour;
    }

    /// An entry among those of one conversation; none where it is not to be shown.
    List<String> said(final ConversationId conversation, final WireEntry entry) {
        return entry(conversation, entry, entry.from().map(this::name).orElse("*"));
    }

    /// An entry among those of all conversations.
    List<String> entry(final ConversationId conversation, final WireEntry entry) {
        final var from = entry.from().orElse(self);
        if (!from.equals(self)) {
            return entry(conversation, entry, conversation.isDirect() ? from.value() : from + " in " + conversation);
        }
        return entry(conversation, entry, conversation.isNotes() ? "note" : "me to " + other(conversation));
    }

    private List<String> entry(final ConversationId conversation, final WireEntry entry, final String who) {
        final var text = BodyText.of(entry.body());
        if (text.isEmpty()) {
            return List.of();
        }
        final var lines = new ArrayList<String>();
        final var time = entry.time().map(this::time).orElse("--:--");
        final var shown = Printable.lines(text.get());
        lines.add(dim("#" + entry.seq() + " " + time) + " " + bold(who + ":") + " " + shown.getFirst());
        shown.stream().skip(1).forEach(line -> lines.add(CONTINUED + line));
        if (!Attachment.of(entry.body()).isEmpty()) {
            final var with = conversation.isNotes() ? self.value() : other(conversation);
            lines.add(CONTINUED + dim("parley fetch " + with + " " + entry.seq() + " saves it"));
        }
        return List.copyOf(lines);
    }

    /// Who the other one is in a direct conversation, or the conversation itself.
    String other(final ConversationId conversation) {
        return conversation.people().stream()
                .filter(user -> !user.equals(self))
                .findFirst()
                .map(UserId::value)
                .orElse(conversation.isNotes() ? "myself" : conversation.value());
    }

    /// Whose presence a direct conversation shows; nobody's for notes and groups.
    Optional<UserId> companion(final ConversationId conversation) {
        return conversation.people().stream().filter(user -> !user.equals(self)).findFirst();
    }

    private String name(final UserId user) {
        return user.equals(self) ? "me" : user.value();
    }

    /// A line that is about the conversation, not of it.
    String aside(final String text) {
        return dim("* " + text);
    }

    String presence(final ServerFrame.Presence presence) {
        return aside(presence.user() + " " + whereabouts(presence));
    }

    String whereabouts(final ServerFrame.Presence presence) {
        if (presence.online().orElse(false)) {
            return "is online";
        }
        return presence.lastSeen()
                .map(seen -> "was last seen " + dayAndTime(seen))
                .orElse(presence.online().isPresent() ? "is offline" : "does not show when online");
    }

    String typing(final UserId user) {
        return aside(user + " is typing…");
    }

    /// The line before the first message of a day.
    String day(final LocalDate day) {
        return dim("--- " + day + " ---");
    }

    LocalDate dayOf(final Instant time) {
        return time.atZone(zone).toLocalDate();
    }

    String time(final Instant time) {
        return TIME.format(time.atZone(zone));
    }

    String dayAndTime(final Instant time) {
        return DAY_AND_TIME.format(time.atZone(zone));
    }

    String dim(final String text) {
        return colour ? DIM + text + PLAIN : text;
    }

    String bold(final String text) {
        return colour ? BOLD + text + PLAIN : text;
    }
}
