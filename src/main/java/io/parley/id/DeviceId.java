package io.parley.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Optional;
import java.util.regex.Pattern;

/// One linked device of a user: 16 lower-case hexadecimal digits, made by the server at login.
///
/// @param value the digits
public record DeviceId(@JsonValue String value) implements Comparable<DeviceId> {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{16}");

    /// @throws IllegalArgumentException if `value` has not the form of a device id
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public DeviceId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("a device id is 16 lower-case hexadecimal digits");
        }
    }

    /// The id made of 64 random bits.
    public static DeviceId of(final long random) {
        return new DeviceId(String.format("%016x", random));
    }

    /// The id that `text` spells, or empty if it spells none.
    public static Optional<DeviceId> parse(final String text) {
        return FORM.matcher(text).matches() ? Optional.of(new DeviceId(text)) : Optional.empty();
    }

    @Override
    public int compareTo(final DeviceId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
