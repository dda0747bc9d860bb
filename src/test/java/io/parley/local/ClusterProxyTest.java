package io.parley.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The network that is broken on purpose, between two nodes that are sockets of this test.
final class ClusterProxyTest {
    private static final int PATIENCE_MILLIS = 20_000;

    /// Long enough to see that nothing comes, in a test that would not fail if it came later.
    private static final int NOTHING_MILLIS = 200;

    private List<NodeSettings> nodes = List.of();
    private ServerSocket second = unbound();
    private ClusterProxy network = ClusterProxy.listen(List.of());

    private static ServerSocket unbound() {
        try {
            return new ServerSocket();
        } catch (final IOException failed) {
            throw new AssertionError(failed);
        }
    }

    @BeforeEach
    void listen() throws IOException {
        nodes = LocalClusterSettings.aside(2, 1).withBreakableNetwork().nodes();
        network = ClusterProxy.listen(nodes);
        second.bind(new InetSocketAddress(
                InetAddress.ofLiteral(nodes.get(1).host()), nodes.get(1).clusterBoundPort()));
        second.setSoTimeout(PATIENCE_MILLIS);
    }

    @AfterEach
    void close() throws IOException {
        network.close();
        second.close();
    }

    @Test
    void what_a_node_says_gets_to_the_other_and_what_that_one_answers_gets_back() throws IOException {
        try (var here = connect();
                var there = second.accept()) {
            say(here, "hello");
            assertEquals("hello", hear(there, 5));
            say(there, "hi");
            assertEquals("hi", hear(here, 2));
            here.shutdownOutput();
            assertEquals("", hear(there, 1));
        }
    }

    @Test
    void one_direction_is_cut_and_the_other_is_not() throws IOException {
        try (var here = connect();
                var there = second.accept()) {
            say(here, "1");
            assertEquals("1", hear(there, 1));
            network.cut(1, 2);
            say(here, "2");
            say(there, "back");
            assertEquals("back", hear(here, 4));
            assertHearsNothing(there);
            network.heal();
            assertEquals("2", hear(there, 1));
        }
    }

    @Test
    void who_connects_to_a_node_that_is_cut_off_is_accepted_and_gets_there_after_the_healing() throws IOException {
        network.isolate(2);
        try (var here = connect()) {
            say(here, "early");
            second.setSoTimeout(NOTHING_MILLIS);
            assertFalse(accepts());
            network.heal();
            second.setSoTimeout(PATIENCE_MILLIS);
            try (var there = second.accept()) {
                assertEquals("early", hear(there, 5));
            }
        }
    }

    @Test
    void the_end_of_a_node_that_is_cut_off_is_not_noticed() throws IOException {
        try (var here = connect();
                var there = second.accept()) {
            network.isolate(2);
            there.shutdownOutput();
            assertHearsNothing(here);
            network.heal();
            assertEquals("", hear(here, 1));
        }
    }

    @Test
    void what_is_delayed_comes_later_and_in_order() throws IOException {
        try (var here = connect();
                var there = second.accept()) {
            network.delay(1, 2, Duration.ofMillis(300));
            final long began = System.nanoTime();
            say(here, "a");
            say(here, "b");
            assertEquals("ab", hear(there, 2));
            assertTrue(System.nanoTime() - began >= Duration.ofMillis(300).toNanos());
        }
    }

    /// As the first node does.
    private Socket connect() throws IOException {
        final var socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(nodes.get(0).host()), 0));
        socket.connect(new InetSocketAddress(
                InetAddress.ofLiteral(nodes.get(1).host()), nodes.get(1).clusterPort()));
        return socket;
    }

    private static void say(final Socket socket, final String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String hear(final Socket socket, final int bytes) throws IOException {
        socket.setSoTimeout(PATIENCE_MILLIS);
        return new String(socket.getInputStream().readNBytes(bytes), StandardCharsets.US_ASCII);
    }

    private static void assertHearsNothing(final Socket socket) throws IOException {
        socket.setSoTimeout(NOTHING_MILLIS);
        try {
            final int heard = socket.getInputStream().read();
            throw new AssertionError("heard " + heard);
        } catch (final SocketTimeoutException nothing) {
            // as it should be
        }
    }

    private boolean accepts() throws IOException {
        try (var accepted = second.accept()) {
            return accepted.isConnected();
        } catch (final SocketTimeoutException nobody) {
            return false;
        }
    }
}
