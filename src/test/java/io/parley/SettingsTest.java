package io.parley;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SettingsTest {
    @Test
    void without_a_word_a_node_is_alone_on_loopback() throws Settings.Wrong {
        final var settings = settings("");
        assertEquals("127.0.0.1", settings.bind());
        assertEquals(8080, settings.port());
        assertEquals("127.0.0.1", settings.managementBind());
        assertEquals(7626, settings.managementPort());
        assertEquals(Path.of("./data"), settings.dataDirectory());
        assertTrue(settings.api().rateLimits());
        assertTrue(settings.api().registrationOpen());
        assertEquals(Set.of(), settings.api().hosts());
        assertEquals(Set.of(), settings.api().allowedOrigins());
        assertEquals(List.of(), settings.api().nodes());
        assertEquals(500, settings.api().connectionsPerAddress());
        assertEquals(Duration.ofSeconds(2), settings.drainSpread());
        assertTrue(settings.adminToken().isEmpty());
    }

    @Test
    void what_is_set_is_used() throws Settings.Wrong {
        final var settings = settings("""
                bind = "0.0.0.0", port = 0, management-port = "1"
                data-dir = "/var/lib/parley", rate-limits = off, registration = closed
                http.hosts = ["chat.example"], http.allowed-origins = ["https://chat.example"]
                session.drain-spread = 500ms
                """);
        assertEquals("0.0.0.0", settings.bind());
        assertEquals(0, settings.port());
        assertEquals(1, settings.managementPort());
        assertEquals(Path.of("/var/lib/parley"), settings.dataDirectory());
        assertFalse(settings.api().rateLimits());
        assertFalse(settings.api().registrationOpen());
        assertEquals(Set.of("chat.example"), settings.api().hosts());
        assertEquals(Set.of("https://chat.example"), settings.api().allowedOrigins());
        assertEquals(Duration.ofMillis(500), settings.drainSpread());
        assertTrue(settings("admin-token = 0123456789abcdef").adminToken().isPresent());
    }

    @Test
    void uploads_are_kept_in_one_place_a_directory_or_a_bucket() throws Settings.Wrong {
        final var usual = settings("data-dir = /var/lib/parley").media();
        assertEquals(Optional.of(Path.of("/var/lib/parley/media")), usual.directory());
        assertTrue(usual.bucket().isEmpty());
        final var bucket = "media.s3 { bucket = uploads, access-key = A, secret-key = hidden }";
        final var amazon = settings(bucket).media();
        assertTrue(amazon.directory().isEmpty());
        assertEquals(
                "the bucket uploads at Amazon S3, us-east-1",
                amazon.bucket().orElseThrow().toString());
        final var own = settings(bucket + ", media.s3 { endpoint = \"http://10.0.0.5:9000/\", path-style = on }")
                .media()
                .bucket()
                .orElseThrow();
        assertEquals(Optional.of(URI.create("http://10.0.0.5:9000")), own.endpoint());
        assertTrue(own.pathStyle());
        assertFalse(amazon.toString().contains("hidden"), "settings may be logged");

        assertWrong(bucket + ", media.directory = /media", "PARLEY_MEDIA_DIR", "PARLEY_MEDIA_S3_BUCKET", "not both");
        assertWrong("media.s3.bucket = uploads", "PARLEY_MEDIA_S3_ACCESS_KEY", "PARLEY_MEDIA_S3_SECRET_KEY");
        assertWrong("media.s3.bucket = Uploads", "PARLEY_MEDIA_S3_BUCKET");
        assertWrong(bucket + ", media.s3.region = \"\"", "PARLEY_MEDIA_S3_REGION");
        for (final var endpoint :
                List.of("10.0.0.5:9000", "ftp://a", "https://a/path", "https://a?b=c", "https:// a")) {
            assertWrong(bucket + ", media.s3.endpoint = \"" + endpoint + "\"", "PARLEY_MEDIA_S3_ENDPOINT", endpoint);
        }
    }

    private static void assertWrong(final String config, final String... saying) {
        final var wrong = assertThrows(Settings.Wrong.class, () -> settings(config));
        for (final var word : saying) {
            assertTrue(String.valueOf(wrong.getMessage()).contains(word), wrong.getMessage());
        }
    }

    @Test
    void nodes_are_named_as_browsers_name_them_each_once() throws Settings.Wrong {
        assertEquals(
                List.of("https://chat1.example", "http://127.0.0.1:8081"),
                settings("http.nodes = \"HTTPS://Chat1.Example:443/, http://127.0.0.1:8081,,https://chat1.example\"")
                        .api()
                        .nodes());
    }

    @Test
    void on_and_off_may_be_said_as_true_and_false() throws Settings.Wrong {
        assertTrue(settings("rate-limits = ON").api().rateLimits());
        assertTrue(settings("rate-limits = true").api().rateLimits());
        assertFalse(settings("rate-limits = \"false\"").api().rateLimits());
    }

    @Test
    void what_cannot_be_is_refused_in_one_sentence_that_names_the_setting() {
        refused("parley.port", "port = -1");
        refused("parley.admin-token", "admin-token = tooshort1234567");
        refused("parley.admin-token", "admin-token = \"not without a space\"");
        refused("parley.port", "port = 65536");
        refused("parley.management-port", "management-port = http");
        refused("parley.log", "log = xml");
        refused("parley.rate-limits", "rate-limits = perhaps");
        refused("parley.registration", "registration = invite");
        refused("parley.encryption", "encryption = on");
        refused("trusted-proxies", "http.trusted-proxies = foo");
        for (final var none : List.of(
                "chat1.example",
                "chat1.example:8080",
                "ws://chat1.example",
                "https://",
                "https://chat1.example/parley",
                "https://chat1.example?x",
                "https://ann@chat1.example",
                "https://chat 1.example",
                "https://chat1.example;script-src",
                "https://*.example",
                "https://chat_1.example",
                "https://chat1.example:0",
                "https://chat1.example:65536",
                "https://[::1]:8080")) {
            refused("parley.http.nodes (PARLEY_NODES)", "http.nodes = \"http://127.0.0.1:8081," + none + "\"");
        }
        refused(
                "64",
                "http.nodes = \""
                        + IntStream.rangeClosed(1, 65)
                                .mapToObj(number -> "http://n" + number)
                                .collect(Collectors.joining(","))
                        + "\"");
        refused("parley.http.connections-per-address", "http.connections-per-address = 0");
        refused("parley.account.away-after", "account.away-after = 0s");
        refused("access-token-ttl", "account.access-token-ttl = 10ms");
        refused("parley.store", "store = files");
        refused("parley.store", "store = cassandra");
        refused("parley.seed-nodes", "seed-nodes = \"10.0.0.1:7355\"");
    }

    @Test
    void a_duration_that_is_none_is_refused_with_its_name() {
        final var wrong = assertThrows(ConfigException.class, () -> settings("session.drain-spread = soon"));
        assertTrue(String.valueOf(wrong.getMessage()).contains("drain-spread"));
    }

    private static void refused(final String named, final String text) {
        final var wrong = assertThrows(Settings.Wrong.class, () -> settings(text));
        final var message = String.valueOf(wrong.getMessage());
        assertTrue(message.contains(named), message);
        assertEquals(1, message.lines().count());
    }

    /// The defaults as they are shipped, with `text` above them under `parley`; the environment of the build is
    /// left out.
    private static Settings settings(final String text) throws Settings.Wrong {
        return Settings.of(ConfigFactory.parseString("parley {" + text + "\n}")
                .withFallback(ConfigFactory.parseResources("application.conf"))
                .resolve(com.typesafe.config.ConfigResolveOptions.noSystem()));
    }
}
