package io.parley.client;

import io.parley.content.Body;
import io.parley.protocol.JsonPrinter;

/// Bodies of type `text`.
public final class TextBody {
    private static final String TYPE = "text";

    private TextBody() {}

    /// The body of a text message. What the server asks of a text (1 to 4,096 code points, not only white
    /// space) the server judges.
    public static Body of(final String text) {
        final var json = new JsonPrinter().object().member("type", TYPE).member("text", text);
        return new Body(TYPE, json.end().text());
    }
}
