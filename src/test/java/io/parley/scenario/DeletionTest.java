package io.parley.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// An account that is deleted is no more, for whomever it knew, and for good.
@Tag("slow")
@ExtendWith(NodeOutput.class)
final class DeletionTest {
    private static final List<String> TEXTS = List.of("hello", "and hello to you", "for all your devices");

    @Test
    void who_is_deleted_is_gone_for_everybody_and_what_was_written_stays_also_after_a_kill(@TempDir final Path data) {
        final var settings = Map.of("PARLEY_RATE_LIMITS", "off", "PARLEY_ADMIN_TOKEN", Admin.TOKEN);
        try (var node = NodeProcess.start(data, settings);
                var world = new World(node)) {
            final var ada = world.person("ada");
            final var tablet = world.another(ada);
            final var bo = world.person("bo");
            final var hello = bo.sends(TEXTS.get(0), ada);
            ada.sees(TEXTS.get(0));
            ada.reads(hello.conversation(), hello.seq());
            bo.seesRead(hello, ada);
            ada.sends(TEXTS.get(1), bo);
            bo.watches(ada);
            bo.seesPresence(ada, true, Duration.ofSeconds(5));
            bo.sends(TEXTS.get(2), ada); // the tablet has none of it yet: the conversation is open, and relied on

            new Admin(node).delete(account(ada)).expect(204);

            assertEquals(4401, ada.socket().awaitClose());
            bo.socket()
                    .await(
                            "that nothing is to be seen of " + ada.user(),
                            frame -> RawSocket.isOf(frame, "presence") && !frame.has("online"));
            isGone(node, world, ada, bo);
            tabletIsShutOut(world, tablet);
            final var tick = ticks(bo, hello.conversation());
            assertEquals("receipt", tick.path("type").asText());
            assertTrue(tick.path("read").asLong() >= hello.seq(), "a tick stays what it was");

            node.killHard();
            node.restart();
            bo.connects();
            isGone(node, world, ada, bo);
            tabletIsShutOut(world, tablet);
            final var anew = world.another(bo).connects();
            assertEquals("unknown-user", refusal(anew, ada));
            isGone(node, world, ada, anew);
        }
    }

    private static String account(final Device of) {
        return "/admin/v1/accounts/" + of.user();
    }

    private static void isGone(final NodeProcess node, final World world, final Device ada, final Device bo) {
        letsNobodyIn(world, ada);
        isKnownToNobody(world, ada, bo);
        isReadAndNotWrittenTo(world, ada, bo);
        final var admin = new Admin(node);
        final var seen = admin.sees(account(ada));
        assertEquals(ada.uid(), seen.path("uid").asText());
        assertTrue(seen.has("deletedSince"), seen.toString());
        admin.delete(account(ada)).expect(204);
        assertEquals(seen, admin.sees(account(ada)));
        for (final var change : List.of("/disable", "/enable")) {
            assertEquals(
                    "unknown-user",
                    admin.post(account(ada) + change).expect(404).code());
        }
        assertEquals(
                2,
                admin.sees("/admin/v1/conversations/" + World.between(ada, bo))
                        .path("members")
                        .size());
    }

    private static void letsNobodyIn(final World world, final Device ada) {
        final var login = world.rest()
                .post("/v1/login", "", World.loginBody(ada.user(), "again"))
                .expect(401);
        final var unknown = world.rest()
                .post("/v1/login", "", World.loginBody("nobody.here", "again"))
                .expect(401);
        assertEquals(unknown.body(), login.body());
        world.rest().get("/v1/devices", ada.token()).expect(401);
        final var refresh = World.json().put("refreshToken", ada.refreshToken());
        assertEquals(
                "unauthenticated",
                world.rest().post("/v1/login/refresh", "", refresh).expect(401).code());
        final var again = World.json()
                .put("user", ada.user())
                .put("password", "a password of another")
                .put("name", "Eve");
        assertEquals(
                "conflict",
                world.rest().post("/v1/accounts", "", again).expect(409).code());
    }

    private static void tabletIsShutOut(final World world, final Device tablet) {
        world.rest().get("/v1/conversations", tablet.token()).expect(401);
        final var socket = RawSocket.open(world.port());
        socket.say(Device.frame("hello").put("token", tablet.token()));
        assertEquals(4401, socket.awaitClose());
    }

    private static void isKnownToNobody(final World world, final Device ada, final Device bo) {
        for (final var path : List.of("/v1/users/" + ada.user(), "/v1/users/" + ada.user() + "/presence")) {
            assertEquals(
                    "unknown-user",
                    world.rest().get(path, bo.token()).expect(404).code(),
                    path);
        }
        bo.watches(ada);
        bo.socket()
                .await(
                        "that there is nobody to watch",
                        frame -> RawSocket.isOf(frame, "error")
                                && frame.path("code").asText().equals("unknown-user")
                                && !frame.has("id"));
    }

    private static void isReadAndNotWrittenTo(final World world, final Device ada, final Device bo) {
        assertEquals("unknown-user", refusal(bo, ada));
        final var byRest = World.json().put("id", Device.newId()).put("to", ada.user());
        byRest.set("body", Device.text("still there?"));
        assertEquals(
                "unknown-user",
                world.rest()
                        .post("/v1/messages", bo.token(), byRest)
                        .expect(404)
                        .code());

        final var conversation = World.between(ada, bo);
        final var page = world.rest()
                .get("/v1/conversations/" + conversation + "/messages", bo.token())
                .expect(200)
                .body();
        assertEquals(TEXTS, texts(page));
        final var list =
                world.rest().get("/v1/conversations", bo.token()).expect(200).body();
        assertEquals(conversation, list.at("/conversations/0/conversation").asText());
        assertEquals(3, list.at("/conversations/0/head").asLong());
        assertNotEquals("error", ticks(bo, conversation).path("type").asText());
    }

    /// The first that comes of an answer; what was told once is forgotten with the conversation's memory.
    private static JsonNode ticks(final Device of, final String conversation) {
        final var receipts = Device.frame("receipts");
        receipts.putArray("conversations").add(conversation);
        return of.asks(receipts);
    }

    private static String refusal(final Device from, final Device to) {
        final var answer = from.asks(Device.message(Device.newId(), "still there?", to));
        assertEquals("error", answer.path("type").asText(), answer.toString());
        return answer.path("code").asText();
    }

    private static List<String> texts(final JsonNode page) {
        final var texts = new ArrayList<String>();
        page.path("messages")
                .forEach(message -> texts.add(message.at("/body/text").asText()));
        return texts;
    }
}
