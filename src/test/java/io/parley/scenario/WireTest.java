package io.parley.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parley.keys.Signer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// One day of two people, which uses all that the contracts promise.
@Tag("slow")
@ExtendWith(NodeOutput.class)
final class WireTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    @Test
    void every_frame_and_every_call_of_the_contracts_is_served(@TempDir final Path data) {
        try (var node = NodeProcess.start(data, Map.of("PARLEY_RATE_LIMITS", "off"));
                var world = new World(node)) {
            final var ada = world.person("ada");
            final var bo = world.person("bo");
            byFrame(ada, bo);
            byKeys(world, ada, bo);
            byCall(world, ada, bo);
            node.askToStop();
            assertEquals(1012, bo.socket().awaitClose());
            node.awaitEnd(SOON);
            assertEquals("bye", bo.socket().frames().getLast().path("type").asText());
        }
        assertEquals(Set.of(), RawSocket.JUDGE.clientFramesNeverSeen());
        assertEquals(Set.of(), RawSocket.JUDGE.serverFramesNeverSeen());
        final var neverServed = new TreeSet<>(Rest.JUDGE.operationsNeverServed());
        neverServed.removeAll(Set.of("UploadBlob", "DownloadBlob", "PostCommit", "Group")); // EncryptedTest
        neverServed.removeAll(Set.of(
                "UploadAbilities", "BeginUpload", "ContinueUpload", "ThrowUploadAway", "DownloadMedia")); // MediaTest
        assertEquals(Set.of(), neverServed);
    }

    private static void byFrame(final Device ada, final Device bo) {
        final var hi = ada.sends("hi", bo);
        bo.sees("hi");
        bo.acknowledges(hi.conversation(), hi.seq());
        ada.seesDelivered(hi, bo);
        bo.reads(hi.conversation(), hi.seq());
        ada.seesRead(hi, bo);
        bo.asks(Device.frame("pull").put("conversation", hi.conversation()));
        bo.asks(Device.frame("heartbeat"));
        assertEquals("unknown-type", bo.isRefused(Device.frame("shout")));
        final var ask = Device.frame("receipts");
        ask.putArray("conversations").add(hi.conversation());
        ada.socket().say(ask);
        ada.socket().await("receipts-end", frame -> RawSocket.isOf(frame, "receipts-end"));
        bo.socket().say(Device.frame("typing").put("conversation", hi.conversation()));
        ada.socket().await("typing", frame -> RawSocket.isOf(frame, "typing"));
        ada.watches(bo);
        ada.seesPresence(bo, true, SOON);
        final var unwatch = Device.frame("unwatch");
        unwatch.putArray("users").add(bo.user());
        ada.socket().say(unwatch);
    }

    private static void byKeys(final World world, final Device ada, final Device bo) {
        final var identity = new Signer();
        final var tablet = new DeviceKeys(world, world.another(ada));
        final var ofAda = new DeviceKeys(world, ada);
        ofAda.publishes(identity);
        ada.socket().await("keys", frame -> RawSocket.isOf(frame, "keys"));
        tablet.publishes();
        ofAda.approves(tablet, identity);
        ofAda.stocksUp(1);
        final var claimed = new DeviceKeys(world, bo).claims("c-1", ada);
        assertEquals(ofAda.sees(ada).path("version"), claimed.path("version"));
        ada.socket().await("key-packages", frame -> RawSocket.isOf(frame, "key-packages"));
        assertEquals(0, ofAda.own().path("left").asInt());
        ofAda.takesBack();
    }

    private static void byCall(final World world, final Device ada, final Device bo) {
        final var rest = world.rest();
        final var message = World.json().put("to", bo.user()).put("id", Device.newId());
        message.set("body", Device.text("by call"));
        final var conversation = rest.post("/v1/messages", ada.token(), message)
                .expect(201)
                .body()
                .path("conversation")
                .asText();
        rest.post("/v1/messages", ada.token(), message).expect(200);
        final var seq = World.json().put("seq", 2);
        rest.post("/v1/conversations/" + conversation + "/delivered", bo.token(), seq)
                .expect(204);
        rest.post("/v1/conversations/" + conversation + "/read", bo.token(), seq)
                .expect(204);
        for (final var path : new TreeSet<>(Set.of(
                "/v1/conversations",
                "/v1/conversations/" + conversation + "/messages",
                "/v1/users/" + bo.user(),
                "/v1/users/" + bo.user() + "/presence",
                "/v1/devices",
                "/v1/settings"))) {
            rest.get(path, ada.token()).expect(200);
            rest.get(path, "").expect(401);
        }
        rest.get("/v1/nodes", "").expect(200);
        rest.get("/v1/openapi.json", "").expect(200);
        rest.get("/v1/asyncapi.json", "").expect(200);
        call(rest, "PATCH", "/v1/settings", ada, "{\"lastSeen\":\"written-to\",\"readReceipts\":\"on\"}", 200);
        call(rest, "PATCH", "/v1/settings", ada, "{\"lastSeen\":\"friends\"}", 400);
        call(rest, "PATCH", "/v1/profile", ada, "{\"name\":\"Ada L.\"}", 200);
        assertEquals(
                "Ada L.",
                rest.get("/v1/users/" + ada.user(), bo.token())
                        .body()
                        .path("name")
                        .asText());
        final var tablet = world.another(ada);
        rest.delete("/v1/devices/" + tablet.id(), ada.token()).expect(204);
        final var passwords = World.json().put("old", World.PASSWORD).put("new", "another good one");
        call(rest, "PUT", "/v1/password", ada, passwords.toString(), 204);
        final var login = rest.post("/v1/login/refresh", "", World.json().put("refreshToken", ada.refreshToken()))
                .expect(200)
                .body();
        ada.takes(login);
        rest.call("POST", "/v1/logout", ada.token(), Optional.empty()).expect(204);
        rest.post("/v1/accounts", "", World.json().put("user", ada.user()).put("password", World.PASSWORD))
                .expect(409);
    }

    private static void call(
            final Rest rest,
            final String method,
            final String path,
            final Device as,
            final String body,
            final int status) {
        rest.call(method, path, as.token(), Optional.of(body)).expect(status);
    }
}
