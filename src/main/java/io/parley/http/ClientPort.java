package io.parley.http;

import io.parley.session.Connections;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.Route;

/// The client port: the WebSocket and REST, behind one check of where requests come from.
public final class ClientPort {
    private ClientPort() {}

    /// The routes of the client port.
    public static Route route(final Connections connections) {
        return new WebSocketRoute(
                        connections,
                        _ -> true,
                        why -> HttpResponse.create().withStatus(400).withEntity(why),
                        why -> HttpResponse.create().withStatus(403).withEntity(why))
                .route();
    }
}
