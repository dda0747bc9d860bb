package io.parley.protocol;

import io.parley.content.Body;
import io.parley.id.MediaId;
import java.util.List;

/// What a message says, judged by [BodyRules].
///
/// @param media the uploads it carries, none of them twice
public record Content(Body body, List<MediaId> media) {
    public Content {
        media = List.copyOf(media);
    }
}
