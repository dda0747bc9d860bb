package io.parley.protocol;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.parley.content.JsonText;
import java.time.Instant;
import java.util.Optional;

/// Prints one compact JSON value: frames, answers of the REST door, problem documents.
///
/// `new JsonPrinter().object().member("seq", 17).end()` gives `{"seq":17}`. It sets the commas; that what is
/// opened is ended, and ended as what it was opened as, is the caller's part. Not for use by two threads.
public final class JsonPrinter {
    private static final JsonStringEncoder ESCAPES = JsonStringEncoder.getInstance();

    private final StringBuilder out;
    private boolean commaFirst;

    public JsonPrinter() {
        this(256); // most frames fit
    }

    JsonPrinter(final int charactersExpected) {
        out = new StringBuilder(charactersExpected);
    }

    /// Begins an object; [#end] ends it.
    public JsonPrinter object() {
        return begin('{');
    }

    public JsonPrinter end() {
        return close('}');
    }

    /// Begins an array; [#endArray] ends it.
    public JsonPrinter array() {
        return begin('[');
    }

    public JsonPrinter endArray() {
        return close(']');
    }

    /// The name of the member whose value comes next.
    public JsonPrinter name(final String name) {
        separate();
        quote(name);
        out.append(':');
        commaFirst = false;
        return this;
    }

    public JsonPrinter value(final String value) {
        separate();
        quote(value);
        return this;
    }

    public JsonPrinter value(final long value) {
        separate();
        out.append(value);
        return this;
    }

    public JsonPrinter value(final boolean value) {
        return raw(value ? "true" : "false");
    }

    /// An instant as RFC 3339 in UTC, to the millisecond.
    public JsonPrinter value(final Instant value) {
        separate();
        out.append('"');
        WireTime.append(value, out);
        out.append('"');
        return this;
    }

    public JsonPrinter value(final JsonText value) {
        return raw(value.value());
    }

    public JsonPrinter member(final String name, final String value) {
        return name(name).value(value);
    }

    public JsonPrinter member(final String name, final long value) {
        return name(name).value(value);
    }

    public JsonPrinter member(final String name, final boolean value) {
        return name(name).value(value);
    }

    public JsonPrinter member(final String name, final Instant value) {
        return name(name).value(value);
    }

    public JsonPrinter member(final String name, final JsonText value) {
        return name(name).value(value);
    }

    /// The member, or nothing if there is no value.
    public JsonPrinter member(final String name, final Optional<String> value) {
        return value.isPresent() ? member(name, value.get()) : this;
    }

    /// What was printed.
    @Override
    public String toString() {
        return out.toString();
    }

    /// What was printed, for keeping.
    public JsonText text() {
        return new JsonText(out.toString());
    }

    /// A token that is JSON already.
    JsonPrinter raw(final String json) {
        separate();
        out.append(json);
        return this;
    }

    private JsonPrinter begin(final char bracket) {
        separate();
        out.append(bracket);
        commaFirst = false;
        return this;
    }

    private JsonPrinter close(final char bracket) {
        out.append(bracket);
        commaFirst = true;
        return this;
    }

    private void separate() {
        if (commaFirst) {
            out.append(',');
        }
        commaFirst = true;
    }

    private void quote(final String text) {
        out.append('"');
        if (isPlain(text)) {
            out.append(text);
        } else {
            ESCAPES.quoteAsString(text, out);
        }
        out.append('"');
    }

    private static boolean isPlain(final String text) {
        for (int at = 0; at < text.length(); at++) {
            final char c = text.charAt(at);
            if (c < ' ' || c == '"' || c == '\\') {
                return false;
            }
        }
        return true;
    }
}
