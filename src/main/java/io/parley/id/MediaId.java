package io.parley.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/// An uploaded picture, video, voice note or file: 32 lower-case hexadecimal digits, drawn at random by the
/// server. Whoever knows one may not therefore have it, but nobody guesses one either. Stands in paths and file
/// names, hence neither upper case nor signs.
///
/// @param value the id
public record MediaId(@JsonValue String value) implements Comparable<MediaId> {
    /// Of random bits, in bytes.
    public static final int BYTES = 16;

    private static final Pattern FORM = Pattern.compile("[0-9a-f]{32}");

    /// @throws IllegalArgumentException if `value` has not the form of a media id
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public MediaId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("a media id is 32 lower-case hexadecimal digits");
        }
    }

    /// The id of these [#BYTES] random bytes.
    public static MediaId of(final byte[] random) {
        return new MediaId(HexFormat.of().formatHex(random));
    }

    /// The id that `text` spells, or empty if it spells none.
    public static Optional<MediaId> parse(final String text) {
        return FORM.matcher(text).matches() ? Optional.of(new MediaId(text)) : Optional.empty();
    }

    @Override
    public int compareTo(final MediaId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
