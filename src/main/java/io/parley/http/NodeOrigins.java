package io.parley.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// The client addresses of all nodes, as origins: what a browser says in `Origin` and what may stand in a
/// page's Content-Security-Policy.
final class NodeOrigins {
    /// Each one lengthens the headers of every page.
    private static final int MOST = 64;

    private NodeOrigins() {}

    /// In the form in which browsers name them, each once, in the given order.
    ///
    /// @throws IllegalArgumentException if one is none, or there are too many; the message is one sentence
    ///                                  about it
    static List<String> of(final List<String> addresses) {
        final var origins =
                addresses.stream().map(NodeOrigins::origin).distinct().toList();
        if (origins.size() > MOST) {
            throw new IllegalArgumentException("more than " + MOST + " nodes");
        }
        return origins;
    }

    private static String origin(final String address) {
        final var uri = parsed(address);
        final var scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        final var host = uri.getHost() == null ? "" : uri.getHost().toLowerCase(Locale.ROOT);
        if (host.startsWith("[")) {
            throw new IllegalArgumentException(
                    address + " names an IPv6 address, which cannot stand in a page's policy: give it a name");
        }
        final boolean isOrigin = (scheme.equals("http") || scheme.equals("https"))
                && !host.isEmpty()
                && uri.getPort() <= 65_535
                && uri.getPort() != 0
                && (uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"))
                && Stream.of(uri.getRawUserInfo(), uri.getRawQuery(), uri.getRawFragment())
                        .allMatch(part -> part == null);
        if (!isOrigin) {
            throw noAddress(address);
        }
        final int usual = scheme.equals("http") ? 80 : 443;
        return scheme + "://" + host + (uri.getPort() == -1 || uri.getPort() == usual ? "" : ":" + uri.getPort());
    }

    private static URI parsed(final String address) {
        try {
            return new URI(address).parseServerAuthority();
        } catch (final URISyntaxException none) {
            throw noAddress(address);
        }
    }

    private static IllegalArgumentException noAddress(final String address) {
        return new IllegalArgumentException(
                address + " is no address of a node, such as https://chat1.example or http://127.0.0.1:8081");
    }

    /// The host of an origin, without port.
    static String host(final String origin) {
        return origin.substring(origin.indexOf("://") + 3).replaceFirst(":[0-9]*$", "");
    }

    /// What a page's `connect-src` has to name, for it to call all of them and to open WebSockets at them.
    static List<String> sources(final List<String> origins) {
        return origins.stream()
                .flatMap(origin -> Stream.of(origin, origin.replaceFirst("^http", "ws")))
                .toList();
    }
}
