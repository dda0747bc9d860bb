package io.parley.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.parley.content.JsonText;
import java.util.Optional;

/// What of a body is shown. Pure.
final class BodyText {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String WITHHELD = "withheld";
    private static final String COMMIT = "commit";

    private BodyText() {}

    /// The text to show, still as it was written; empty for an entry that is not to be shown.
    static Optional<String> of(final JsonText body) {
        try {
            final var json = JSON.readTree(body.value());
            final var type = json.path("type").asText();
            return switch (type) {
                case WITHHELD, COMMIT -> Optional.empty();
                case "text" -> Optional.of(json.path("text").asText());
                case "mls" -> Optional.of("[encrypted: read it in the web client]"); // this program has no keys
                default -> Optional.of("[not supported here: " + type + "]");
            };
        } catch (final JsonProcessingException garbage) { // the codec lets none through
            return Optional.of("[unreadable]");
        }
    }
}
