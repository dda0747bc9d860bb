package io.parley.scenario;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.local.Waiting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What people send beside words, through a real node.
final class MediaTest {
    private static final byte[] NOTHING = {};

    private final Random random = new Random(7);

    private byte[] bytes(final int count) {
        final var bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static ObjectNode picture(final String id, final String media, final Device to) {
        final var frame = Device.frame("send").put("id", id).put("to", to.user());
        frame.putArray("media").add(media);
        final var body = frame.putObject("body").put("type", "media").put("text", "look");
        body.putArray("files").addObject().put("media", media).put("kind", "image");
        return frame;
    }

    @Test
    void a_picture_cut_off_at_random_and_by_a_kill_arrives_whole_and_only_at_who_may_read_the_message(
            @TempDir final Path data) throws IOException {
        try (var node = NodeProcess.start(data, Map.of("PARLEY_RATE_LIMITS", "off"));
                var world = new World(node)) {
            final var ada = new Uploader(world, world.person("ada"));
            final var bo = new Uploader(world, world.person("bo"));
            final var eve = new Uploader(world, world.person("eve"));
            final var talk = World.between(ada.device(), bo.device());
            final var bytes = bytes(3 << 20);
            final var path = ada.begins(talk, bytes);
            final var id = Uploader.idOf(path);
            for (int breaks = 0; breaks < 5; breaks++) {
                final int at = (int) ada.offset(path);
                final int some = 1 + random.nextInt(bytes.length / 8);
                ada.breaksOff(path, at, bytes, some);
                Waiting.until(
                        Duration.ofSeconds(10),
                        () -> ada.offset(path) > at,
                        () -> "what came before the connection broke is kept");
                if (breaks == 2) {
                    node.killHard();
                    node.restart();
                }
            }
            final int at = (int) ada.offset(path);
            assertTrue(at < bytes.length);
            bo.downloads(id, Map.of()).expect(404);
            ada.downloads(id, Map.of()).expect(404); // not whole
            ada.sends(path, at, Arrays.copyOfRange(bytes, at, bytes.length)).expect(204);
            assertArrayEquals(bytes, ada.downloads(id, Map.of()).expect(200).body());
            bo.downloads(id, Map.of()).expect(404); // not sent

            ada.device().connects().arrives();
            bo.device().connects().arrives();
            final var sent = ada.device().sends(picture("p-1", id, bo.device()));
            final var seen = bo.device().socket().await("the picture", frame -> isMedia(frame));
            assertEquals(id, seen.at("/media/0").asText(), seen.toString());
            assertEquals(
                    sent.seq(),
                    ada.device().sends(picture("p-1", id, bo.device())).seq(),
                    "sent again");
            final var refused = ada.device().refusal(picture("p-2", id, bo.device()));
            assertEquals("invalid", refused.path("code").asText(), "it belongs to the first message");

            final var whole = bo.downloads(id, Map.of()).expect(200);
            assertArrayEquals(bytes, whole.body());
            eve.downloads(id, Map.of()).expect(404);
            eve.tus("HEAD", path, NOTHING, Map.of()).expect(404);
            bo.tus("DELETE", path, NOTHING, Map.of()).expect(404);
            ada.tus("DELETE", path, NOTHING, Map.of()).expect(404); // a message has it
            node.killHard();
            node.restart();
            assertArrayEquals(bytes, bo.downloads(id, Map.of()).expect(200).body());
            final var page = world.rest()
                    .get("/v1/conversations/" + talk + "/messages", bo.device().token())
                    .expect(200)
                    .body();
            assertTrue(page.toString().contains("\"media\":[\"" + id + "\"]"), page.toString());
        }
    }

    private static boolean isMedia(final JsonNode frame) {
        return RawSocket.isOf(frame, "message")
                && frame.at("/body/type").asText().equals("media");
    }

    @Test
    void a_message_names_only_whole_uploads_of_its_author_for_its_conversation() {
        try (var world = SharedNode.world()) {
            final var ada = new Uploader(world, world.person("ada"));
            final var bo = new Uploader(world, world.person("bo"));
            final var eve = world.person("eve");
            final var talk = World.between(ada.device(), bo.device());
            ada.device().connects().arrives();
            final var unfinished = Uploader.idOf(ada.begins(talk, bytes(10)));
            final var ofBo = bo.uploads(talk, bytes(10));
            final var elsewhere = ada.uploads(World.between(ada.device(), eve), bytes(10));
            for (final var media : new String[] {unfinished, ofBo, elsewhere, "0".repeat(32)}) {
                final var refused = ada.device().refusal(picture("n-" + media, media, bo.device()));
                assertEquals("invalid", refused.path("code").asText(), refused.toString());
                assertTrue(refused.path("message").asText().contains("upload it again"), refused.toString());
            }
            final var good = ada.uploads(talk, bytes(10));
            final var rest = picture("n-rest", good, bo.device());
            rest.remove("type");
            final var sent = world.rest()
                    .post("/v1/messages", ada.device().token(), rest)
                    .expect(201);
            assertEquals("n-rest", sent.body().path("id").asText());
            bo.downloads(good, Map.of()).expect(200);
        }
    }

    @Test
    void who_comes_again_gets_a_range_or_hears_that_nothing_has_changed() {
        try (var world = SharedNode.world()) {
            final var ada = new Uploader(world, world.person("ada"));
            final var bytes = bytes(100_000);
            final var id = ada.uploads(ada.device().user() + "~" + ada.device().user(), bytes);
            final var whole = ada.downloads(id, Map.of()).expect(200);
            assertEquals("application/octet-stream", whole.header("Content-Type"));
            assertEquals("attachment", whole.header("Content-Disposition"));
            assertEquals("nosniff", whole.header("X-Content-Type-Options"));
            assertTrue(whole.header("Content-Security-Policy").contains("sandbox"));
            assertTrue(whole.header("Cache-Control").contains("immutable"));
            final var tag = whole.header("ETag");
            assertEquals(
                    0,
                    ada.downloads(id, Map.of("If-None-Match", tag)).expect(304).body().length);
            assertRange(ada, id, bytes, "bytes=0-0", 0, 1);
            assertRange(ada, id, bytes, "bytes=99999-", 99_999, 100_000);
            assertRange(ada, id, bytes, "bytes=70000-200000", 70_000, 100_000);
            assertRange(ada, id, bytes, "bytes=-7", 99_993, 100_000);
            assertEquals(
                    "bytes */100000",
                    ada.downloads(id, Map.of("Range", "bytes=100000-"))
                            .expect(416)
                            .header("Content-Range"));
            assertEquals(
                    100_000,
                    ada.downloads(id, Map.of("Range", "bytes=0-9", "If-Range", "\"another\""))
                            .expect(200)
                            .body()
                            .length);
            ada.downloads(id, Map.of("Range", "bytes=0-9", "If-Range", tag)).expect(206);
            ada.downloads(id, Map.of("Range", "bytes=0-1,5-6")).expect(200);
            final var head =
                    ada.call("HEAD", "/v1/media/" + id, NOTHING, Map.of()).expect(200);
            assertEquals("100000", head.header("Content-Length"));
        }
    }

    private static void assertRange(
            final Uploader by, final String id, final byte[] bytes, final String range, final int from, final int to) {
        final var part = by.downloads(id, Map.of("Range", range)).expect(206);
        assertArrayEquals(Arrays.copyOfRange(bytes, from, to), part.body());
        assertEquals("bytes " + from + "-" + (to - 1) + "/" + bytes.length, part.header("Content-Range"));
    }

    @Test
    void an_upload_that_cannot_be_is_told_why(@TempDir final Path data) {
        final var settings = Map.of(
                "PARLEY_MEDIA_SIZE_MAX", "1 MiB", "PARLEY_MEDIA_QUOTA", "1 MiB", "PARLEY_MEDIA_TYPES", "image/*");
        try (var node = NodeProcess.start(data, settings);
                var world = new World(node)) {
            final var ada = new Uploader(world, world.person("ada"));
            final var self = ada.device().user() + "~" + ada.device().user();
            final var bytes = bytes(600_000);
            final var typed = Uploader.metadata(self, bytes) + ",filetype " + Uploader.base64("image/png");
            final var length = Map.of("Upload-Length", "600000", "Upload-Metadata", typed);
            final var abilities =
                    ada.call("OPTIONS", "/v1/media", NOTHING, Map.of()).expect(204);
            assertEquals("1048576", abilities.header("Tus-Max-Size"));
            assertEquals("1.0.0", abilities.header("Tus-Version"));

            final var other = ada.tus("POST", "/v1/media", NOTHING, with(length, "Tus-Resumable", "0.2.2"));
            assertEquals("1.0.0", other.expect(412).header("Tus-Version"));
            refused(ada, with(length, "Upload-Length", "x"), 400, "invalid");
            refused(ada, with(length, "Upload-Metadata", ""), 400, "invalid");
            refused(ada, with(length, "Upload-Metadata", "conversation " + Uploader.base64(self)), 400, "invalid");
            refused(ada, with(length, "Upload-Metadata", Uploader.metadata("bo~eve", bytes)), 403, "forbidden");
            refused(ada, with(length, "Upload-Metadata", Uploader.metadata(self, bytes)), 400, "invalid"); // no type
            refused(ada, with(length, "Upload-Length", "1048577"), 413, "too-large");
            final var path =
                    ada.tus("POST", "/v1/media", NOTHING, length).expect(201).header("Location");
            refused(ada, length, 413, "too-large"); // two have more than one may have

            final var elsewhere = ada.sends(path, 5, bytes(10)).expect(409);
            assertEquals("0", elsewhere.header("Upload-Offset"));
            assertEquals("conflict", elsewhere.code());
            ada.tus("PATCH", path, bytes, Map.of("Upload-Offset", "0", "Content-Type", "text/plain"))
                    .expect(415);
            ada.sends(path, 0, bytes(600_000)).expect(460);
            assertEquals(0, ada.offset(path), "nothing of it is kept");
            ada.sends(path, 0, Arrays.copyOf(bytes, 300_000)).expect(204);
            ada.sends(path, 300_000, bytes).expect(400);
            ada.sends(path, 300_000, Arrays.copyOfRange(bytes, 300_000, 600_000))
                    .expect(204);
            ada.tus("DELETE", path, NOTHING, Map.of()).expect(204);
            ada.tus("HEAD", path, NOTHING, Map.of()).expect(404);
            ada.tus("PATCH", "/v1/media/..%2f..%2fparley.db", bytes, Map.of("Upload-Offset", "0"))
                    .expect(404);

            final var created = ada.tus("POST", "/v1/media", bytes, length).expect(201);
            assertEquals("600000", created.header("Upload-Offset"), "its bytes came along");
            final var override = Map.of("X-HTTP-Method-Override", "DELETE");
            ada.tus("POST", created.header("Location"), NOTHING, override).expect(204);
        }
    }

    private static Map<String, String> with(final Map<String, String> headers, final String name, final String value) {
        final var changed = new HashMap<>(headers);
        changed.put(name, value);
        return changed;
    }

    private static void refused(
            final Uploader by, final Map<String, String> headers, final int status, final String code) {
        assertEquals(
                code,
                by.tus("POST", "/v1/media", NOTHING, headers).expect(status).code());
    }

    @Test
    void what_nobody_sends_is_swept_away(@TempDir final Path data) throws IOException {
        try (var node = NodeProcess.start(data, Map.of());
                var world = new World(node)) {
            final var ada = new Uploader(world, world.person("ada"));
            final var self = ada.device().user() + "~" + ada.device().user();
            final var whole = ada.uploads(self, "not sent".getBytes(StandardCharsets.UTF_8));
            final var begun = Uploader.idOf(ada.begins(self, bytes(10)));
            for (final var name : new String[] {whole + "/bytes", begun + "/part"}) {
                Files.setLastModifiedTime(
                        data.resolve("media/pending/" + name),
                        FileTime.from(Instant.now().minus(Duration.ofHours(25))));
            }
            node.terminate();
            node.restart(Map.of("JAVA_TOOL_OPTIONS", "-Dparley.media.sweep-every=1s"));
            Waiting.until(
                    Duration.ofSeconds(20),
                    () -> !Files.exists(data.resolve("media/pending/" + whole))
                            && !Files.exists(data.resolve("media/pending/" + begun)),
                    () -> "both are gone");
            ada.downloads(whole, Map.of()).expect(404);
        }
    }

    @Test
    void what_the_disk_has_lost_is_told_to_who_reads_and_to_who_looks_for_it(@TempDir final Path data)
            throws IOException {
        final var settings = Map.of("PARLEY_DATA_DIR", data.toString());
        try (var node = NodeProcess.start(data, Map.of());
                var world = new World(node)) {
            final var ada = new Uploader(world, world.person("ada"));
            final var bo = new Uploader(world, world.person("bo"));
            final var talk = World.between(ada.device(), bo.device());
            final var whole = ada.uploads(talk, bytes(1_000));
            final var shortened = ada.uploads(talk, bytes(1_000));
            final var missing = ada.uploads(talk, bytes(1_000));
            ada.device().connects().arrives();
            for (final var id : new String[] {whole, shortened, missing}) {
                ada.device().sends(picture("l-" + id, id, bo.device()));
            }
            Waiting.until(
                    Duration.ofSeconds(10),
                    () -> Files.exists(kept(data, whole))
                            && Files.exists(kept(data, shortened))
                            && Files.exists(kept(data, missing)),
                    () -> "all are kept");
            final var well = NodeProcess.command(settings, "verify-media");
            assertEquals(0, well.status(), well.output());
            Files.write(kept(data, shortened), new byte[999]);
            Files.delete(kept(data, missing));
            final var damaged = NodeProcess.command(settings, "verify-media", "--quick"); // the node runs
            assertEquals(3, damaged.status(), damaged.output());
            assertTrue(damaged.output().contains(shortened + ": it has 999 bytes instead of 1000"), damaged.output());
            assertTrue(damaged.output().contains("carried by " + talk + " #3"), damaged.output());

            for (final var id : new String[] {shortened, missing, missing}) {
                final var answer = bo.downloads(id, Map.of()).expect(410);
                assertEquals("not-found", answer.code());
            }
            bo.downloads(whole, Map.of()).expect(200);
            assertEquals(3, node.metric("media_failed_total{what=\"lost\"}"));
            node.terminate();
            final var log = node.output();
            assertEquals(1, log.split("upload " + missing, -1).length - 1, "once: " + log);
            assertEquals(3, NodeProcess.command(settings, "verify-media").status());
            assertEquals(
                    2, NodeProcess.command(settings, "verify-media", "--fast").status());
        }
    }

    private static Path kept(final Path data, final String id) {
        return data.resolve("media/kept/" + id.substring(0, 2) + "/" + id + "/bytes");
    }

    @Test
    void memory_does_not_grow_with_what_is_uploaded_and_downloaded(@TempDir final Path data) throws IOException {
        try (var node = NodeProcess.start(data, Map.of("PARLEY_RATE_LIMITS", "off"));
                var world = new World(node)) {
            final var ada = new Uploader(world, world.person("ada"));
            final var self = ada.device().user() + "~" + ada.device().user();
            final var small = bytes(1 << 20);
            for (int warm = 0; warm < 20; warm++) { // a JVM grows to its usual size first
                ada.downloads(ada.uploads(self, small), Map.of()).expect(200);
            }
            final var large = bytes(200 << 20);
            final long before = residentKib(node);
            final var id = ada.uploads(self, large);
            ada.downloads(id, Map.of()).expect(200);
            final long grown = residentKib(node) - before;
            assertTrue(grown <= 64 << 10, "grown by " + grown + " KiB");
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
