package io.parley.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.util.List;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.RemoteAddress;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.junit.jupiter.api.Test;

final class ClientAddressesTest {
    private final ClientAddresses addresses = new ClientAddresses(List.of("10.1.0.0/16", "::1"));

    private static HttpRequest from(final String peer, final String... forwardedFor) {
        var request = HttpRequest.GET("/")
                .addAttribute(AttributeKeys.remoteAddress, RemoteAddress.create(InetAddress.ofLiteral(peer)));
        for (final var value : forwardedFor) {
            request = request.addHeader(RawHeader.create("X-Forwarded-For", value));
        }
        return request;
    }

    @Test
    void who_connects_counts() {
        assertEquals("192.0.2.7", addresses.of(from("192.0.2.7")));
        assertEquals("unknown", addresses.of(HttpRequest.GET("/")));
    }

    @Test
    void what_a_stranger_says_of_himself_does_not_count() {
        assertEquals("192.0.2.7", addresses.of(from("192.0.2.7", "198.51.100.1")));
        assertEquals("192.0.2.7", addresses.of(from("10.1.2.3", "198.51.100.1, 192.0.2.7")));
    }

    @Test
    void trusted_proxies_are_looked_through() {
        assertEquals("192.0.2.7", addresses.of(from("10.1.2.3", "192.0.2.7")));
        assertEquals("192.0.2.7", addresses.of(from("10.1.2.3", "198.51.100.1,192.0.2.7", "10.1.9.9")));
        assertEquals("10.2.0.1", addresses.of(from("10.1.2.3", "10.2.0.1")));
        assertEquals("10.1.2.3", addresses.of(from("10.1.2.3", "who knows")));
        assertEquals("10.1.2.3", addresses.of(from("10.1.2.3")));
    }

    @Test
    void of_ipv6_the_network_counts() {
        assertEquals("20010db800010002::/64", addresses.of(from("2001:db8:1:2::7")));
        assertEquals("20010db800010002::/64", addresses.of(from("::1", "2001:db8:1:2:ffff::1")));
    }

    @Test
    void a_network_that_is_none_is_refused_at_the_start() {
        for (final var wrong : List.of("10.0.0.0/33", "proxy.example", "10.0.0.0/x")) {
            assertThrows(IllegalArgumentException.class, () -> new ClientAddresses(List.of(wrong)));
        }
    }
}
