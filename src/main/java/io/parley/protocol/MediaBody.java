package io.parley.protocol;

import io.parley.content.Body;
import io.parley.id.MediaId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What a body of type `media` must be: 1 to [Body#MEDIA_MAX] `files`, each of a `kind` and with the id of its
/// upload, and perhaps a `text` that goes with them. The server looks at nothing that only clients use, such as
/// a picture's width.
final class MediaBody {
    private static final List<String> KINDS = List.of("image", "video", "voice", "file");
    private static final int NAME_CHARACTERS_MAX = 255; // as file systems have it
    private static final int TYPE_CHARACTERS_MAX = 127; // RFC 6838 §4.2, for each half of a media type

    private MediaBody() {}

    /// @param media those that the message says it carries
    /// @throws FrameException `invalid` with what is wrong
    static void check(final Value.Nested body, final List<MediaId> media) throws FrameException {
        final var fields = new Fields("body.");
        StrictJson.readFromServer(body.json(), fields); // once more: it was read only as far as other types need it
        final var text = fields.optionalString("text");
        if (text.isPresent()) {
            BodyRules.checkText(text.get());
        }
        final var files = fields.requiredObjects("files");
        if (files.isEmpty() || files.size() > Body.MEDIA_MAX) {
            throw new FrameException(
                    ErrorCode.INVALID,
                    "'body.files' is empty or has more than " + Body.MEDIA_MAX + " files: send them in parts");
        }
        final Set<MediaId> named = new HashSet<>();
        for (final var file : files) {
            named.add(check(file));
        }
        if (!named.equals(Set.copyOf(media))) {
            throw new FrameException(
                    ErrorCode.INVALID,
                    "'media' does not name what the files of 'body' name: give the 'media' of each file there, and no"
                            + " other");
        }
    }

    private static MediaId check(final Fields file) throws FrameException {
        final var media = file.requiredMediaId("media");
        file.requiredWord("kind", KINDS);
        file.optionalString("name", NAME_CHARACTERS_MAX);
        file.optionalString("type", TYPE_CHARACTERS_MAX);
        file.optionalInteger("size", 0, Fields.INTEGER_MAX);
        return media;
    }
}
