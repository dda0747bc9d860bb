package io.parley.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What operators are told of a node whose store takes no writes, and that it recovers by itself.
@Tag("slow")
@ExtendWith(NodeOutput.class)
final class HealthTest {
    private static final String WRITES_FAILED = "writes_failed_total{entity=\"conversation\"}";
    private static final Duration SOON = Duration.ofSeconds(20);

    @Test
    void a_node_whose_disk_takes_no_more_is_not_ready_until_it_does_again(@TempDir final Path data) {
        through(data, node -> limitFiles(node, "1:unlimited"), node -> limitFiles(node, "unlimited:unlimited"));
    }

    @Test
    void a_node_whose_store_is_locked_by_another_program_is_not_ready_until_it_is_free(@TempDir final Path data) {
        final var lock = new StoreLock[1];
        through(data, _ -> lock[0] = StoreLock.take(data), _ -> lock[0].close());
    }

    private interface Fault {
        void on(NodeProcess node);
    }

    private static void through(final Path data, final Fault begins, final Fault ends) {
        try (var node = NodeProcess.start(data, Map.of());
                var world = new World(node)) {
            final var ada = world.person("ada");
            final var bo = world.person("bo");
            assertEquals("sent", says(ada, "m1", bo).path("type").asText());
            assertEquals(0, node.metric(WRITES_FAILED));

            begins.on(node);
            assertEquals("unavailable", says(ada, "m2", bo).path("code").asText());
            await("not ready", () -> !node.isReady());
            await("failed probes", () -> node.metric("store_probes_failed_total") > 0);
            await("failed writes", () -> node.metric(WRITES_FAILED) > 0);
            assertEquals("unavailable", says(ada, "m3", bo).path("code").asText());
            assertFalse(node.isReady());
            final var page = ada.asks(Device.frame("pull").put("conversation", World.between(ada, bo)));
            assertEquals(1, page.path("head").asLong(), "what is stored can be read");

            ends.on(node);
            await("ready", node::isReady);
            await("a ✓", () -> says(ada, "m2", bo).path("type").asText().equals("sent"));
            final long second = says(ada, "m2", bo).path("seq").asLong();
            final long third = says(ada, "m3", bo).path("seq").asLong();
            assertEquals(Set.of(2L, 3L), Set.of(second, third), "each stands once, whenever it was stored");
            bo.sees("m3");
        }
    }

    private static JsonNode says(final Device from, final String id, final Device to) {
        return from.asks(Device.message(id, id, to));
    }

    /// The largest file the process may write, in bytes: what a full disk does to it, without one.
    private static void limitFiles(final NodeProcess node, final String softAndHard) {
        try {
            final var done = new ProcessBuilder("prlimit", "--pid", Long.toString(node.pid()), "--fsize=" + softAndHard)
                    .inheritIO()
                    .start();
            assertEquals(0, done.waitFor());
        } catch (final IOException failed) {
            throw new AssertionError("prlimit (util-linux) is needed", failed);
        } catch (final InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new AssertionError("stopped", stopped);
        }
    }

    private static void await(final String what, final BooleanSupplier isSo) {
        final long deadline = System.nanoTime() + SOON.toNanos();
        while (!isSo.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "not " + what + " in " + SOON);
            LockSupport.parkNanos(100_000_000);
        }
    }
}
