package io.parley.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HistoryFileTest {
    private static final Instant TIME = Instant.parse("2026-11-24T08:15:30.250Z");

    /// One of each.
    private static final List<Event> EACH = List.of(
            new Event.WallClock(0, TIME),
            new Event.Linked(1, "ada/1", "ada", "1"),
            new Event.Connected(2, "ada/1", "node1"),
            new Event.CaughtUp(3, "ada/1"),
            new Event.SendCall(4, "ada/1", "m", "ada~bob", "Grüße 👋\n\"", OptionalLong.of(16)),
            new Event.SendCall(5, "ada/1", "m", "ada~bob", "", OptionalLong.empty()),
            new Event.SendOk(6, "ada/1", "m", "ada~bob", 17, TIME),
            new Event.SendRefused(7, "ada/1", "m", "ada~bob", "unavailable"),
            new Event.Received(8, "ada/1", "ada~bob", 18, "n", "bob", "2", "text"),
            new Event.AckCall(9, "ada/1", "ada~bob", 18),
            new Event.ReadCall(10, "ada/1", "ada~bob", 18),
            new Event.Receipt(11, "ada/1", "ada~bob", "bob", 17, 12),
            new Event.Presence(12, "ada/1", "bob", Optional.of(true), Optional.of(TIME)),
            new Event.Presence(13, "ada/1", "bob", Optional.empty(), Optional.empty()),
            new Event.Disconnected(14, "ada/1", 1006),
            new Event.Fault(15, "kill node2", Event.Phase.BEGIN),
            new Event.Fault(16, "kill node2", Event.Phase.END),
            new Event.FinalLog(17, "ada/1", "ada~bob", List.of(new Event.Entry(1, "m", "ada", "1", "text"))),
            new Event.FinalUnread(18, "ada/1", "ada~bob", 1, 2, 3));

    @TempDir
    Path directory;

    @Test
    void every_event_is_read_as_it_was_recorded() throws IOException {
        final var path = directory.resolve("history.jsonl");
        try (var file = HistoryFile.create(path)) {
            EACH.forEach(file::record);
            assertEquals(EACH, file.history());
        }
        assertEquals(EACH, HistoryFile.read(path));
        assertEquals(EACH.size(), Files.readAllLines(path).size());
    }

    @Test
    void an_event_has_every_kind_here() {
        assertEquals(
                Event.class.getPermittedSubclasses().length,
                EACH.stream().map(Event::getClass).distinct().count());
    }

    @Test
    void stored_histories_stay_readable() throws IOException {
        assertEquals(
                "{\"t\":\"got\",\"at\":8,\"client\":\"ada/1\",\"conversation\":\"ada~bob\",\"seq\":18,\"id\":\"n\","
                        + "\"from\":\"bob\",\"device\":\"2\",\"text\":\"text\"}",
                HistoryFile.line(EACH.get(8)));
        assertEquals(
                "{\"t\":\"ok\",\"at\":6,\"client\":\"ada/1\",\"id\":\"m\",\"conversation\":\"ada~bob\",\"seq\":17,"
                        + "\"time\":\"2026-11-24T08:15:30.250Z\"}",
                HistoryFile.line(EACH.get(6)));
        assertEquals(
                "{\"t\":\"fault\",\"at\":15,\"client\":\"\",\"name\":\"kill node2\",\"phase\":\"begin\"}",
                HistoryFile.line(EACH.get(15)));
    }

    @Test
    void a_line_that_is_no_event_is_named() throws IOException {
        final var path = directory.resolve("history.jsonl");
        for (final var broken : List.of("{\"t\":\"caught\",\"at\":3", "{\"t\":\"caught\",\"at\":3}", "{}", "")) {
            Files.writeString(path, HistoryFile.line(EACH.get(0)) + "\n" + broken + "\n");
            final var told = assertThrows(IOException.class, () -> HistoryFile.read(path));
            assertTrue(String.valueOf(told.getMessage()).contains("line 2"), told.getMessage());
        }
    }

    @Test
    void of_equal_strings_one_is_kept() {
        final var history = new History();
        history.add(new Event.CaughtUp(1, String.join("/", "ada", "1")));
        history.add(new Event.CaughtUp(2, String.join("/", "ada", "1")));
        assertSame(history.get(0).client(), history.get(1).client());
    }

    @Test
    void what_several_threads_record_is_kept_whole() throws Exception {
        final var path = directory.resolve("history.jsonl");
        final History recorded;
        try (var file = HistoryFile.create(path)) {
            final var threads = new ArrayList<Thread>();
            for (int each = 0; each < 4; each++) {
                final var client = "ada/" + each;
                threads.add(Thread.ofPlatform().start(() -> {
                    for (int at = 0; at < 1_000; at++) {
                        file.record(new Event.CaughtUp(at, client));
                    }
                }));
            }
            for (final var thread : threads) {
                thread.join();
            }
            recorded = file.history();
        }
        assertEquals(4_000, recorded.size());
        assertEquals(recorded, HistoryFile.read(path));
    }

    @Test
    void the_program_says_by_its_exit_code_what_it_found() throws IOException {
        final var right = new Story()
                .joins("ada/1", "bob/1")
                .fault("kill <2>", Event.Phase.BEGIN)
                .sends("ada/1", "a", 1)
                .gets("bob/1", 1, "a", "ada/1")
                .fault("kill <2>", Event.Phase.END)
                .log("ada/1", "a ada/1");
        final var wrong =
                new Story().joins("ada/1", "bob/1").sends("ada/1", "a", 1).log("ada/1");
        final var out = new ByteArrayOutputStream();
        assertEquals(HistoryMain.HOLDS, run(stored("right", right), out));
        assertEquals(HistoryMain.BROKEN, run(stored("wrong", wrong), out));
        assertEquals(HistoryMain.USAGE, run(directory.resolve("nothing"), out));
        assertEquals(HistoryMain.USAGE, HistoryMain.run(new String[0], new PrintStream(out)));
        final var told = out.toString(StandardCharsets.UTF_8);
        assertTrue(told.contains("everything holds"), told);
        assertTrue(told.contains("I1: a of ada is acknowledged at 1 of ada~bob, but the log has it nowhere"), told);
        final var svg = Files.readString(directory.resolve("right.svg"));
        assertTrue(svg.startsWith("<svg ") && svg.contains("kill &lt;2&gt;"), svg);
        assertTrue(Files.readString(directory.resolve("wrong.svg")).contains("I1: a of ada"));
    }

    private Path stored(final String name, final Story story) throws IOException {
        final var path = directory.resolve(name);
        try (var file = HistoryFile.create(path)) {
            story.events().forEach(file::record);
        }
        return path;
    }

    private static int run(final Path path, final ByteArrayOutputStream out) {
        return HistoryMain.run(new String[] {path.toString()}, new PrintStream(out, true, StandardCharsets.UTF_8));
    }
}
