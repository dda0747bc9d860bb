package io.parley.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.parley.content.JsonText;
import io.parley.id.MediaId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/// A file in the body of a message, as its sender describes it.
///
/// @param media its upload
/// @param kind  how to show it
/// @param name  what it is called; of others it is any text, and never a path to write to
/// @param type  its media type
/// @param size  in bytes
public record Attachment(MediaId media, Kind kind, Optional<String> name, Optional<String> type, OptionalLong size) {
    private static final JsonMapper JSON = new JsonMapper();

    /// How a file is shown.
    public enum Kind {
        IMAGE,
        VIDEO,
        VOICE,
        FILE;

        /// As it stands in a body.
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }

        /// What a media type is shown as.
        public static Kind of(final Optional<String> type) {
            final var of = type.orElse("");
            return of.startsWith("image/") ? IMAGE : of.startsWith("video/") ? VIDEO : FILE;
        }

        private static Kind parse(final String wire) {
            for (final var kind : values()) {
                if (kind.wire().equals(wire)) {
                    return kind;
                }
            }
            return FILE; // of a newer client
        }
    }

    /// The files of a body, in their order; none where it is not of type `media`.
    public static List<Attachment> of(final JsonText body) {
        try {
            final var json = JSON.readTree(body.value());
            final var all = new ArrayList<Attachment>();
            if (json.path("type").asText().equals(FilesBody.TYPE)) {
                json.path("files").forEach(file -> attachment(file).ifPresent(all::add));
            }
            return List.copyOf(all);
        } catch (final JsonProcessingException garbage) { // the codec lets none through
            return List.of();
        }
    }

    private static Optional<Attachment> attachment(final JsonNode file) {
        return MediaId.parse(file.path("media").asText())
                .map(media -> new Attachment(
                        media,
                        Kind.parse(file.path("kind").asText()),
                        text(file.path("name")),
                        text(file.path("type")),
                        file.path("size").canConvertToLong()
                                ? OptionalLong.of(file.path("size").asLong())
                                : OptionalLong.empty()));
    }

    private static Optional<String> text(final JsonNode node) {
        return node.isTextual() ? Optional.of(node.asText()) : Optional.empty();
    }
}
