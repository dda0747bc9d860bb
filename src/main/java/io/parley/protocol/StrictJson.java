package io.parley.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads JSON that others wrote, for both doors: one object, no member name twice at any depth, nothing
/// after it, not nested deeper than [#DEPTH_MAX]. Whatever else arrives is `bad-frame` (`invalid` if a name
/// has a lone surrogate, which no later step could judge); it throws nothing else. The size is the caller's
/// to bound. Error messages never say what was sent.
public final class StrictJson {
    /// How deep objects and arrays may be nested, the outermost counted: people's clients need a handful.
    public static final int DEPTH_MAX = 64;

    private static final JsonFactory FROM_CLIENTS = factory(DEPTH_MAX);
    /// A page puts a body that a client was allowed to send a little deeper.
    private static final JsonFactory FROM_SERVERS = factory(2 * DEPTH_MAX);

    private StrictJson() {}

    /// The members of the object that `text` is.
    ///
    /// @throws FrameException `bad-frame`
    public static Fields object(final String text) throws FrameException {
        final var fields = new Fields();
        readFromClient(text, fields);
        return fields;
    }

    /// The members of the object that `utf8` spells.
    ///
    /// @throws FrameException `bad-frame`, also if these bytes are not UTF-8
    public static Fields object(final byte[] utf8) throws FrameException {
        try {
            return object(StandardCharsets.UTF_8
                    .newDecoder() // which reports what is malformed
                    .decode(ByteBuffer.wrap(utf8))
                    .toString());
        } catch (final CharacterCodingException malformed) {
            throw badFrame("not UTF-8: send JSON encoded as UTF-8");
        }
    }

    /// Puts the members of a client's frame into `fields`, as far as could be read if it throws.
    static void readFromClient(final String text, final Fields fields) throws FrameException {
        read(FROM_CLIENTS, text, fields);
    }

    /// Puts the members of a server's frame into `fields`, as far as could be read if it throws.
    static void readFromServer(final String text, final Fields fields) throws FrameException {
        read(FROM_SERVERS, text, fields);
    }

    /// The elements of an array that was read before.
    static List<Value> elements(final Value.Nested array) throws FrameException {
        final var elements = new ArrayList<Value>();
        try (var parser = FROM_SERVERS.createParser(array.json())) {
            parser.nextToken();
            for (var token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
                final var value = value(parser, token);
                elements.add(value == null ? Value.Nothing.HERE : value);
            }
        } catch (final IOException broken) {
            throw fault(broken);
        }
        return elements;
    }

    private static void read(final JsonFactory factory, final String text, final Fields fields) throws FrameException {
        try (var parser = factory.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw badFrame("not a JSON object: send one object, such as {\"type\":\"heartbeat\"}");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                final var name = parser.currentName();
                final var value = value(parser, parser.nextToken());
                if (value != null) {
                    fields.put(name, value);
                }
            }
            if (parser.nextToken() != null) {
                throw badFrame("something follows the JSON object: send one object at a time");
            }
        } catch (final IOException broken) {
            throw fault(broken);
        }
    }

    /// The value at which the parser stands; null stands for JSON's null, which means absent.
    private static @Nullable Value value(final JsonParser parser, final JsonToken token) throws IOException {
        return switch (token) {
            case VALUE_STRING -> new Value.Text(parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Value.Numeral(parser.getText());
            case VALUE_TRUE -> new Value.Truth(true);
            case VALUE_FALSE -> new Value.Truth(false);
            case VALUE_NULL -> null;
            case START_OBJECT, START_ARRAY -> nested(parser, token);
            case END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                throw new IllegalStateException("no value can begin with " + token);
        };
    }

    /// Copies token by token, so white space goes and nothing else does: numbers keep their digits as written.
    /// What a body is judged by is picked up in passing.
    private static Value.Nested nested(final JsonParser parser, final JsonToken first) throws IOException {
        final var out = new JsonPrinter();
        @Nullable String type = null;
        @Nullable String text = null;
        @Nullable String message = null;
        int depth = 0;
        var token = first;
        while (true) {
            switch (token) {
                case START_OBJECT -> out.object();
                case START_ARRAY -> out.array();
                case END_OBJECT -> out.end();
                case END_ARRAY -> out.endArray();
                case FIELD_NAME -> out.name(parser.currentName());
                case VALUE_STRING -> {
                    final var string = parser.getText();
                    out.value(string);
                    if (depth == 1 && "type".equals(parser.currentName())) {
                        type = string;
                    } else if (depth == 1 && "text".equals(parser.currentName())) {
                        text = string;
                    } else if (depth == 1 && "message".equals(parser.currentName())) {
                        message = string;
                    }
                }
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE, VALUE_NULL ->
                    out.raw(parser.getText());
                case VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE -> throw new IllegalStateException("not of JSON: " + token);
            }
            depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            if (depth == 0) {
                return new Value.Nested(first == JsonToken.START_OBJECT, out.toString(), type, text, message);
            }
            token = parser.nextToken();
        }
    }

    /// The library's messages may quote what was sent, so they only serve to tell the cases apart (held by
    /// tests).
    private static FrameException fault(final IOException broken) {
        if (broken instanceof StreamConstraintsException) {
            return badFrame("nested deeper than " + DEPTH_MAX + ": send flatter JSON");
        }
        final var message = String.valueOf(broken.getMessage());
        if (message.startsWith("Duplicate")) {
            return badFrame("a member name is repeated: name each member of an object once");
        }
        if (message.startsWith("Broken surrogate") || message.startsWith("Unexpected low surrogate")) {
            return new FrameException(ErrorCode.INVALID, "a member name has a lone surrogate: give whole characters");
        }
        return badFrame("not JSON: send one well-formed JSON object");
    }

    private static FrameException badFrame(final String message) {
        return new FrameException(ErrorCode.BAD_FRAME, message);
    }

    private static JsonFactory factory(final int depthMax) {
        final var constraints = StreamReadConstraints.builder()
                .maxNestingDepth(depthMax)
                .maxNumberLength(Integer.MAX_VALUE) // numbers stay text, so long ones cost nothing
                .maxStringLength(Integer.MAX_VALUE) // frame and request sizes are bounded before
                .maxNameLength(Integer.MAX_VALUE)
                .build();
        return JsonFactory.builder()
                .streamReadConstraints(constraints)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                // names come from strangers and may be long: none is to be remembered after its frame
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .build();
    }
}
