package io.parley.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Optional;
import java.util.regex.Pattern;

/// The name a person registered under and is written to by: `[a-z0-9][a-z0-9._-]{1,31}`, ASCII only, never
/// reused.
///
/// @param value the name itself
public record UserId(@JsonValue String value) implements Comparable<UserId> {
    private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9._-]{1,31}");

    /// @throws IllegalArgumentException if `value` has not the form of a user id
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public UserId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "a user id is 2 to 32 of a-z 0-9 . _ -, beginning with a letter or digit");
        }
    }

    /// The id that `text` spells, or empty if it spells none.
    public static Optional<UserId> parse(final String text) {
        return FORM.matcher(text).matches() ? Optional.of(new UserId(text)) : Optional.empty();
    }

    /// ASCII order, the order in which the two names stand in the id of a direct conversation.
    @Override
    public int compareTo(final UserId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
