package io.parley.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node where a device is away after seconds and not after a month.
@Tag("slow")
final class AwayTest {
    @Test
    void a_device_nobody_has_seen_for_long_is_unlinked_and_one_that_is_connected_is_not(@TempDir final Path data) {
        final var settings = Map.of(
                "PARLEY_RATE_LIMITS", "off",
                "JAVA_TOOL_OPTIONS", "-Dparley.account.away-after=3s");
        try (var node = NodeProcess.start(data, settings);
                var world = new World(node)) {
            final var phone = world.person("ada");
            final var tablet = world.another(phone);
            assertEquals(2, devices(world, phone));
            final long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (devices(world, phone) > 1) {
                assertTrue(System.nanoTime() < deadline, "the tablet is still linked");
                phone.asks(Device.frame("heartbeat"));
            }
            world.rest().get("/v1/devices", tablet.token()).expect(401);
            final var bo = world.person("bo");
            bo.sends("still there?", phone);
            phone.sees("still there?");
        }
    }

    private static int devices(final World world, final Device of) {
        return world.rest()
                .get("/v1/devices", of.token())
                .expect(200)
                .body()
                .path("devices")
                .size();
    }
}
