package io.parley.http;

import java.nio.charset.StandardCharsets;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/// What a call answers when it goes well.
public final class Answers {
    private Answers() {}

    /// A JSON document.
    public static HttpResponse json(final int status, final String json) {
        return HttpResponse.create()
                .withStatus(status)
                .withEntity(ContentTypes.APPLICATION_JSON, json.getBytes(StandardCharsets.UTF_8));
    }

    /// Done; there is nothing to say.
    public static HttpResponse noContent() {
        return HttpResponse.create().withStatus(204).withEntity(HttpEntities.EMPTY);
    }
}
