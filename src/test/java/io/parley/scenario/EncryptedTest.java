package io.parley.scenario;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.content.Octets;
import io.parley.mls.MlsMember;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Two people encrypt with MLS through a real node; their cryptography is Bouncy Castle's.
@Tag("slow")
@ExtendWith(NodeOutput.class)
final class EncryptedTest {
    private static final byte[] INFO_OF_C2 = "info of c-2".getBytes(StandardCharsets.UTF_8);
    private static final String CANARY = "the canary sings at seventeen past eight";

    @Test
    void commits_and_messages_have_one_order_also_after_a_kill_and_the_server_holds_nothing_that_can_be_read(
            @TempDir final Path data) throws IOException {
        try (var node = NodeProcess.start(data, Map.of("PARLEY_RATE_LIMITS", "off"));
                var world = new World(node)) {
            final var ada = new Phone(world, world.person("ada"));
            final var bo = new Phone(world, world.person("bo"));
            final var plain = ada.device.sends("not encrypted yet", bo.device);
            final var talk = plain.conversation();
            assertEquals(
                    404,
                    world.rest()
                            .get("/v1/conversations/" + talk + "/group", ada.device.token())
                            .status());

            ada.mls.begins(talk + "/1");
            final var first = ada.mls.commits(List.of(bo.mls), List.of());
            final var stored = ada.commits("c-1", talk, first).expect(201).body();
            assertEquals(stored, ada.commits("c-1", talk, first).expect(200).body());
            ada.mls.merges(first);

            final var seen = bo.device.socket().await("the commit", frame -> isCommit(frame, 1));
            assertEquals(bo.device.id(), seen.at("/body/added/0/device").asText(), seen.toString());
            assertArrayEquals(
                    first.welcome(), bo.downloads(talk, seen.at("/body/welcome").asText()));
            bo.mls.joins(first);

            final var said = ada.device.sends(ada.message("e-1", CANARY, bo.device));
            assertEquals(CANARY, bo.mls.hears(received(bo.device, said)));
            final var plainRefused = ada.device.refusal(Device.message("e-2", "in the clear", bo.device));
            assertEquals("conflict", plainRefused.path("code").asText());
            assertEquals(1, plainRefused.path("epoch").asInt());
            assertEquals(2, plainRefused.path("seq").asInt());
            final var overRest = World.json().put("id", "e-2").put("to", bo.device.user());
            overRest.putObject("body").put("type", "text").put("text", "in the clear");
            final var problem = world.rest()
                    .post("/v1/messages", ada.device.token(), overRest)
                    .expect(409)
                    .body();
            assertEquals(1, problem.path("epoch").asInt());
            assertEquals(2, problem.path("seq").asInt());

            final var ofAda = ada.mls.commits(List.of(), List.of());
            final var ofBo = bo.mls.commits(List.of(), List.of());
            ada.commits("c-2", talk, ofAda).expect(201);
            final var conflict = bo.commits("c-3", talk, ofBo).expect(409).body();
            assertEquals(2, conflict.path("epoch").asInt());
            ada.mls.merges(ofAda);
            bo.mls.takes(ofAda.commit());
            assertEquals(
                    404,
                    world.rest()
                            .get(
                                    "/v1/conversations/" + talk + "/blobs/"
                                            + Phone.base64url(
                                                    Phone.sha256("info of c-1".getBytes(StandardCharsets.UTF_8))),
                                    ada.device.token())
                            .status(),
                    "what is over is not kept");

            assertEquals(2, unread(bo), "commits are nobody's messages");
            final var junk = ada.uploads(talk, "to be kept for good".getBytes(StandardCharsets.UTF_8));
            ada.posts(talk, resendNaming(first, "c-1", junk)).expect(200);
            final var before = ada.group(talk);
            node.killHard();
            unbindAll(data); // as if it had died before it bound anything
            node.restart();
            ada.posts(talk, resendNaming(first, "c-1", junk)).expect(200);
            ada.posts(talk, resendNaming(ofAda, "c-2", junk)).expect(200);
            assertEquals(
                    Set.of(Phone.base64url(Phone.sha256(first.welcome())), Phone.base64url(Phone.sha256(INFO_OF_C2))),
                    bound(data),
                    "what the stored commits name and is needed still");
            ada.device.connects();
            bo.device.connects();
            assertEquals(before, ada.group(talk));
            assertEquals(2, unread(bo));
            assertEquals(2, before.path("members").size());
            assertEquals(stored, ada.commits("c-1", talk, first).expect(200).body(), "the first answer, for ever");
            bo.commits("c-3", talk, ofBo).expect(409);
            final var again = bo.mls.commits(List.of(), List.of());
            bo.commits("c-4", talk, again).expect(201);
            bo.mls.merges(again);
            ada.mls.takes(again.commit());
            final var answer = bo.device.sends(bo.message("e-3", "still here", ada.device));
            assertEquals("still here", ada.mls.hears(received(ada.device, answer)));
            refusals(ada, bo, talk);
            nothingCanBeRead(data);
        }
    }

    @Test
    void a_device_outside_the_group_learns_that_something_was_said_and_nothing_of_what(@TempDir final Path data)
            throws IOException {
        try (var node = NodeProcess.start(data, Map.of("PARLEY_RATE_LIMITS", "off"));
                var world = new World(node)) {
            final var ada = new Phone(world, world.person("ada"));
            final var bo = new Phone(world, world.person("bo"));
            final var waiting = bo.another();
            final var plain = ada.device.sends("not encrypted yet", bo.device);
            final var talk = plain.conversation();
            ada.mls.begins(talk + "/1");
            final var first = ada.mls.commits(List.of(bo.mls), List.of());
            ada.commits("c-1", talk, first).expect(201);
            ada.mls.merges(first);
            bo.mls.joins(first);
            long head = 2;
            for (int n = 1; n <= 70; n++) { // more than a conversation holds in memory
                head = ada.device
                        .sends(ada.message("e-" + n, CANARY, bo.device))
                        .seq();
            }
            assertEquals("text", body(waiting.device, plain.seq()).path("type").asText());
            assertEquals(World.json().put("type", "commit"), body(waiting.device, 2));
            for (long seq = 3; seq <= head; seq++) {
                assertEquals(World.json().put("type", "mls"), body(waiting.device, seq));
            }
            assertTrue(body(bo.device, head).has("message"));
            for (final var path : List.of(
                    "/v1/conversations/" + talk + "/messages?limit=200",
                    "/v1/conversations/" + talk + "/messages?offset=0&messageCount=100",
                    "/v1/conversations")) {
                final var told = world.rest()
                        .get(path, waiting.device.token())
                        .expect(200)
                        .body()
                        .toString();
                assertTrue(told.contains("{\"type\":\"mls\"}"), told);
                assertFalse(told.contains("\"message\":"), told);
            }
            waiting.device.leaves();
            waiting.device.connects();
            assertEquals(World.json().put("type", "mls"), body(waiting.device, head), "and what it is pushed again");

            bo.keys.approves(waiting.keys, bo.identity);
            final var in = bo.mls.commits(List.of(waiting.mls), List.of());
            bo.commits("c-2", talk, in).expect(201);
            bo.mls.merges(in);
            ada.mls.takes(in.commit());
            waiting.device.socket().await("the commit that adds it", frame -> isCommit(frame, 2));
            waiting.mls.joins(in);
            final var read = ada.device.sends(ada.message("in", "now it reads", bo.device));
            assertEquals("now it reads", waiting.mls.hears(received(waiting.device, read)));

            final var out = bo.mls.commits(List.of(), List.of(2));
            bo.commits("c-3", talk, out).expect(201);
            bo.mls.merges(out);
            ada.mls.takes(out.commit());
            final var notice = waiting.device.socket().await("the commit that removes it", frame -> isCommit(frame, 3));
            assertEquals(
                    waiting.device.id(), notice.at("/body/removed/0/device").asText(), notice.toString());
            final var later = ada.device.sends(ada.message("out", CANARY, bo.device));
            assertEquals(World.json().put("type", "mls"), body(waiting.device, later.seq()));
            assertEquals(CANARY, bo.mls.hears(received(bo.device, later)));
        }
    }

    private static JsonNode body(final Device by, final long seq) {
        return by.socket()
                .await(
                        "message " + seq,
                        each -> RawSocket.isOf(each, "message")
                                && each.path("seq").asLong() == seq)
                .path("body");
    }

    private static ObjectNode resendNaming(final MlsMember.Made made, final String id, final String hash) {
        return World.json()
                .put("id", id)
                .put("commit", Phone.base64url(made.commit()))
                .put("groupInfo", hash)
                .put("welcome", hash);
    }

    private static long unread(final Phone phone) {
        return phone.world
                .rest()
                .get("/v1/conversations", phone.device.token())
                .expect(200)
                .body()
                .at("/conversations/0/unread")
                .asLong();
    }

    private static void unbindAll(final Path data) {
        try (var database = database(data);
                var statement = database.createStatement()) {
            assertTrue(statement.executeUpdate("UPDATE blob SET expires = " + Long.MAX_VALUE + " WHERE expires IS NULL")
                    > 0);
        } catch (final SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static Set<String> bound(final Path data) {
        final var bound = new HashSet<String>();
        try (var database = database(data);
                var statement = database.createStatement();
                var rows = statement.executeQuery("SELECT sha256 FROM blob WHERE expires IS NULL")) {
            while (rows.next()) {
                bound.add(Phone.base64url(rows.getBytes(1)));
            }
        } catch (final SQLException failed) {
            throw new IllegalStateException(failed);
        }
        return bound;
    }

    private static Connection database(final Path data) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + data.resolve("parley.db"));
    }

    private static void refusals(final Phone ada, final Phone bo, final String talk) {
        final var made = ada.mls.commits(List.of(), List.of());
        final var body = World.json().put("id", "c-9").put("commit", Phone.base64url(made.commit()));
        ada.posts(talk, body.deepCopy()).expect(400);
        ada.posts(talk, body.deepCopy().put("groupInfo", Phone.base64url(new byte[32])))
                .expect(400);
        final var hash = ada.uploads(talk, new byte[] {1});
        bo.posts(talk, body.deepCopy().put("groupInfo", hash)).expect(403);
        ada.posts("nobody~noone", body.deepCopy().put("groupInfo", hash)).expect(403);
        assertEquals(
                400,
                ada.world
                        .rest()
                        .putBytes(
                                "/v1/conversations/" + talk + "/blobs/" + Phone.base64url(new byte[32]),
                                ada.device.token(),
                                new byte[] {1})
                        .status());
        assertEquals(
                413,
                ada.world
                        .rest()
                        .putBytes(
                                "/v1/conversations/" + talk + "/blobs/" + Phone.base64url(new byte[32]),
                                ada.device.token(),
                                new byte[(1 << 20) + 1])
                        .status());
    }

    private static boolean isCommit(final JsonNode frame, final int epoch) {
        return RawSocket.isOf(frame, "message")
                && frame.at("/body/type").asText().equals("commit")
                && frame.at("/body/epoch").asInt() == epoch;
    }

    private static byte[] received(final Device by, final Device.Sent sent) {
        final var message = body(by, sent.seq()).path("message").asText();
        return Octets.parse(message).orElseThrow().toArray();
    }

    private static void nothingCanBeRead(final Path data) throws IOException {
        final var wanted = CANARY.getBytes(StandardCharsets.UTF_8);
        int files = 0;
        try (var all = Files.walk(data)) {
            for (final var file : all.filter(Files::isRegularFile).toList()) {
                files++;
                assertFalse(contains(Files.readAllBytes(file), wanted), file.toString());
            }
        }
        assertTrue(files > 0);
    }

    private static boolean contains(final byte[] bytes, final byte[] wanted) {
        return new String(bytes, StandardCharsets.ISO_8859_1).contains(new String(wanted, StandardCharsets.ISO_8859_1));
    }
}
