package io.parley.http;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.RemoteAddress;

/// From which address a request comes, as limits per address count it. Needs
/// `pekko.http.server.remote-address-attribute = on`; without it all requests count as one address.
final class ClientAddresses {
    /// Whoever has IPv6 has at least a network of this prefix, and may use a new address for each request.
    private static final int IPV6_PREFIX_BYTES = 8;

    /// Proxies in a row that are followed; more is not a deployment but somebody's header.
    private static final int HOPS_MAX = 10;

    /// A network.
    private record Network(InetAddress address, int bits) {
        static Network parse(final String cidr) {
            final int slash = cidr.indexOf('/');
            final var address = InetAddress.ofLiteral(slash < 0 ? cidr : cidr.substring(0, slash));
            final int most = 8 * address.getAddress().length;
            final int bits = slash < 0 ? most : Integer.parseInt(cidr.substring(slash + 1));
            if (bits < 0 || bits > most) {
                throw new IllegalArgumentException("not a network: " + cidr);
            }
            return new Network(address, bits);
        }

        boolean contains(final InetAddress other) {
            final byte[] mine = address.getAddress();
            final byte[] others = other.getAddress();
            final int host = 8 * mine.length - bits;
            return mine.length == others.length
                    && new BigInteger(1, mine).shiftRight(host).equals(new BigInteger(1, others).shiftRight(host));
        }
    }

    private final List<Network> proxies;

    /// @param trustedProxies networks in CIDR form
    /// @throws IllegalArgumentException if one is none
    ClientAddresses(final List<String> trustedProxies) {
        this.proxies = trustedProxies.stream().map(Network::parse).toList();
    }

    /// What a limit per address counts under: the address, of IPv6 its network.
    String of(final HttpRequest request) {
        final var peer = request.getAttribute(AttributeKeys.remoteAddress).flatMap(RemoteAddress::getAddress);
        return peer.map(address -> key(behindProxies(address, request))).orElse("unknown");
    }

    /// The last address in `X-Forwarded-For` that no trusted proxy has: what stands before it anybody may have
    /// written.
    private InetAddress behindProxies(final InetAddress peer, final HttpRequest request) {
        var address = peer;
        if (!isProxy(peer)) {
            return peer;
        }
        final var hops = hops(request);
        for (int i = 1; i <= Math.min(hops.size(), HOPS_MAX) && isProxy(address); i++) {
            final var before = literal(hops.get(hops.size() - i));
            if (before.isEmpty()) {
                return address;
            }
            address = before.get();
        }
        return address;
    }

    private boolean isProxy(final InetAddress address) {
        return proxies.stream().anyMatch(network -> network.contains(address));
    }

    private static List<String> hops(final HttpRequest request) {
        final var hops = new ArrayList<String>();
        for (final var header : request.getHeaders()) {
            if (header.is("x-forwarded-for")) {
                for (final var hop : header.value().split(",", -1)) {
                    hops.add(hop.strip());
                }
            }
        }
        return hops;
    }

    private static Optional<InetAddress> literal(final String text) {
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (final IllegalArgumentException notAnAddress) {
            return Optional.empty();
        }
    }

    private static String key(final InetAddress address) {
        final byte[] bytes = address.getAddress();
        return bytes.length == 4
                ? address.getHostAddress()
                : new BigInteger(1, bytes)
                        .shiftRight(8 * (bytes.length - IPV6_PREFIX_BYTES))
                        .toString(16)
                        .concat("::/64");
    }
}
