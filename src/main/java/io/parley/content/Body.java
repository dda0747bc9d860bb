package io.parley.content;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;

/// The body of a message: a JSON object with a `type`, and whatever else the sender's client put into it.
///
/// @param type the value of the object's `type`, such as `text`
/// @param json the whole object
/// @param mls  of an encrypted body, what it is encrypted for; empty: it is not encrypted
public record Body(String type, JsonText json, Optional<MlsFraming> mls) {
    /// The most bytes a body may have as compact UTF-8 JSON.
    public static final int BYTES_MAX = 32_768;

    /// The most Unicode code points the `text` of a body of type `text` may have.
    public static final int TEXT_CHARACTERS_MAX = 4_096;

    /// The most uploads a message may carry.
    public static final int MEDIA_MAX = 32;

    @JsonCreator
    @SuppressWarnings("NullAway") // nodes from before there was encryption do not say it
    public Body(
            @JsonProperty("type") final String type,
            @JsonProperty("json") final JsonText json,
            @JsonProperty("mls") final Optional<MlsFraming> mls) {
        this.type = type;
        this.json = json;
        this.mls = mls == null ? Optional.empty() : mls;
    }

    /// A body that anybody can read.
    public Body(final String type, final JsonText json) {
        this(type, json, Optional.empty());
    }
}
