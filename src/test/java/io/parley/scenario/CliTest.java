package io.parley.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// People and scripts with `parley` at a real node. What runs on, is killed or has its exit code looked at is a
/// process; a command that only does something in between runs in this JVM.
@ExtendWith(NodeOutput.class)
final class CliTest {
    private static final AtomicInteger PEOPLE = new AtomicInteger();

    private final int port = SharedNode.world().port();
    private final List<AutoCloseable> open = new ArrayList<>();

    @TempDir
    private Path directory;

    @AfterEach
    void end() throws Exception {
        for (final var each : open.reversed()) {
            each.close();
        }
    }

    private Cli person(final String name, final int... at) {
        return Cli.person("cli-" + name + PEOPLE.incrementAndGet(), directory, at.length == 0 ? new int[] {port} : at);
    }

    private Cli.Running running(final Cli.Running command) {
        open.add(command);
        return command;
    }

    private static List<String> texts(final List<JsonNode> frames) {
        return frames.stream()
                .filter(frame -> frame.path("type").asText().equals("message"))
                .map(frame -> frame.path("body").path("text").asText())
                .toList();
    }

    private static List<String> history(final Cli of, final Cli with) {
        return texts(of.prints("history", with.user(), "--limit", "1000", "--json").stream()
                .map(Rest::parse)
                .toList());
    }

    @Test
    void two_people_chat_and_see_ticks_presence_and_who_is_there() {
        final var ada = person("ada");
        final var bo = person("bo");
        final var adas = running(ada.start("chat", bo.user()));
        adas.types("hello");
        adas.shows("* ✓ #1");
        final var bos = running(bo.start("chat", ada.user()));
        bos.shows(line -> line.endsWith(ada.user() + ": hello"), "hello");
        adas.shows("* " + bo.user() + " is online");
        adas.shows("* read #1");
        bos.types("hello yourself");
        adas.shows(line -> line.endsWith(bo.user() + ": hello yourself"), "hello yourself");
        bos.shows("* read #2");
        bos.types("/info");
        bos.shows(line -> line.contains("you are " + bo.user()) && line.contains("plain text"), "who it is");
        bos.types("/quit");
        assertEquals(0, bos.awaitEnd().code());
        adas.shows(line -> line.startsWith("* " + bo.user() + " was last seen"), "that he went");
        adas.endsInput();
        assertEquals(0, adas.awaitEnd().code());
    }

    @Test
    @Tag("slow")
    void a_kill_of_the_node_in_the_middle_loses_doubles_and_reorders_nothing(@TempDir final Path data) {
        try (var node = NodeProcess.start(data, Map.of("PARLEY_RATE_LIMITS", "off"))) {
            final var ada = person("ada", node.port());
            final var bo = person("bo", node.port());
            final var tail = running(bo.start("tail", ada.user(), "--json"));
            final var chat = running(ada.start("chat", bo.user()));
            final var said = new ArrayList<String>();
            for (int i = 1; i <= 60; i++) {
                if (i == 20 || i == 40) {
                    final var last = "t" + (i - 5);
                    tail.awaits(lines -> lines.stream().anyMatch(line -> line.contains("\"" + last + "\"")), last);
                    node.killHard();
                }
                chat.types("t" + i);
                said.add("t" + i);
                if (i == 25 || i == 45) {
                    node.restart();
                }
            }
            chat.endsInput();
            assertEquals(0, chat.awaitEnd().code(), "it ends when all is stored");
            tail.shows(line -> line.contains("\"t60\""), "t60");
            assertEquals(said, texts(tail.json()), "each once and in order");
            assertEquals(said, history(ada, bo));
            final var types = tail.json().stream()
                    .map(frame -> frame.path("type").asText())
                    .toList();
            assertTrue(types.contains("link") && types.contains("presence"), "" + types);
            tail.stops();
        }
    }

    @Test
    void what_a_killed_command_could_not_send_goes_out_once_and_first_with_the_next() {
        final var relay = new Relay(port);
        open.add(relay);
        final var ada = person("ada", relay.port());
        final var bo = person("bo");
        relay.cuts();
        final var sending = running(ada.start("send", bo.user(), "written", "without a link"));
        ada.keeps(1);
        sending.killHard();
        relay.heals();
        assertEquals(List.of("✓ #2"), ada.prints("send", bo.user(), "the next"));
        ada.keeps(0);
        assertEquals(List.of("written without a link", "the next"), history(bo, ada));
    }

    @Test
    void a_message_that_was_stored_though_its_sender_was_killed_before_the_tick_stands_once() {
        final var relay = new Relay(port);
        open.add(relay);
        final var ada = person("ada", relay.port());
        final var bo = person("bo");
        final var chat = running(ada.start("chat", bo.user()));
        chat.types("first");
        chat.shows("* ✓ #1");
        relay.losesAnswers();
        chat.types("once");
        final var tail = running(bo.start("tail", "--json"));
        tail.shows(line -> line.contains("\"once\""), "once");
        ada.keeps(1);
        chat.killHard();
        relay.breaksOnce();
        assertEquals(List.of("✓ #3"), ada.prints("send", bo.user(), "next"));
        tail.shows(line -> line.contains("\"next\""), "next");
        assertEquals(List.of("first", "once", "next"), texts(tail.json()));
        ada.keeps(0);
    }

    @Test
    void sending_takes_nothing_away_from_the_next_tail() {
        final var ada = person("ada");
        final var bo = person("bo");
        ada.prints("send", bo.user(), "are you there?");
        assertEquals(List.of("✓ #2"), bo.prints("send", ada.user(), "without looking"));
        ada.ends(6, "send", bo.user(), "still there?", "--wait", "delivered", "--timeout", "2");
        final var tail = running(bo.start("tail"));
        tail.shows(line -> line.endsWith(ada.user() + ": still there?"), "still there?");
        assertTrue(tail.lines().stream().anyMatch(line -> line.endsWith("are you there?")), "" + tail.lines());
        assertEquals(List.of("✓ #4", "✓✓ #4"), ada.prints("send", bo.user(), "now?", "--wait", "delivered"));
        tail.stops();
        final var waiting = running(ada.start("send", bo.user(), "and read?", "--wait", "read"));
        waiting.shows("✓ #5");
        running(bo.start("tail", "--read")).shows(line -> line.endsWith("and read?"), "and read?");
        assertEquals(List.of("✓ #5", "read #5"), waiting.awaitEnd().out());
    }

    @Test
    void a_second_command_does_not_throw_the_first_one_out() {
        final var ada = person("ada");
        final var bo = person("bo");
        final var tail = running(ada.start("tail", "--json"));
        tail.shows(line -> line.contains("\"state\":\"online\""), "that it is online");
        final var second = ada.ends(5, "tail");
        assertTrue(second.err().contains("parley tail, process"), second.err());
        assertEquals(List.of("✓ #1"), ada.prints("send", bo.user(), "meanwhile"));
        ada.prints("whoami");
        bo.prints("send", ada.user(), "still here?");
        tail.shows(line -> line.contains("still here?"), "what came");
        assertFalse(tail.lines().stream().anyMatch(line -> line.contains("replaced")), "" + tail.lines());
        tail.stops();
        running(ada.start("tail", "--json")).shows(line -> line.contains("\"state\":\"online\""), "that it is online");
    }

    @Test
    void earlier_messages_come_first_and_none_twice_where_they_are_wanted() {
        final var ada = person("ada");
        final var bo = person("bo");
        final var chat = running(ada.start("chat", bo.user()));
        IntStream.rangeClosed(1, 12).forEach(i -> chat.types("t" + i));
        chat.endsInput();
        chat.awaitEnd();
        final var since = running(bo.start("tail", ada.user(), "--json", "--since", "#4"));
        since.shows(line -> line.contains("\"t12\""), "t12");
        ada.prints("send", bo.user(), "t13");
        since.shows(line -> line.contains("\"t13\""), "t13");
        assertEquals(
                IntStream.rangeClosed(5, 13).mapToObj(i -> "t" + i).toList(),
                texts(since.json()).stream().toList());
        since.stops();
        final var recent = running(bo.start("tail", "--json", "--since", "1h"));
        recent.shows(line -> line.contains("\"t13\""), "t13");
        assertEquals(13, texts(recent.json()).size());
        assertEquals(
                List.of("t9", "t10"),
                texts(bo.prints("history", ada.user(), "--before", "11", "--limit", "2", "--json").stream()
                        .map(Rest::parse)
                        .toList()));
    }

    @Test
    void what_others_write_cannot_steer_the_terminal() {
        final var ada = person("ada");
        final var bo = person("bo");
        ada.prints("send", bo.user(), "\u001b]0;owned\u0007\u001b[2J\u009b31m");
        for (final var command :
                List.of(List.of("history", ada.user()), List.of("chats"), List.of("chats", "--json"))) {
            final var printed = String.join("\n", bo.prints(command.toArray(String[]::new)));
            assertTrue(printed.chars().noneMatch(c -> (c < ' ' && c != '\n') || (c >= 0x7f && c <= 0x9f)), printed);
        }
    }

    @Test
    void the_exit_code_says_what_happened() {
        final var ada = person("ada");
        ada.ends(1, "send", "nobody-" + ada.user(), "hi");
        ada.gets(1, "register", ada.user());
        ada.gets(2, "send", "Not A User", "hi");
        ada.ends(2, "sned", "bo", "hi");
        ada.gets(2, "history", ada.user(), "--limit", "many");
        final var gone = new Relay(port);
        open.add(gone);
        final var lost = person("lost", gone.port());
        gone.cuts();
        lost.ends(3, "send", ada.user(), "hi", "--timeout", "1");
        lost.gets(3, "chats");
        final var stranger = Cli.stranger("cli-stranger", directory, port);
        stranger.gets(4, "chats");
        ada.prints("logout");
        ada.ends(4, "tail");
        ada.prints("login", ada.user());
        ada.ends(0, "send", ada.user(), "a note");
    }

    @Test
    void a_node_of_the_list_that_is_gone_is_not_missed() throws Exception {
        final int gone;
        try (var relay = new Relay(port)) {
            gone = relay.port(); // refuses from now on: what was sent there is known not to have arrived
        }
        final var ada = person("ada", gone, port);
        final var bo = person("bo");
        for (int i = 1; i <= 3; i++) {
            assertEquals(List.of("✓ #" + i), ada.prints("send", bo.user(), "t" + i));
        }
        assertEquals(
                3,
                ada.prints("history", bo.user()).stream()
                        .filter(line -> line.startsWith("#"))
                        .count());
    }

    @Test
    void the_script_starts_it_with_the_jdk_it_finds() {
        final var cli = Cli.stranger("cli-script", directory, port);
        final var help = cli.script("help", "send");
        assertEquals(0, help.code(), help.err());
        assertTrue(help.out().getFirst().startsWith("Usage: parley send"), "" + help.out());
        assertEquals(4, cli.script("whoami").code());
        assertTrue(String.join("", cli.script("help").out()).contains("no end-to-end encryption"));
    }
}
