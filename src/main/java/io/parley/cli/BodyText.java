package io.parley.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.parley.client.Attachment;
import io.parley.content.JsonText;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What of a body is shown. Pure.
final class BodyText {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String WITHHELD = "withheld";
    private static final String COMMIT = "commit";

    private static final String MEDIA = "media";
    private static final String ENCRYPTED = "mls";

    private BodyText() {}

    /// Whether it says something that this program cannot read.
    static boolean isEncrypted(final JsonText body) {
        try {
            return JSON.readTree(body.value()).path("type").asText().equals(ENCRYPTED);
        } catch (final JsonProcessingException garbage) {
            return false;
        }
    }

    /// The text, if there is one, and a line for each file.
    private static String media(final String text, final List<Attachment> files) {
        return Stream.concat(
                        text.isEmpty() ? Stream.empty() : Stream.of(text),
                        files.stream().map(BodyText::file))
                .collect(Collectors.joining("\n"));
    }

    /// What it is, and how large; a name may say anything, and stays in its line.
    private static String file(final Attachment file) {
        final var size = file.size().isPresent() ? ", " + Amount.of(file.size().getAsLong()) : "";
        return "[" + file.kind().wire()
                + file.name().map(name -> ": " + Printable.of(name)).orElse("") + size + "]";
    }

    /// The text to show, still as it was written; empty for an entry that is not to be shown.
    static Optional<String> of(final JsonText body) {
        try {
            final var json = JSON.readTree(body.value());
            final var type = json.path("type").asText();
            return switch (type) {
                case WITHHELD, COMMIT -> Optional.empty();
                case "text" -> Optional.of(json.path("text").asText());
                case MEDIA -> Optional.of(media(json.path("text").asText(), Attachment.of(body)));
                case ENCRYPTED -> Optional.of("[encrypted: read it in the web client]"); // this program has no keys
                default -> Optional.of("[not supported here: " + type + "]");
            };
        } catch (final JsonProcessingException garbage) { // the codec lets none through
            return Optional.of("[unreadable]");
        }
    }
}
