package io.parley.scenario;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.local.S3Server;
import io.parley.local.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What people send beside words, through a real node that keeps it in a real S3-compatible server.
@Tag("slow")
final class MediaInBucketTest {
    private static final byte[] NOTHING = {};

    private final Random random = new Random(11);

    private byte[] bytes(final int count) {
        final var bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static Map<String, String> settings(final S3Server server) {
        final var settings = new HashMap<>(server.settings());
        settings.put("PARLEY_RATE_LIMITS", "off");
        return settings;
    }

    private static ObjectNode picture(final String id, final String media, final Device to) {
        final var frame = Device.frame("send").put("id", id).put("to", to.user());
        frame.putArray("media").add(media);
        final var body = frame.putObject("body").put("type", "media");
        body.putArray("files").addObject().put("media", media).put("kind", "image");
        return frame;
    }

    @Test
    void a_picture_cut_off_by_kills_of_the_node_and_of_the_store_arrives_whole(
            @TempDir final Path data, @TempDir final Path objects) throws IOException {
        final var server = S3Server.start(objects);
        try (var node = NodeProcess.start(data, settings(server));
                var world = new World(node)) {
            final var ada = new Uploader(world, world.person("ada"));
            final var bo = new Uploader(world, world.person("bo"));
            final var eve = new Uploader(world, world.person("eve"));
            final var talk = World.between(ada.device(), bo.device());
            final var bytes = bytes(9 << 20);
            final var path = ada.begins(talk, bytes);
            final var id = Uploader.idOf(path);
            for (int breaks = 0; breaks < 3; breaks++) {
                final int at = (int) ada.offset(path);
                ada.breaksOff(path, at, bytes, 1 + random.nextInt(bytes.length / 8));
                Waiting.until(
                        Duration.ofSeconds(10),
                        () -> ada.offset(path) > at,
                        () -> "what came before the connection broke is kept");
                if (breaks == 1) {
                    node.killHard();
                    node.restart();
                }
            }
            final int before = (int) ada.offset(path);
            server.kill();
            final var rest = Arrays.copyOfRange(bytes, before, bytes.length);
            final var refused =
                    ada.sends(path, before, Arrays.copyOf(rest, 1_000)).expect(503);
            assertEquals("unavailable", refused.code());
            ada.tus("HEAD", path, NOTHING, Map.of()).expect(503);
            assertTrue(node.isReady(), "messages go on without uploads");
            assertTrue(node.metric("media_failed_total{what=\"store\"}") > 0, "it is counted");
            server.startAndWait();
            assertEquals(before, ada.offset(path), "nothing of it is lost");
            ada.sends(path, before, rest).expect(204);
            bo.downloads(id, Map.of()).expect(404); // not sent

            ada.device().connects().arrives();
            bo.device().connects().arrives();
            ada.device().sends(picture("p-1", id, bo.device()));
            bo.device().socket().await("the picture", frame -> RawSocket.isOf(frame, "message"));
            assertArrayEquals(bytes, bo.downloads(id, Map.of()).expect(200).body());
            final var part =
                    bo.downloads(id, Map.of("Range", "bytes=4000000-5000000")).expect(206);
            assertArrayEquals(Arrays.copyOfRange(bytes, 4_000_000, 5_000_001), part.body());
            eve.downloads(id, Map.of()).expect(404);
            Waiting.until(
                    Duration.ofSeconds(10),
                    () -> Files.exists(server.objects().resolve(S3Server.BUCKET + "/kept/" + id + ".json")),
                    () -> "it is kept where the message is known");
            assertTrue(!Files.exists(data.resolve("media")), "nothing of it is on the node's disk");
            node.killHard();
            node.restart();
            assertArrayEquals(bytes, bo.downloads(id, Map.of()).expect(200).body());
        } finally {
            server.kill();
        }
    }

    @Test
    void a_node_starts_without_the_store_and_takes_uploads_when_it_is_there(
            @TempDir final Path data, @TempDir final Path objects) throws IOException {
        final var server = S3Server.start(objects);
        server.kill();
        try (var node = NodeProcess.start(data, settings(server));
                var world = new World(node)) {
            final var ada = new Uploader(world, world.person("ada"));
            final var self = ada.device().user() + "~" + ada.device().user();
            final var bytes = bytes(100);
            final var length = Map.of("Upload-Length", "100", "Upload-Metadata", Uploader.metadata(self, bytes));
            assertEquals(
                    "unavailable",
                    ada.tus("POST", "/v1/media", NOTHING, length).expect(503).code());
            assertTrue(node.output().contains("no uploads for now"), node.output());
            server.startAndWait();
            final var id = ada.uploads(self, bytes);
            assertArrayEquals(bytes, ada.downloads(id, Map.of()).expect(200).body());
            assertTrue(node.output().contains("uploads are kept in the bucket " + S3Server.BUCKET), node.output());
            assertTrue(!node.output().contains(S3Server.SECRET_KEY), "no key in a log");
        } finally {
            server.kill();
        }
    }

    @Test
    void memory_does_not_grow_with_what_is_uploaded_and_downloaded(
            @TempDir final Path data, @TempDir final Path objects) throws IOException {
        final var server = S3Server.start(objects);
        try (var node = NodeProcess.start(data, settings(server));
                var world = new World(node)) {
            final var ada = new Uploader(world, world.person("ada"));
            final var self = ada.device().user() + "~" + ada.device().user();
            final var middling = bytes(12 << 20);
            for (int warm = 0; warm < 6; warm++) { // a JVM grows to its usual size first
                ada.downloads(ada.uploads(self, middling), Map.of()).expect(200);
            }
            final var large = bytes(100 << 20);
            final long before = residentKib(node);
            final var id = ada.uploads(self, large);
            ada.downloads(id, Map.of()).expect(200);
            final long grown = residentKib(node) - before;
            assertTrue(grown <= 96 << 10, "grown by " + grown + " KiB");
        } finally {
            server.kill();
        }
    }

    private static long residentKib(final NodeProcess node) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + node.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }
}
