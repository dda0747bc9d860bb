package io.parley.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node with its rate limits on.
@Tag("slow")
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
        }
    }

    private static int answers(final Device device) {
        return device.socket().frames("sent").size()
                + device.socket().frames("error").size();
    }

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
            assertTrue(node.metrics().contains("parley_connection_address_full 1\n"), node.metrics());
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
            for (int i = 0; i < 2_000; i++) { // one frame each, faster than a disk stores them
                ada.socket().say(Device.message("m" + i, "x" + i, bo));
            }
            ada.socket().await("all answers", _ -> answers(ada) == 2_000);
            for (final var each : ada.socket().frames("error")) {
                assertEquals("rate-limited", each.path("code").asText());
                assertEquals(1, each.path("retryAfterSeconds").asInt());
            }
            assertTrue(ada.socket().frames("sent").size() >= 100);
            assertTrue(ada.socket().isOpen());
        }
    }
}
