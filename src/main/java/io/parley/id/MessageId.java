package io.parley.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Optional;
import java.util.regex.Pattern;

/// The client's own name for a message, by which a resend is recognised: 1 to 64 of `[A-Za-z0-9_-]`; a UUIDv7
/// is a good one. Unique per sender and conversation, not beyond.
///
/// @param value the name
public record MessageId(@JsonValue String value) {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    /// @throws IllegalArgumentException if `value` has not the form of a message id
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public MessageId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("a message id is 1 to 64 of A-Z a-z 0-9 _ -");
        }
    }

    /// The id that `text` spells, or empty if it spells none.
    public static Optional<MessageId> parse(final String text) {
        return FORM.matcher(text).matches() ? Optional.of(new MessageId(text)) : Optional.empty();
    }

    @Override
    public String toString() {
        return value;
    }
}
