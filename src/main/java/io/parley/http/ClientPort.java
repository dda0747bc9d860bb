package io.parley.http;

import io.parley.protocol.ErrorCode;
import io.parley.session.Connections;
import org.apache.pekko.http.javadsl.server.Route;

/// The client port: the WebSocket and REST, behind one check of where requests come from.
public final class ClientPort {
    private ClientPort() {}

    /// The routes of the client port.
    public static Route route(final Api api, final Connections connections) {
        final var sockets = new WebSocketRoute(
                connections,
                api::originAllowed,
                why -> Problem.of(ErrorCode.INVALID, why).response(),
                why -> Problem.of(ErrorCode.FORBIDDEN, why).response());
        return api.with(sockets.route());
    }
}
