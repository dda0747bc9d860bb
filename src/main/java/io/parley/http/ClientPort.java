package io.parley.http;

import io.parley.cluster.Counters;
import io.parley.protocol.ErrorCode;
import io.parley.session.Connections;
import io.parley.websocket.Owner;
import java.util.function.Function;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.server.Route;

/// The client port: the WebSocket and REST, behind one check of where requests come from.
public final class ClientPort {
    private ClientPort() {}

    /// The routes of the client port.
    ///
    /// @param counters counts refused connections
    public static Route route(
            final Api api, final ApiSettings settings, final Connections connections, final Counters counters) {
        final var sockets = new WebSocketRoute(
                owners(settings, connections, counters),
                api::originAllowed,
                why -> Problem.of(ErrorCode.INVALID, why).response(),
                why -> Problem.of(ErrorCode.FORBIDDEN, why).response());
        return api.with(sockets.route());
    }

    private static Function<HttpRequest, Owner.Factory> owners(
            final ApiSettings settings, final Connections connections, final Counters counters) {
        if (!settings.rateLimits()) {
            return _ -> connections;
        }
        final var addresses = new ClientAddresses(settings.trustedProxies());
        final var places = new AddressPlaces(settings.connectionsPerAddress(), counters);
        return request -> places.from(addresses.of(request), connections);
    }
}
