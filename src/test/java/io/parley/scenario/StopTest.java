package io.parley.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node that is asked to stop, and nodes that cannot start.
@Tag("slow")
final class StopTest {
    private static final Duration START_MAX = Duration.ofSeconds(60);

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
            assertTrue(Set.of(0, 143).contains(node.awaitEnd(Duration.ofSeconds(10))), node.output());

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
