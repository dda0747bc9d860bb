package io.parley.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.http.javadsl.Http;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The files of the web client, over a real socket.
final class WebClientRoutesTest {
    private static final ActorTestKit KIT =
            ActorTestKit.create("web", ConfigFactory.parseString("""
            pekko.coordinated-shutdown.exit-jvm = off
            pekko.loglevel = WARNING
            """).withFallback(ConfigFactory.load("reference")));
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static int port;
    private static int portOfSeveral;
    private static int portWithout;

    @BeforeAll
    static void serve() throws Exception {
        port = bound("/web-example/", List.of());
        portOfSeveral = bound("/web-example/", List.of("https://chat1.example", "http://127.0.0.1:8081"));
        portWithout = bound("/nowhere/", List.of());
    }

    private static int bound(final String root, final List<String> nodes) throws Exception {
        return Http.get(KIT.system())
                .newServerAt("127.0.0.1", 0)
                .bind(new WebClientRoutes(root, nodes).routes())
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS)
                .localAddress()
                .getPort();
    }

    @AfterAll
    static void stop() {
        CLIENT.close();
        KIT.shutdownTestKit();
    }

    @Test
    void the_page_may_load_nothing_from_elsewhere_and_run_no_script_but_its_files() throws Exception {
        final var answer = get("/");
        assertEquals(200, answer.statusCode());
        assertEquals("text/html; charset=UTF-8", said(answer, "Content-Type"));
        final var policy = said(answer, "Content-Security-Policy");
        assertTrue(policy.startsWith("default-src 'none'; script-src 'self' 'wasm-unsafe-eval';"), policy);
        assertTrue(policy.contains("require-trusted-types-for 'script'; trusted-types parley"), policy);
        assertTrue(policy.contains("frame-ancestors 'none'"), policy);
        assertTrue(policy.contains("; img-src 'self' blob:; media-src 'self' blob:; "), policy);
        assertTrue(
                !policy.replace("'wasm-unsafe-eval'", "").contains("unsafe")
                        && !policy.contains("*")
                        && !policy.contains("http"),
                policy);
    }

    @Test
    void the_page_may_ask_for_microphone_and_camera_and_nothing_from_elsewhere_may() throws Exception {
        assertEquals("camera=(self), geolocation=(), microphone=(self)", said(get("/"), "Permissions-Policy"));
    }

    @Test
    void the_page_may_call_all_nodes_and_open_websockets_at_them() throws Exception {
        final var policy = said(getOfSeveral("/"), "Content-Security-Policy");
        assertTrue(
                policy.contains("; connect-src 'self' https://chat1.example wss://chat1.example "
                        + "http://127.0.0.1:8081 ws://127.0.0.1:8081; font-src 'self'; "),
                policy);
    }

    @Test
    void a_page_that_was_kept_from_before_a_node_was_added_is_not_taken_for_the_same() throws Exception {
        for (final var path : List.of("/", "/assets/worker-7b1c.js")) {
            final var before = get(path);
            assertEquals("no-cache", said(before, "Cache-Control"));
            final var since = getOfSeveral(path, "If-None-Match", said(before, "ETag"));
            assertEquals(200, since.statusCode(), path); // at a 304 a browser might keep the policy it has
            assertTrue(said(since, "Content-Security-Policy").contains("wss://chat1.example"));
        }
    }

    @Test
    void a_new_version_is_seen_at_the_next_load_and_what_has_not_changed_is_not_sent_again() throws Exception {
        final var page = get("/");
        assertEquals("no-cache", said(page, "Cache-Control"));
        final var again = get("/", "If-None-Match", said(page, "ETag"));
        assertEquals(304, again.statusCode());
        for (final var kept : List.of("Content-Security-Policy", "Cache-Control", "Vary", "ETag")) {
            assertEquals(said(page, kept), said(again, kept)); // a 304 renews what the browser keeps
        }
        assertEquals("public, max-age=31536000, immutable", said(get("/assets/app-4f3a.js"), "Cache-Control"));
    }

    @Test
    void the_service_worker_is_asked_about_each_time_and_can_reach_nothing() throws Exception {
        final var answer = getOfSeveral("/stream.js");
        assertEquals(200, answer.statusCode());
        assertEquals("no-cache", said(answer, "Cache-Control"));
        assertTrue(said(answer, "Content-Type").contains("javascript"), said(answer, "Content-Type"));
        assertEquals(
                List.of("default-src 'none'; require-trusted-types-for 'script'; trusted-types"),
                answer.headers().allValues("Content-Security-Policy"));
        assertEquals("", said(answer, "Service-Worker-Allowed")); // what is beside and below it, and no more
    }

    @Test
    void what_gets_smaller_is_sent_compressed_to_those_who_take_it() throws Exception {
        final var plain = get("/assets/app-4f3a.js");
        final var small = get("/assets/app-4f3a.js", "Accept-Encoding", "br, gzip");
        assertEquals("gzip", said(small, "Content-Encoding"));
        assertEquals("Accept-Encoding", said(small, "Vary"));
        assertTrue(small.body().length < plain.body().length / 4);
        try (var unpacked = new GZIPInputStream(new ByteArrayInputStream(small.body()))) {
            assertArrayEquals(plain.body(), unpacked.readAllBytes());
        }
        assertTrue(!said(small, "ETag").equals(said(plain, "ETag")));
        assertTrue(get("/assets/app-4f3a.js", "Accept-Encoding", "gzip;q=0")
                .headers()
                .firstValue("Content-Encoding")
                .isEmpty());
    }

    @Test
    void what_the_build_has_compressed_is_sent_as_it_is_there() throws Exception {
        final var path = "/assets/library-9d2e.wasm";
        final var plain = get(path);
        assertEquals("", said(plain, "Content-Encoding"));
        final var forms = Map.of(
                "br, gzip", "br",
                "gzip, br;q=0", "gzip",
                "gzip", "gzip",
                "*", "br",
                "*, br;q=0", "gzip",
                "gzip;q=0", "",
                "identity", "");
        for (final var form : forms.entrySet()) {
            final var answer = get(path, "Accept-Encoding", form.getKey());
            final var encoding = form.getValue();
            assertEquals(encoding, said(answer, "Content-Encoding"), form.getKey());
            assertEquals("application/wasm", said(answer, "Content-Type")); // or it is not compiled as it comes
            assertEquals("Accept-Encoding", said(answer, "Vary"));
            assertArrayEquals(stored(path + suffix(encoding)), answer.body());
            final var tag = said(answer, "ETag");
            assertEquals(encoding.isEmpty(), tag.equals(said(plain, "ETag")));
            assertEquals(
                    304,
                    get(path, "Accept-Encoding", form.getKey(), "If-None-Match", tag)
                            .statusCode());
        }
    }

    private static String suffix(final String encoding) {
        return switch (encoding) {
            case "br" -> ".br";
            case "gzip" -> ".gz";
            default -> "";
        };
    }

    private static byte[] stored(final String path) {
        return StaticFile.bytes("/web-example" + path).orElseThrow();
    }

    @Test
    void each_file_says_its_type() throws Exception {
        assertEquals("application/javascript; charset=UTF-8", said(get("/assets/app-4f3a.js"), "Content-Type"));
        assertEquals("image/svg+xml", said(get("/icon.svg"), "Content-Type"));
    }

    @Test
    void only_the_files_of_the_client_are_served() throws Exception {
        for (final var path : new String[] {
            "/files.txt",
            "/assets/",
            "/assets/library-9d2e.wasm.br",
            "/assets/library-9d2e.wasm.gz",
            "/assets/../../application.conf",
            "/other"
        }) {
            assertEquals(404, get(path).statusCode(), path);
        }
    }

    @Test
    void a_node_that_was_built_without_it_says_so() throws Exception {
        final var answer = CLIENT.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + portWithout + "/"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertEquals(200, answer.statusCode());
        assertTrue(answer.body().contains("without the web client"), answer.body());
    }

    private static HttpResponse<byte[]> get(final String path, final String... headers)
            throws IOException, InterruptedException {
        return get(port, path, headers);
    }

    private static HttpResponse<byte[]> getOfSeveral(final String path, final String... headers)
            throws IOException, InterruptedException {
        return get(portOfSeveral, path, headers);
    }

    private static HttpResponse<byte[]> get(final int at, final String path, final String... headers)
            throws IOException, InterruptedException {
        final var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + at + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String said(final HttpResponse<?> answer, final String header) {
        return answer.headers().firstValue(header).orElse("");
    }
}
