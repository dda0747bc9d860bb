package io.parley.http;

import java.util.List;
import java.util.Set;

/// What the client port needs to be told.
///
/// @param hosts            names beside the loopback's that a request's `Host` may have, without port
///                         (`parley.http.hosts`)
/// @param allowedOrigins   pages of other origins that may call, such as `https://chat.example`
///                         (`parley.http.allowed-origins`)
/// @param nodes            client addresses of all nodes, as origins (`PARLEY_NODES`): their pages may call,
///                         their names may stand in `Host`, and clients are told them
/// @param trustedProxies   networks in CIDR form whose `X-Forwarded-For` counts (`PARLEY_TRUSTED_PROXIES`)
/// @param connectionsPerAddress WebSockets one address may have open at once
/// (`parley.http.connections-per-address`); holds only with rate limits
/// @param registrationOpen whether anybody may register (`PARLEY_REGISTRATION` is `open`)
/// @param rateLimits       whether rate limits hold (`PARLEY_RATE_LIMITS`)
public record ApiSettings(
        Set<String> hosts,
        Set<String> allowedOrigins,
        List<String> nodes,
        List<String> trustedProxies,
        int connectionsPerAddress,
        boolean registrationOpen,
        boolean rateLimits) {
    /// What holds where nobody says otherwise: loopback only, anybody may register, limits hold.
    public static final ApiSettings DEFAULT =
            new ApiSettings(Set.of(), Set.of(), List.of(), List.of(), 500, true, true);

    /// Checks addresses, networks and numbers.
    ///
    /// @throws IllegalArgumentException if one cannot be; the message names the setting
    public ApiSettings {
        hosts = Set.copyOf(hosts);
        allowedOrigins = Set.copyOf(allowedOrigins);
        try {
            nodes = NodeOrigins.of(nodes);
        } catch (final IllegalArgumentException noAddress) {
            throw new IllegalArgumentException(
                    "parley.http.nodes (PARLEY_NODES): " + noAddress.getMessage(), noAddress);
        }
        trustedProxies = List.copyOf(trustedProxies);
        try {
            final var _ = new ClientAddresses(trustedProxies); // says which of them is no network
        } catch (final IllegalArgumentException noNetwork) {
            throw new IllegalArgumentException(
                    "parley.http.trusted-proxies (PARLEY_TRUSTED_PROXIES): " + noNetwork.getMessage(), noNetwork);
        }
        if (connectionsPerAddress < 1) {
            throw new IllegalArgumentException("parley.http.connections-per-address must be 1 or more");
        }
    }
}
