package io.parley.content;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;

/// The body of a message: a JSON object with a `type`, and whatever else the sender's client put into it.
///
/// @param type the value of the object's `type`, such as `text`
/// @param json the whole object
public record Body(String type, JsonText json) {
    /// The most bytes a body may have as compact UTF-8 JSON.
    public static final int BYTES_MAX = 32_768;

    /// The most Unicode code points the `text` of a body of type `text` may have.
    public static final int TEXT_CHARACTERS_MAX = 4_096;

    @JsonCreator
    public Body(@JsonProperty("type") final String type, @JsonProperty("json") final JsonText json) {
        this.type = type;
        this.json = json;
    }
}
