package io.parley.client;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.parley.content.Body;
import io.parley.content.JsonText;

/// Bodies of type `text`.
public final class TextBody {
    private static final String TYPE = "text";

    private TextBody() {}

    /// The body of a text message. What the server asks of a text (1 to 4,096 code points, not only white space) the
    /// server judges.
    public static Body of(final String text) {
        final var json = new StringBuilder(text.length() + 32).append("{\"type\":\"text\",\"text\":\"");
        JsonStringEncoder.getInstance().quoteAsString(text, json);
        return new Body(TYPE, new JsonText(json.append("\"}").toString()));
    }
}
