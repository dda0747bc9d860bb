package io.parley.scenario;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Files sent and saved with `parley` at a real node.
@ExtendWith(NodeOutput.class)
final class CliFilesTest {
    private static final AtomicInteger PEOPLE = new AtomicInteger();

    private final World world = SharedNode.world();
    private final List<AutoCloseable> open = new ArrayList<>(List.of(world));

    @TempDir
    private Path directory;

    @AfterEach
    void end() throws Exception {
        for (final var each : open.reversed()) {
            each.close();
        }
    }

    private Cli person(final String name, final int port) {
        return Cli.person("files-" + name + PEOPLE.incrementAndGet(), directory, port);
    }

    private Path file(final String name, final int bytes) throws IOException {
        final var contents = new byte[bytes];
        new Random(bytes).nextBytes(contents);
        return Files.write(directory.resolve(name), contents);
    }

    private String saved() throws IOException {
        return Files.createDirectories(directory.resolve("saved")).toString();
    }

    @Test
    void files_arrive_as_they_are_and_are_read_of_as_lines() throws IOException {
        final var ada = person("ada", world.port());
        final var bo = person("bo", world.port());
        final var picture = file("harbour.jpg", 48_213);
        final var notes = file("notes.txt", 0);
        assertEquals(
                List.of("✓ #1"),
                ada.prints(
                        "send",
                        bo.user(),
                        "--file",
                        picture.toString(),
                        "--file",
                        notes.toString(),
                        "--caption",
                        "The harbour."));
        final var history = bo.prints("history", ada.user());
        assertTrue(history.get(1).endsWith(ada.user() + ": The harbour."), "" + history);
        assertEquals(
                List.of(
                        "      | [image: harbour.jpg, 47 KiB]",
                        "      | [file: notes.txt, 0 B]",
                        "      | parley fetch " + ada.user() + " 1 saves it"),
                history.subList(2, 5));
        final var frame = Rest.parse(bo.prints("history", ada.user(), "--json").getFirst());
        assertEquals("harbour.jpg", frame.at("/body/files/0/name").asText());
        assertEquals(2, frame.path("media").size());
        assertTrue(bo.prints("chats").getFirst().contains("The harbour."));

        final var saved = bo.prints("fetch", ada.user(), "1", "-o", saved());
        assertEquals("saved " + saved() + "/harbour.jpg (47 KiB)", saved.getFirst());
        assertArrayEquals(Files.readAllBytes(picture), Files.readAllBytes(Path.of(saved(), "harbour.jpg")));
        assertEquals(0, Files.size(Path.of(saved(), "notes.txt")));
        final var there = bo.gets(1, "fetch", ada.user(), "#1", "-o", saved());
        assertTrue(there.err().contains("--replace"), there.err());
        bo.prints("fetch", ada.user(), "1", "1", "-o", saved() + "/other.jpg");
        assertArrayEquals(Files.readAllBytes(picture), Files.readAllBytes(Path.of(saved(), "other.jpg")));
        bo.prints("fetch", ada.user(), "1", "1", "-o", saved(), "--replace");
        bo.gets(1, "fetch", ada.user(), "1", "3", "-o", saved());
        bo.gets(1, "fetch", ada.user(), "2", "-o", saved());
        bo.gets(2, "fetch", ada.user(), "1", "-o", saved() + "/nowhere");
        bo.prints("send", ada.user(), "only words");
        assertTrue(bo.gets(1, "fetch", ada.user(), "2").err().contains("carries no files"));
    }

    @Test
    void a_sending_that_is_ended_in_the_middle_goes_on_with_the_same_command() throws IOException {
        final var relay = new Relay(world.port());
        open.add(relay);
        final var ada = person("ada", relay.port());
        final var bo = person("bo", world.port());
        final var film = file("film.mp4", 20 << 20);
        relay.cutsAfter(8 << 20);
        final var sending = ada.start("send", bo.user(), "--file", film.toString(), "look");
        open.add(sending);
        relay.awaitCut();
        final var ended = sending.stops();
        assertTrue(
                ended.err().contains("of film.mp4 are there: the same command goes on with them"),
                ended.code() + ended.err());
        assertFalse(ended.err().contains("\r"), "no progress where there is no terminal");
        relay.heals();
        final long before = relay.sent();
        assertEquals(List.of("✓ #1"), ada.prints("send", bo.user(), "--file", film.toString(), "look"));
        final long again = relay.sent() - before;
        assertTrue(again < 16 << 20, "it went on, with " + again + " bytes");
        bo.prints("fetch", ada.user(), "1", "-o", saved());
        assertArrayEquals(Files.readAllBytes(film), Files.readAllBytes(Path.of(saved(), "film.mp4")));
        assertEquals(
                List.of("✓ #2"),
                ada.prints("send", bo.user(), "--file", film.toString()),
                "the same file once more is another upload");
    }

    @Test
    void a_cut_and_a_fetch_that_is_ended_in_the_middle_are_gone_on_with() throws IOException {
        final var relay = new Relay(world.port());
        open.add(relay);
        final var ada = person("ada", world.port());
        final var bo = person("bo", relay.port());
        final var film = file("film.mp4", 20 << 20);
        ada.prints("send", bo.user(), "--file", film.toString());
        relay.cutsAnswersAfter(8 << 20);
        final var fetching = bo.start("fetch", ada.user(), "1", "-o", saved());
        open.add(fetching);
        relay.awaitCut();
        final var ended = fetching.stops();
        assertTrue(ended.err().contains("of film.mp4 are here: the same command goes on"), ended.err());
        assertTrue(Files.size(Path.of(saved(), "film.mp4.part")) > 1 << 20);
        assertFalse(Files.exists(Path.of(saved(), "film.mp4")));
        relay.heals();
        bo.prints("fetch", ada.user(), "1", "-o", saved());
        assertArrayEquals(Files.readAllBytes(film), Files.readAllBytes(Path.of(saved(), "film.mp4")));
        assertFalse(Files.exists(Path.of(saved(), "film.mp4.part")));
    }

    @Test
    void a_name_that_somebody_chose_steers_nothing_and_leads_nowhere() throws IOException {
        final var bo = person("bo", world.port());
        final var eve = new Uploader(world, world.person("eve"));
        final var talk = bo.user().compareTo(eve.device().user()) < 0
                ? bo.user() + "~" + eve.device().user()
                : eve.device().user() + "~" + bo.user();
        final var id = eve.uploads(talk, new byte[] {1, 2, 3});
        final var message = Device.frame("send").put("id", "evil").put("to", bo.user());
        message.remove("type");
        message.putArray("media").add(id);
        message.putObject("body")
                .put("type", "media")
                .putArray("files")
                .addObject()
                .put("media", id)
                .put("kind", "file")
                .put("name", "../../.ssh/\u001b]0;owned\u0007authorized_keys");
        world.rest().post("/v1/messages", eve.device().token(), message).expect(201);
        final var shown = String.join("\n", bo.prints("history", eve.device().user()));
        assertTrue(shown.chars().noneMatch(c -> (c < ' ' && c != '\n') || (c >= 0x7f && c <= 0x9f)), shown);
        final var saved = bo.prints("fetch", eve.device().user(), "1", "-o", saved());
        assertEquals(List.of("saved " + saved() + "/_]0;owned_authorized_keys (3 B)"), saved);
        assertEquals(3, Files.size(Path.of(saved(), "_]0;owned_authorized_keys")));
    }

    @Test
    void nothing_of_a_file_is_uploaded_for_an_encrypted_conversation() throws IOException {
        final var ada = new Phone(world, world.person("ada"));
        final var bo = new Phone(world, world.person("bo"));
        final var talk = ada.device.sends("not encrypted yet", bo.device).conversation();
        ada.mls.begins(talk + "/1");
        final var first = ada.mls.commits(List.of(bo.mls), List.of());
        ada.commits("c-1", talk, first).expect(201);
        final var terminal = Cli.stranger(bo.device.user(), directory, world.port());
        terminal.prints("login", bo.device.user());
        final var refused = terminal.gets(
                1, "send", ada.device.user(), "--file", file("harbour.jpg", 100).toString());
        assertTrue(refused.err().contains("is encrypted"), refused.err());
        try (var kept = Files.walk(directory.resolve(bo.device.user()))) {
            assertTrue(kept.noneMatch(each -> each.endsWith("uploads")), "nothing was begun");
        }
    }

    @Test
    void what_cannot_be_sent_is_told_before_anything_is_uploaded() throws IOException {
        final var ada = person("ada", world.port());
        final var picture = file("harbour.jpg", 100).toString();
        ada.gets(2, "send", ada.user(), "--file", directory.resolve("none").toString());
        ada.gets(2, "send", ada.user(), "--file", directory.toString());
        ada.gets(2, "send", ada.user());
        ada.gets(2, "send", ada.user(), "--caption", "no file");
        ada.gets(2, "send", ada.user(), "both", "--caption", "both", "--file", picture);
        ada.gets(2, "send", ada.user(), "--file", picture, "--file", picture);
        final var many = new ArrayList<>(List.of("send", ada.user()));
        for (int i = 0; i < 33; i++) {
            many.addAll(List.of("--file", picture));
        }
        assertTrue(ada.gets(2, many.toArray(String[]::new)).err().contains("32 files"));
        ada.gets(1, "send", "nobody-" + ada.user(), "--file", picture);
        assertEquals(List.of("✓ #1"), ada.prints("send", ada.user(), "--file", picture), "to myself");
    }
}
