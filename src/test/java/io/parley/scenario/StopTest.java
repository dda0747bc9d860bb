package io.parley.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// A node that is asked to stop, and nodes that cannot start.
@Tag("slow")
@ExtendWith(NodeOutput.class)
final class StopTest {
    private static final Duration START_MAX = Duration.ofSeconds(60);
    private static final Duration SOON = Duration.ofSeconds(10);

    @Test
    void a_node_that_is_stopped_answers_what_is_under_way_says_bye_and_ends(@TempDir final Path data) {
        try (var node = NodeProcess.start(data, Map.of("PARLEY_RATE_LIMITS", "off"))) {
            final long acknowledged;
            final Device ada;
            final Device bo;
            final var world = new World(node);
            ada = world.person("ada");
            bo = world.person("bo");
            for (int i = 0; i < 50; i++) {
                ada.socket().say(Device.message("before-" + i, "before " + i, bo));
            }
            node.askToStop();
            assertEquals(1012, ada.socket().awaitClose());
            assertEquals(1012, bo.socket().awaitClose());
            for (final var device : List.of(ada, bo)) {
                final var bye = device.socket().frames().getLast();
                assertEquals("bye", bye.path("type").asText());
                assertTrue(bye.path("reconnectAfterMillis").asLong() <= 2_000, bye.toString());
            }
            acknowledged = ada.socket().frames("sent").size();
            assertTrue(Set.of(0, 143).contains(node.awaitEnd(SOON)), node.output());

            node.restart();
            ada.connects();
            bo.connects();
            final long kept = bo.socket().frames("message").size();
            assertTrue(kept >= acknowledged, acknowledged + " were acknowledged, " + kept + " are there");
            for (int i = 0; i < 50; i++) { // what was not answered is sent again; the rest keeps its place
                assertEquals(
                        i + 1,
                        ada.sends(Device.message("before-" + i, "before " + i, bo)
                                        .put("after", 0))
                                .seq());
            }
            world.close();
        }
    }

    /// Who writes on and on, with as many unanswered as may be, until the connection is closed.
    private static final class Writer {
        private static final int UNANSWERED_MAX = 90;

        private final Device from;
        private final Device to;
        private final List<String> said = new ArrayList<>();
        private final Thread thread;

        Writer(final Device from, final Device to) {
            this.from = from;
            this.to = to;
            this.thread = Thread.ofPlatform().start(this::write);
        }

        private void write() {
            try {
                while (from.socket().isOpen()) {
                    final int answered = from.socket().frames().size(); // nearly all are answers; fewer is fine
                    if (said.size() - answered < UNANSWERED_MAX) {
                        said.add("w-" + said.size());
                        from.socket().say(Device.message(said.getLast(), "x", to));
                    } else {
                        from.socket().awaitMore(answered, SOON);
                    }
                }
            } catch (final AssertionError closed) {
                // by the node that stops
            }
        }

        /// What the connection brought, in order, once it is closed with 1012 and `bye` before that.
        List<JsonNode> heard() throws InterruptedException {
            assertEquals(1012, from.socket().awaitClose());
            thread.join(SOON);
            final var frames = from.socket().frames();
            assertEquals("bye", frames.getLast().path("type").asText());
            assertEquals(1, from.socket().frames("bye").size());
            return frames;
        }

        /// The places of what has a ✓, by id.
        Map<String, Long> ticked() {
            final var ticked = new TreeMap<String, Long>();
            from.socket()
                    .frames("sent")
                    .forEach(frame -> ticked.put(
                            frame.path("id").asText(), frame.path("seq").asLong()));
            return ticked;
        }
    }

    @Test
    void each_send_under_way_is_answered_before_bye_or_was_never_stored(@TempDir final Path data)
            throws InterruptedException {
        try (var node = NodeProcess.start(data, Map.of("PARLEY_RATE_LIMITS", "off"));
                var world = new World(node)) {
            final var writers = new ArrayList<Writer>();
            for (int i = 0; i < 4; i++) {
                final var recipient = i % 2 == 0 ? world.person("bo") : world.offline("bo");
                writers.add(new Writer(world.person("ada"), recipient));
            }
            for (final var writer : writers) {
                writer.from
                        .socket()
                        .await("place 50", frame -> frame.path("seq").asLong() == 50, SOON);
            }
            node.askToStop();
            final var ticked = new ArrayList<Map<String, Long>>();
            for (final var writer : writers) {
                for (final var frame : writer.heard()) {
                    assertNotEquals("error", frame.path("type").asText(), frame.toString());
                }
                ticked.add(writer.ticked());
            }
            assertTrue(Set.of(0, 143).contains(node.awaitEnd(SOON)), node.output());
            node.restart();

            int unanswered = 0;
            for (int i = 0; i < writers.size(); i++) {
                final var writer = writers.get(i);
                final int answered = ticked.get(i).size();
                unanswered += writer.said.size() - answered;
                writer.from.connects();
                assertEquals(ticked.get(i), stored(world, writer), "what has a ✓ is stored, and nothing else is");
                final int recent = Math.max(0, answered - 20);
                for (int said = recent; said < writer.said.size(); said++) { // resent: at its place, or at the next
                    final var again = Device.message(writer.said.get(said), "x", writer.to);
                    assertEquals(said + 1, writer.from.sends(again).seq());
                }
            }
            assertTrue(unanswered > 0, "nothing was under way");
        }
    }

    /// The ids of a whole conversation with their places.
    private static Map<String, Long> stored(final World world, final Writer writer) {
        final var stored = new TreeMap<String, Long>();
        final var path = "/v1/conversations/" + World.between(writer.from, writer.to) + "/messages?limit=200&after=";
        long head = 1;
        while (stored.size() < head) {
            final var page = world.rest()
                    .get(path + stored.size(), writer.from.token())
                    .expect(200)
                    .body();
            head = page.path("head").asLong();
            page.path("messages")
                    .forEach(message -> stored.put(
                            message.path("id").asText(), message.path("seq").asLong()));
        }
        return stored;
    }

    @Test
    void the_process_ends_in_time_whatever_its_clients_do(@TempDir final Path data) {
        try (var node = NodeProcess.start(data, Map.of("PARLEY_RATE_LIMITS", "off"));
                var world = new World(node)) {
            final var polite = world.person("ada");
            final var deaf = world.person("bo"); // does not read, and so does not answer the close either
            deaf.socket().stopReading();
            final var full = world.person("cy"); // nor does this one, and its network is full
            full.socket().stopReading();
            for (int i = 0; i < 90; i++) {
                polite.sends(Device.message("m" + i, "x".repeat(4_000), full));
            }
            final var late = RawSocket.begin(node.port());
            try (var silent = RawSocket.open(node.port())) { // has not said hello
                final long asked = System.nanoTime();
                node.askToStop();
                assertEquals(1012, polite.socket().awaitClose());
                assertEquals(1012, silent.awaitClose());
                final var meanwhile = late.ends().socket().orElseThrow(); // came before the node closed its port
                assertEquals(1012, meanwhile.awaitClose());
                assertEquals("bye", meanwhile.frames().getLast().path("type").asText());
                assertTrue(Set.of(0, 143).contains(node.awaitEnd(SOON)), node.output());
                System.out.println("ended " + (System.nanoTime() - asked) / 1_000_000 + " ms after SIGTERM");
            }
            deaf.socket().readOn();
            assertEquals(1012, deaf.socket().awaitClose()); // it was said all the same, and arrived
        }
    }

    @Test
    void what_stands_in_the_way_is_said_in_one_sentence(@TempDir final Path data, @TempDir final Path other) {
        try (var node = NodeProcess.start(data, Map.of())) {
            refuses(NodeProcess.begin(data, Map.of()), 1, "data");
            refuses(
                    NodeProcess.begin(other, Map.of("PARLEY_PORT", Integer.toString(node.port()))),
                    1,
                    Integer.toString(node.port()));
            refuses(
                    NodeProcess.begin(other, Map.of("PARLEY_MANAGEMENT_PORT", Integer.toString(node.managementPort()))),
                    1,
                    Integer.toString(node.managementPort()));
            refuses(NodeProcess.begin(other, Map.of("PARLEY_PORT", "many")), 2, "parley.port");
            refuses(NodeProcess.begin(other, Map.of("PARLEY_RATE_LIMITS", "perhaps")), 2, "rate-limits");
            refuses(NodeProcess.begin(other, Map.of("PARLEY_STORE", "paper")), 2, "parley.store");
        }
    }

    private static void refuses(final NodeProcess node, final int exitCode, final String naming) {
        try (node) {
            assertEquals(exitCode, node.awaitEnd(START_MAX), node.output());
            final var said = Arrays.stream(node.output().split("\n"))
                    .filter(line -> line.startsWith("Parley cannot start: "))
                    .toList();
            assertEquals(1, said.size(), node.output());
            assertTrue(said.getFirst().contains(naming), said.getFirst());
            assertEquals(List.of(), lines(node, "\tat ")); // no stack trace: it is the person's affair, not ours
        }
    }

    private static List<String> lines(final NodeProcess node, final String with) {
        return Arrays.stream(node.output().split("\n"))
                .filter(line -> line.contains(with))
                .toList();
    }
}
