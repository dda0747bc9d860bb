package io.parley.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.keys.Signer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// People who mean to encrypt find each other's keys on a real node, also after it was killed.
@Tag("slow")
@ExtendWith(NodeOutput.class)
final class KeysTest {
    @Test
    void devices_hear_of_each_other_and_no_key_package_is_given_twice_also_after_a_kill(@TempDir final Path data) {
        final var settings = Map.of("PARLEY_RATE_LIMITS", "off", "PARLEY_ADMIN_TOKEN", Admin.TOKEN);
        try (var node = NodeProcess.start(data, settings);
                var world = new World(node)) {
            final var phone = world.person("ada");
            final var laptop = world.another(phone);
            final var bo = world.person("bo");
            final var identity = new Signer();
            final var ofPhone = new DeviceKeys(world, phone);
            final var ofLaptop = new DeviceKeys(world, laptop);
            final var ofBo = new DeviceKeys(world, bo);
            ofPhone.publishes(identity);
            ofPhone.stocksUp(22);
            ofLaptop.publishes();
            hearsOfKeys(phone, 4);
            ofPhone.approves(ofLaptop, identity);
            ofLaptop.stocksUp(1);
            hearsOfKeys(phone, 5);

            final var first = ofBo.claims("c-1", phone);
            ofBo.claims("c-2", phone);
            final var low = phone.socket().await("key-packages", frame -> RawSocket.isOf(frame, "key-packages"));
            assertEquals(20, low.path("left").asInt());
            final var before = ofBo.sees(phone);

            node.killHard();
            node.restart();
            assertEquals(first, ofBo.claims("c-1", phone));
            assertEquals(20, ofPhone.own().path("left").asInt());
            assertEquals(before, ofBo.sees(phone));
            assertFalse(keyPackage(first).equals(keyPackage(ofBo.claims("c-3", phone))));

            new Admin(node).delete("/admin/v1/accounts/" + phone.user()).expect(204);
            world.rest().get("/v1/users/" + phone.user() + "/keys", bo.token()).expect(404);
        }
    }

    @Test
    void who_talks_with_a_person_hears_when_a_device_publishes_is_approved_or_is_unlinked(@TempDir final Path data) {
        try (var node = NodeProcess.start(data, Map.of("PARLEY_RATE_LIMITS", "off"));
                var world = new World(node)) {
            final var phone = world.person("ada");
            final var laptop = world.another(phone);
            final var commandLine = world.another(phone);
            final var bo = world.person("bo");
            final var stranger = world.person("cleo");
            final var identity = new Signer();
            final var ofPhone = new DeviceKeys(world, phone);
            final var ofLaptop = new DeviceKeys(world, laptop);
            ofPhone.publishes(identity); // three changes
            bo.sends("hello", phone);
            phone.sees("hello");

            ofLaptop.publishes();
            hearsOfKeys(bo, phone, 4, 1);
            ofPhone.approves(ofLaptop, identity);
            hearsOfKeys(bo, phone, 5, 1);
            unlinks(world, phone, laptop);
            hearsOfKeys(bo, phone, 6, 1);
            hearsOfKeys(phone, phone, 6, 1);
            unlinks(world, phone, commandLine); // had no keys: nothing of them changes, but bo may encrypt now
            hearsOfKeys(bo, phone, 6, 2);
            assertEquals(
                    0,
                    new DeviceKeys(world, bo)
                            .sees(phone)
                            .path("devicesWithoutKeys")
                            .asInt());
            assertEquals(List.of(), stranger.socket().frames("keys"));
            assertEquals(4, bo.socket().frames("keys").size());
        }
    }

    @Test
    void who_claims_without_end_is_refused_and_leaves_key_packages_for_others(@TempDir final Path data) {
        try (var node = NodeProcess.start(data, Map.of());
                var world = new World(node)) {
            final var phone = world.offline("ada");
            final var ofPhone = new DeviceKeys(world, phone);
            ofPhone.publishes(new Signer());
            ofPhone.stocksUp(30);
            final var ofGreedy = new DeviceKeys(world, world.offline("max"));
            int given = 0;
            Rest.Answer last = ofGreedy.claim("c-0", phone);
            for (int n = 1; n < 100 && last.status() == 200; n++) {
                given++;
                last = ofGreedy.claim("c-" + n, phone);
            }
            assertEquals("rate-limited", last.expect(429).body().path("code").asText());
            assertEquals(20, given);
            assertEquals(200, ofGreedy.claim("c-7", phone).status(), "what he has he may ask for again");
            final var ofBo = new DeviceKeys(world, world.offline("bo"));
            assertFalse(keyPackage(ofBo.claims("b-1", phone)).isEmpty());
            assertEquals(9, ofPhone.own().path("left").asInt());
        }
    }

    private static void unlinks(final World world, final Device by, final Device other) {
        world.rest().delete("/v1/devices/" + other.id(), by.token()).expect(204);
    }

    private static void hearsOfKeys(final Device device, final int version) {
        hearsOfKeys(device, device, version, 1);
    }

    /// Waits for the word on a version to have come so often.
    private static void hearsOfKeys(final Device device, final Device of, final int version, final int times) {
        device.socket()
                .await(
                        "keys of version " + version,
                        frame -> RawSocket.isOf(frame, "keys")
                                && frame.path("version").asInt() == version
                                && frame.path("user").asText().equals(of.user())
                                && device.socket().frames("keys").stream()
                                                .filter(each ->
                                                        each.path("version").asInt() == version)
                                                .count()
                                        >= times);
    }

    private static String keyPackage(final JsonNode claimed) {
        return claimed.path("devices").path(0).path("keyPackage").asText();
    }
}
