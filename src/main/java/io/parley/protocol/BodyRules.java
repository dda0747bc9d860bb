package io.parley.protocol;

import io.parley.content.Body;
import io.parley.content.JsonText;
import io.parley.content.MlsFraming;
import io.parley.content.Octets;
import io.parley.content.Utf8;
import io.parley.id.MediaId;
import io.parley.mls.ContentType;
import io.parley.mls.MlsException;
import io.parley.mls.PrivateMessage;
import java.util.List;
import java.util.Optional;

/// What a body must be to be stored, for both doors: an object whose `type` this server knows, encodable, at
/// most [Body#BYTES_MAX] bytes. For `text`, a `text` of 1 to [Body#TEXT_CHARACTERS_MAX] code points that are
/// not all white space and without U+0000; for `mls`, a `message` that is an MLS PrivateMessage with
/// application data (RFC 9420 §6.3); for `media`, what [MediaBody] says. Members it does not know stay as they
/// are. A `media` body carries the uploads of its files, a `text` none, and an `mls` any: what it says of them
/// the server cannot read.
public final class BodyRules {
    static final String WANTED = "an object with a string 'type', such as {\"type\":\"text\",\"text\":\"hello\"}";

    private static final String TEXT = "text";
    private static final String MLS = "mls";
    private static final String MEDIA = "media";

    private BodyRules() {}

    /// A body that says `text`, checked.
    ///
    /// @throws FrameException `invalid` if that may not be said
    public static Body text(final String text) throws FrameException {
        final var json = new JsonPrinter(text.length() + 32)
                .object()
                .member("type", TEXT)
                .member(TEXT, text)
                .end();
        return check(new Value.Nested(true, json.toString(), TEXT, text, null), List.of())
                .body();
    }

    /// @param media the uploads that the message carries
    /// @throws FrameException `too-large`, or `invalid` with what is wrong
    static Content check(final Value value, final List<MediaId> media) throws FrameException {
        if (!(value instanceof final Value.Nested body) || !body.isObject()) {
            throw invalid("'body' is not as it should be: give " + WANTED);
        }
        final var type = body.type();
        if (type == null) {
            throw invalid("'body.type' is missing or not a string: give " + WANTED);
        }
        final int bytes = Utf8.length(body.json());
        if (bytes == Utf8.NOT_ENCODABLE) {
            throw invalid("'body' has a lone surrogate: send whole characters");
        }
        if (bytes > Body.BYTES_MAX) {
            throw new FrameException(
                    ErrorCode.TOO_LARGE,
                    "'body' is larger than " + Body.BYTES_MAX + " bytes of compact JSON: send less, or in parts");
        }
        final var framing = switch (type) {
            case TEXT -> {
                checkText(body);
                if (!media.isEmpty()) {
                    throw invalid("a text carries no 'media': leave it out, or give a body of type \"media\"");
                }
                yield Optional.<MlsFraming>empty();
            }
            case MEDIA -> {
                MediaBody.check(body, media);
                yield Optional.<MlsFraming>empty();
            }
            case MLS -> Optional.of(framing(body));
            default -> throw invalid("'body.type' is none that can be sent: give \"text\", \"media\" or \"mls\"");
        };
        return new Content(new Body(type, new JsonText(body.json()), framing), media);
    }

    /// Taken from the bytes: whatever else the body says of it does not count.
    private static MlsFraming framing(final Value.Nested body) throws FrameException {
        final var message = body.message();
        if (message == null) {
            throw invalid("'body.message' is missing or not a string: give an MLS PrivateMessage");
        }
        final var bytes =
                Octets.parse(message).orElseThrow(() -> invalid("'body.message' is not base64url without padding"));
        try {
            final var parsed = PrivateMessage.readMessage(bytes.toArray(), Body.BYTES_MAX);
            if (parsed.contentType() != ContentType.APPLICATION) {
                throw invalid("'body.message' is not application data: changes of the group are commits");
            }
            if (parsed.epoch() < 0 || parsed.epoch() > Fields.INTEGER_MAX) {
                throw invalid("'body.message' is of an epoch that no group reaches");
            }
            return new MlsFraming(Octets.of(parsed.groupId().toByteArray()), parsed.epoch());
        } catch (final MlsException wrong) {
            throw invalid("'body.message' is not an MLS PrivateMessage: " + wrong.getMessage());
        }
    }

    private static void checkText(final Value.Nested body) throws FrameException {
        final var text = body.text();
        if (text == null) {
            throw invalid("'body.text' is missing or not a string: give what is to be said");
        }
        checkText(text);
    }

    static void checkText(final String text) throws FrameException {
        if (text.codePointCount(0, text.length()) > Body.TEXT_CHARACTERS_MAX) {
            throw invalid("'body.text' is longer than " + Body.TEXT_CHARACTERS_MAX + " characters: send it in parts");
        }
        if (text.indexOf('\0') >= 0) {
            throw invalid("'body.text' has a U+0000: leave it out");
        }
        if (text.codePoints().allMatch(BodyRules::isWhiteSpace)) {
            throw invalid("'body.text' is empty or only white space: say something");
        }
    }

    /// Unicode's own property White_Space, which `Character.isWhitespace` is not.
    private static boolean isWhiteSpace(final int c) {
        return Character.isSpaceChar(c) || (c >= '\t' && c <= '\r') || c == 0x85;
    }

    private static FrameException invalid(final String message) {
        return new FrameException(ErrorCode.INVALID, message);
    }
}
