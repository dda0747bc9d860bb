package io.parley.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// The cluster port with TLS: who has no certificate of the cluster's authority is no member.
@Tag("slow")
@DisabledIfSystemProperty(named = "parley.cassandra.skip", matches = "true")
@Order(4)
final class ClusterTlsTest {
    private static final Duration REFUSED_MAX = Duration.ofMinutes(1);
    private static final int ANSWER_MILLIS = 10_000;

    @TempDir
    private static Path directory;

    private static LocalCluster cluster;
    private static Authority authority;

    @BeforeAll
    static void start() {
        authority = new Authority(directory.resolve("ours"));
        final var settings = LocalClusterSettings.aside(2, 1)
                .withNode(1, node -> node.with(authority.member("one", "parley")))
                .withNode(2, node -> node.with(authority.member("two", "parley")));
        cluster = LocalCluster.start(directory.resolve("cluster"), settings, Lifetime.WITH_THIS_JVM);
    }

    @AfterAll
    static void close() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void nodes_with_certificates_of_one_authority_are_one_parley() {
        final var ada = Person.registered(cluster.node(1), "ada");
        final var bo = Person.registered(cluster.node(2), "bo");
        ada.logsIn(cluster.node(2));
        bo.logsIn(cluster.node(1));
        assertEquals(201, ada.sends(cluster.node(1), "hello", bo).status());
        assertEquals(List.of("hello"), bo.reads(cluster.node(2), ada));
    }

    @Test
    void a_node_with_a_certificate_of_another_authority_does_not_become_a_member() {
        refused(new Authority(directory.resolve("theirs")).member("three", "parley"), "SSLHandshakeException");
    }

    @Test
    void a_node_with_a_certificate_for_something_else_does_not_become_a_member() {
        refused(authority.member("mail", "mail"), "None of the peer subject names");
    }

    /// It says so, is not ready, and the members stay two.
    private static void refused(final Map<String, String> certificate, final String why) {
        final var stranger = cluster.outsider(node -> node.with(certificate));
        final long before = stranger.lines().size();
        stranger.start();
        try {
            Waiting.until(
                    REFUSED_MAX,
                    () -> stranger.lines().stream().skip(before).anyMatch(line -> line.contains(why)),
                    () -> "it says nothing of TLS:\n" + stranger.lastLines(50));
            assertFalse(stranger.ready());
            assertTrue(cluster.node(1).ready() && cluster.node(2).ready());
            assertEquals(2, cluster.node(1).metric("cluster_members"));
        } finally {
            stranger.kill();
        }
    }

    @Test
    void who_connects_without_a_certificate_is_told_nothing() throws Exception {
        final var everybody = SSLContext.getInstance("TLS");
        everybody.init(null, new TrustManager[] {new TrustsAll()}, null);
        try (var socket = (SSLSocket) everybody.getSocketFactory().createSocket()) {
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.connect(port());
            assertThrows(SSLException.class, () -> {
                socket.startHandshake();
                final var _ = socket.getInputStream().read(); // in TLS 1.3 the refusal comes after the handshake
            });
        }
    }

    @Test
    void who_connects_without_tls_is_told_nothing() throws IOException {
        try (var socket = new Socket()) {
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.connect(port());
            socket.getOutputStream().write("AKKA\u0001 and whatever comes then".getBytes(UTF_8));
            socket.getOutputStream().flush();
            final var answer = socket.getInputStream().readAllBytes();
            assertTrue(answer.length <= 7, "at most an alert, not " + answer.length + " bytes");
        }
    }

    private static InetSocketAddress port() {
        final var node = cluster.node(1).settings();
        return new InetSocketAddress(InetAddress.ofLiteral(node.host()), node.clusterPort());
    }

    private static final class TrustsAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(final X509Certificate[] chain, final String type) {}

        @Override
        public void checkServerTrusted(final X509Certificate[] chain, final String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
