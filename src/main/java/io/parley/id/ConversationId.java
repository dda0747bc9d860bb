package io.parley.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// A conversation: `alice~bob` between two people (the ids in ASCII order; `alice~alice` are notes to oneself),
/// or `g.<uuid>` for a group.
///
/// @param value the id as it stands on the wire and in the journal
public record ConversationId(@JsonValue String value) implements Comparable<ConversationId> {
    private static final Pattern GROUP = Pattern.compile("g\\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final char BETWEEN = '~';

    /// @throws IllegalArgumentException if `value` is neither a direct conversation with its names in order nor
    /// a group
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public ConversationId {
        if (!isWellFormed(value)) {
            throw new IllegalArgumentException(
                    "a conversation id is two user ids in order with ~ between, or g. and a UUID");
        }
    }

    /// The direct conversation of two people, in whichever order they are named; the same person twice: notes.
    public static ConversationId between(final UserId one, final UserId other) {
        return one.compareTo(other) <= 0
                ? new ConversationId(one.value() + BETWEEN + other.value())
                : new ConversationId(other.value() + BETWEEN + one.value());
    }

    /// The id that `text` spells, or empty if it spells none (two names out of order are none).
    public static Optional<ConversationId> parse(final String text) {
        return isWellFormed(text) ? Optional.of(new ConversationId(text)) : Optional.empty();
    }

    private static boolean isWellFormed(final String text) {
        final int at = text.indexOf(BETWEEN);
        if (at < 0) {
            return GROUP.matcher(text).matches();
        }
        final var first = UserId.parse(text.substring(0, at));
        final var second = UserId.parse(text.substring(at + 1));
        return first.isPresent() && second.isPresent() && first.get().compareTo(second.get()) <= 0;
    }

    public boolean isDirect() {
        return value.indexOf(BETWEEN) >= 0;
    }

    /// Whether these are somebody's notes to oneself.
    public boolean isNotes() {
        final int at = value.indexOf(BETWEEN); // compared in place: asked for every message
        return at >= 0 && value.length() == 2 * at + 1 && value.regionMatches(0, value, at + 1, at);
    }

    /// The people of a direct conversation, two or (notes) one; empty for a group, whose members its log names.
    public List<UserId> people() {
        final int at = value.indexOf(BETWEEN);
        if (at < 0) {
            return List.of();
        }
        final var first = new UserId(value.substring(0, at));
        final var second = new UserId(value.substring(at + 1));
        return first.equals(second) ? List.of(first) : List.of(first, second);
    }

    @Override
    public int compareTo(final ConversationId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
