package io.parley.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// `kill -9` in the middle of everything.
@Tag("slow")
@ExtendWith(NodeOutput.class)
final class KillTest {
    private static final int PAIRS = 8;
    private static final int KILLS = 3;
    private static final int BETWEEN_KILLS = 750; // messages acknowledged
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @Test
    void three_kills_under_load_lose_double_and_reorder_nothing(@TempDir final Path data) throws InterruptedException {
        try (var node = NodeProcess.start(data, Map.of("PARLEY_RATE_LIMITS", "off"));
                var world = new World(node)) {
            final var watcher = world.person("watcher");
            final var loads = new ArrayList<Load>();
            for (int i = 0; i < PAIRS; i++) {
                loads.add(new Load(world, world.offline("ada"), world.offline("bo")));
            }
            watcher.leaves();
            loads.forEach(Load::start);
            for (int kill = 1; kill <= KILLS; kill++) {
                awaitAcknowledged(loads, kill * BETWEEN_KILLS);
                node.killHard();
                node.restart();
            }
            awaitAcknowledged(loads, (KILLS + 1) * BETWEEN_KILLS);
            for (final var load : loads) {
                load.finish(PATIENCE);
            }
            for (final var load : loads) {
                judge(world, load);
            }
            assertTrue(total(loads) >= (KILLS + 1) * BETWEEN_KILLS);
            System.out.println(total(loads) + " messages were acknowledged through " + KILLS + " kills");
        }
    }

    private static int total(final List<Load> loads) {
        return loads.stream().mapToInt(Load::acknowledgedCount).sum();
    }

    private static void awaitAcknowledged(final List<Load> loads, final int count) {
        final long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (total(loads) < count) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("only " + total(loads) + " of " + count + " acknowledged; "
                        + loads.stream().flatMap(load -> load.lies().stream()).toList());
            }
            LockSupport.parkNanos(10_000_000);
        }
    }

    private static void judge(final World world, final Load load) {
        assertEquals(List.of(), load.lies());
        final var log = log(world, load);
        for (int seq = 1; seq <= log.size(); seq++) { // no gaps, no id twice
            final var id = log.get(seq - 1);
            assertEquals(seq, log.indexOf(id) + 1, id + " stands twice in " + load.conversation());
            assertEquals(id, load.received().get((long) seq));
        }
        load.acknowledged()
                .forEach((id, seq) -> assertEquals(id, log.get((int) (seq - 1)), seq + " of " + load.conversation()));
        assertEquals(load.acknowledged().size(), log.size(), "all that is stored was answered in the end");
    }

    /// The ids of a whole conversation, in order.
    private static List<String> log(final World world, final Load load) {
        final var ids = new ArrayList<String>();
        while (true) {
            final var page = world.rest()
                    .get(
                            "/v1/conversations/" + load.conversation() + "/messages?limit=200&after=" + ids.size(),
                            load.recipient().token())
                    .expect(200)
                    .body();
            for (final var message : page.path("messages")) {
                assertEquals(ids.size() + 1, message.path("seq").asInt());
                ids.add(message.path("id").asText());
            }
            if (ids.size() == page.path("head").asInt()) {
                return ids;
            }
            assertFalse(page.path("messages").isEmpty(), "a page without progress");
        }
    }

    @Test
    void after_a_kill_all_is_as_it_was_acknowledged(@TempDir final Path data) {
        try (var node = NodeProcess.start(data, Map.of("PARLEY_RATE_LIMITS", "off"));
                var world = new World(node)) {
            final var ada = world.person("ada");
            final var bo = world.person("bo");
            final var cy = world.offline("cy");
            final var texts =
                    IntStream.rangeClosed(1, 20).mapToObj(i -> "t" + i).toList();
            final var sent = texts.stream().map(text -> ada.sends(text, bo)).toList();
            bo.sees("t20");
            bo.reads(sent.get(4).conversation(), 5);
            bo.acknowledges(sent.get(9).conversation(), 10);
            ada.seesRead(sent.get(4), bo);
            ada.seesDelivered(sent.get(9), bo);
            ada.sends("for cy", cy);
            final var killed = Instant.now();
            node.killHard();
            node.restart();

            cy.connects();
            assertEquals(List.of("for cy"), cy.texts());
            cy.watches(bo); // who was online is given time to come back
            final var seen = cy.seesPresence(bo, false, Duration.ofSeconds(30));
            final var lastSeen = Instant.parse(seen.path("lastSeen").asText());
            assertFalse(lastSeen.isAfter(killed.plusSeconds(1)), lastSeen + " after " + killed);
            assertTrue(lastSeen.isAfter(killed.minusSeconds(20)), lastSeen + " long before " + killed);

            bo.connects();
            assertEquals(texts.subList(10, 20), bo.texts());
            ada.connects();
            for (int i = 0; i < sent.size(); i++) {
                assertEquals(sent.get(i), ada.sends(Device.message(sent.get(i).id(), texts.get(i), bo)));
            }
            final var ask = Device.frame("receipts");
            ask.putArray("conversations").add(sent.getFirst().conversation());
            ada.socket().say(ask);
            ada.seesRead(sent.get(4), bo);
            ada.seesDelivered(sent.get(9), bo);
            assertEquals(10, ada.highest(sent.getFirst().conversation(), bo, "delivered"));
            assertEquals(5, ada.highest(sent.getFirst().conversation(), bo, "read"));
        }
    }
}
