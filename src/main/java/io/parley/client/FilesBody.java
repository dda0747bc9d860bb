package io.parley.client;

import io.parley.content.Body;
import io.parley.protocol.JsonPrinter;
import java.util.List;
import java.util.Optional;

/// Bodies of type `media`.
public final class FilesBody {
    static final String TYPE = "media";

    private FilesBody() {}

    /// The body of a message with files; the message itself carries the uploads of them all, and no other.
    ///
    /// @param text  that goes with them; what the server asks of it, the server judges
    /// @param files 1 to [Body#MEDIA_MAX], none of them twice
    public static Body of(final Optional<String> text, final List<Attachment> files) {
        final var json = new JsonPrinter()
                .object()
                .member("type", TYPE)
                .member("text", text)
                .name("files")
                .array();
        for (final var file : files) {
            json.object()
                    .member("media", file.media().value())
                    .member("kind", file.kind().wire())
                    .member("name", file.name())
                    .member("type", file.type());
            file.size().ifPresent(bytes -> json.member("size", bytes));
            json.end();
        }
        json.endArray();
        return new Body(TYPE, json.end().text());
    }
}
