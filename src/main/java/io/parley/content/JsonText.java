package io.parley.content;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/// One compact JSON value as text: written once by the codec that checked it, stored and sent on as it is. Two
/// are equal if their texts are.
///
/// @param value well-formed JSON without white space between tokens, encodable as UTF-8
public record JsonText(@JsonValue String value) {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public JsonText {}

    @Override
    public String toString() {
        return "JsonText of " + value.length() + " characters"; // contents never reach a log
    }
}
