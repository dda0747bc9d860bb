package io.parley.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// A node with its rate limits on.
@Tag("slow")
@ExtendWith(NodeOutput.class)
final class LimitsTest {
    @Test
    void who_sends_too_fast_is_told_when_to_go_on(@TempDir final Path data) {
        try (var node = NodeProcess.start(data, Map.of());
                var world = new World(node)) {
            final var ada = world.person("ada");
            final var bo = world.person("bo");
            final long began = System.nanoTime();
            int said = 0;
            while (ada.socket().frames("error").isEmpty()) {
                assertTrue(said < 1_000, "no limit is felt");
                for (int i = 0; i < 50; i++) { // fewer than may be unanswered
                    ada.socket().say(Device.message("m" + said, "x" + said, bo));
                    said++;
                }
                final int all = said;
                ada.socket().await("all answers", _ -> answers(ada) == all);
            }
            final double seconds = (System.nanoTime() - began) / 1e9;
            for (final var each : ada.socket().frames("error")) {
                assertEquals("rate-limited", each.path("code").asText());
                assertTrue(each.path("retryAfterSeconds").asInt() >= 1, each.toString());
                assertTrue(each.has("id"), each.toString());
            }
            final int sent = ada.socket().frames("sent").size();
            assertTrue(sent >= 200 && sent <= 201 + 20 * seconds, sent + " were taken in " + seconds + " s");
            assertEquals(ada.socket().frames("error").size(), hits(node, "session_sends"));
            for (int i = 0; i < sent; i++) { // no gaps: what was refused has no place
                assertEquals(
                        i + 1, ada.socket().frames("sent").get(i).path("seq").asInt());
            }

            for (int i = 0;
                    i < 300;
                    i++) { // other frames have a limit of their own; acknowledgements are never refused
                bo.acknowledges(World.between(ada, bo), sent);
            }
            assertEquals(
                    "heartbeat", bo.asks(Device.frame("heartbeat")).path("type").asText());
            assertEquals(0, bo.socket().frames("error").size());
            final var typing = Device.frame("typing").put("conversation", World.between(ada, bo));
            final long typed = System.nanoTime();
            for (int i = 0; i < 300; i++) {
                ada.socket().say(typing);
            }
            ada.asks(Device.frame("heartbeat"));
            assertTrue(System.nanoTime() - typed > 1_500_000_000L, "the hundred beyond the burst take their time");
            assertTrue(hits(node, "session_acknowledgements") > 0, "and are counted");
            while (world.rest().get("/v1/settings", ada.token()).status() == 200) {
                assertEquals(0, hits(node, "rest_calls"));
            }
            assertEquals(1, hits(node, "rest_calls"));
        }
    }

    private static long hits(final NodeProcess node, final String limit) {
        return node.metric("limit_hits_total{limit=\"" + limit + "\"}");
    }

    private static int answers(final Device device) {
        return device.socket().frames("sent").size()
                + device.socket().frames("error").size();
    }

    /// The store takes no write while the test holds its lock, so nothing can be answered meanwhile.
    @Test
    void an_address_that_has_all_its_connections_is_told_when_to_come_back(@TempDir final Path data) {
        final var settings = Map.of("JAVA_TOOL_OPTIONS", "-Dparley.http.connections-per-address=2");
        try (var node = NodeProcess.start(data, settings);
                var world = new World(node)) {
            final var ada = world.person("ada");
            final var bo = world.person("bo");
            try (var third = RawSocket.open(node.port())) {
                assertEquals(4429, third.awaitClose());
                final var error = third.frames("error").getFirst();
                assertEquals("rate-limited", error.path("code").asText());
                assertTrue(error.path("retryAfterSeconds").asInt() >= 1, error.toString());
            }
            assertEquals(1, hits(node, "connections_of_address"));
            ada.sends("still here", bo);
            bo.sees("still here");
        }
    }

    @Test
    void more_than_a_hundred_unanswered_messages_are_too_many(@TempDir final Path data) {
        try (var node = NodeProcess.start(data, Map.of("PARLEY_RATE_LIMITS", "off"));
                var world = new World(node)) {
            final var ada = world.person("ada");
            final var bo = world.person("bo");
            final var cy = world.person("cy");
            ada.sends("the first opens the conversation", bo);
            ada.sends("and this one", cy);
            try (var _ = StoreLock.take(data)) {
                for (int i = 0; i < 130; i++) {
                    ada.socket().say(Device.message("m" + i, "x" + i, i % 2 == 0 ? bo : cy));
                }
                ada.socket()
                        .await("30 refusals", _ -> ada.socket().frames("error").size() == 30);
                assertEquals(2, ada.socket().frames("sent").size(), "a hundred wait for their answers");
                for (final var refusal : ada.socket().frames("error")) {
                    assertEquals("rate-limited", refusal.path("code").asText());
                    assertEquals(1, refusal.path("retryAfterSeconds").asInt());
                }
                assertEquals(numbered(100, 130), ids(ada, "error"), "what came first waits, the excess is refused");
            }
            ada.socket().await("all answers", _ -> answers(ada) == 2 + 130);
            assertEquals(
                    Set.copyOf(numbered(0, 100)), Set.copyOf(ids(ada, "sent").subList(2, 102)));
            assertEquals(52, ada.sends(Device.message("m100", "x100", bo)).seq(), "a refused one has no place yet");
            assertEquals(30, hits(node, "session_sends"));
        }
    }

    private static List<String> numbered(final int from, final int to) {
        return IntStream.range(from, to).mapToObj(i -> "m" + i).toList();
    }

    private static List<String> ids(final Device device, final String type) {
        return device.socket().frames(type).stream()
                .map(frame -> frame.path("id").asText())
                .toList();
    }
}
