package io.parley.scenario;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.datastax.oss.driver.api.core.CqlSession;
import com.fasterxml.jackson.databind.JsonNode;
import io.parley.local.Waiting;
import io.parley.store.cassandra.OneCassandra;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// A node on the embedded store has grown up: its people go on in Cassandra.
@Tag("slow")
@DisabledIfSystemProperty(named = "parley.cassandra.skip", matches = "true")
@ExtendWith(NodeOutput.class)
@Order(7)
final class MoveTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final int MESSAGES = 1_050; // one snapshot of the conversation
    private static final int AT_ONCE = 50;

    /// Its events are deleted once two snapshots lie behind them: of a person, from the 1,500th on.
    private static final int CHANGES = 200;

    @Test
    void people_go_on_after_a_move_as_if_nothing_had_been(@TempDir final Path data) throws Exception {
        final var cassandra = Map.of("PARLEY_CASSANDRA", OneCassandra.contactPoint());
        try (var node = NodeProcess.start(data, Map.of("PARLEY_RATE_LIMITS", "off"));
                var world = new World(node)) {
            final var ada = world.person("ada");
            final var bo = world.person("bo");
            final var cy = world.offline("cy");
            sendMany(ada, bo, 1, 650);
            receive(bo, ada, 650);
            final var tablet = world.another(bo);
            final var conversation = World.between(ada, bo);
            sendMany(ada, bo, 651, MESSAGES);
            bo.sees("t800");
            bo.reads(conversation, 300);
            bo.acknowledges(conversation, 800);
            final var ofRead = new Device.Sent("", conversation, 300, "");
            final var ofDelivered = new Device.Sent("", conversation, 800, "");
            ada.seesRead(ofRead, bo);
            ada.seesDelivered(ofDelivered, bo);
            final var forCy = ada.sends("for cy", cy);
            changeSettingsUntilEventsAreDeleted(world, data, bo);
            final var before = views(world, List.of(ada, bo, cy));
            node.killHard();

            final var files = Files.readAllBytes(data.resolve("parley.db"));
            final var log = Files.readAllBytes(data.resolve("parley.db-wal"));
            assertEquals(0, NodeProcess.command(cassandra, "schema", "1").status());
            moveThatIsKilledInTheMiddle(data);
            final var moved = move(data);
            assertEquals(0, moved.status(), moved.output());
            assertTrue(moved.output().contains("Going on with the move"), moved.output());
            assertTrue(
                    moved.output().contains("Read back and found equal: 3 accounts, 2 conversations, 3 users"),
                    moved.output());
            assertArrayEquals(files, Files.readAllBytes(data.resolve("parley.db")));
            assertArrayEquals(log, Files.readAllBytes(data.resolve("parley.db-wal")));
            final var refused = NodeProcess.command(Map.of("PARLEY_DATA_DIR", data.toString()));
            assertEquals(1, refused.status(), refused.output());
            assertTrue(refused.output().contains("has moved to Cassandra"), refused.output());

            node.restart(Map.of(
                    "PARLEY_STORE",
                    "cassandra",
                    "PARLEY_CASSANDRA",
                    OneCassandra.contactPoint(),
                    "PARLEY_CLUSTER_ALONE",
                    "on",
                    "PARLEY_TOKEN_KEYS",
                    data.resolve("token-keys.json").toString()));
            refresh(world, bo);
            assertEquals(before, views(world, List.of(ada, bo, cy)));
            bo.connects();
            assertEquals(texts(801, MESSAGES), bo.texts());
            tablet.connects();
            assertEquals(texts(651, MESSAGES), tablet.texts());
            ada.connects();
            askReceipts(ada, conversation);
            ada.seesRead(ofRead, bo);
            ada.seesDelivered(ofDelivered, bo);
            assertEquals(800, ada.highest(conversation, bo, "delivered"));
            assertEquals(300, ada.highest(conversation, bo, "read"));
            cy.connects();
            assertEquals(List.of("for cy"), cy.texts());
            cy.acknowledges(forCy.conversation(), forCy.seq());
            ada.seesDelivered(forCy, cy);
            final var resent = ada.sends(Device.message("move-" + MESSAGES, "t" + MESSAGES, bo));
            assertEquals(MESSAGES, resent.seq());
            assertEquals(MESSAGES + 1, ada.sends("after the move", bo).seq());
            bo.sees("after the move");
            tablet.sees("after the move");
            world.another(cy).connects(); // with the password
        }
    }

    private static List<String> texts(final int from, final int to) {
        return IntStream.rangeClosed(from, to).mapToObj(i -> "t" + i).toList();
    }

    private static void sendMany(final Device from, final Device to, final int first, final int last) {
        for (int i = first; i <= last; i++) {
            final var message = Device.message("move-" + i, "t" + i, to);
            if (i % AT_ONCE == 0 || i == last) {
                assertEquals(i, from.sends(message).seq());
            } else {
                from.socket().say(message);
            }
        }
    }

    /// As a device does: acknowledges as it comes.
    private static void receive(final Device by, final Device from, final int last) {
        for (int i = AT_ONCE; i <= last; i += AT_ONCE) {
            by.sees("t" + i);
            by.acknowledges(World.between(by, from), i);
        }
        from.seesDelivered(new Device.Sent("", World.between(by, from), last, ""), by);
    }

    private static void changeSettingsUntilEventsAreDeleted(final World world, final Path data, final Device of) {
        Waiting.until(
                PATIENCE,
                () -> {
                    changeSettings(world, of);
                    return lowestEvent(data, "user|" + of.user()) > 1;
                },
                () -> "no events of " + of.user() + " were deleted");
    }

    private static void changeSettings(final World world, final Device of) {
        final var answers = new ArrayList<CompletableFuture<HttpResponse<String>>>();
        for (int i = 0; i < CHANGES; i++) {
            final var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + world.port() + "/v1/settings"))
                    .timeout(PATIENCE)
                    .header("Authorization", "Bearer " + of.token())
                    .header("Content-Type", "application/json")
                    .method(
                            "PATCH",
                            HttpRequest.BodyPublishers.ofString("{\"readReceipts\":\"on\",\"lastSeen\":\""
                                    + (i % 2 == 0 ? "nobody" : "everyone") + "\"}"))
                    .build();
            answers.add(HTTP.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
            if (answers.size() % AT_ONCE == 0) {
                answers.forEach(answer -> assertEquals(200, answer.join().statusCode()));
            }
        }
    }

    private static long lowestEvent(final Path data, final String persistenceId) {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("parley.db"));
                var statement = connection.prepareStatement(
                        "SELECT min(sequence_number) FROM event_journal WHERE persistence_id = ?")) {
            statement.setString(1, persistenceId);
            try (var result = statement.executeQuery()) {
                return result.next() ? result.getLong(1) : 0;
            }
        } catch (final SQLException failed) {
            throw new AssertionError(failed);
        }
    }

    private static NodeProcess.Ended move(final Path data) {
        return NodeProcess.command(moving(data), "move-to-cassandra");
    }

    private static Map<String, String> moving(final Path data) {
        return Map.of("PARLEY_CASSANDRA", OneCassandra.contactPoint(), "PARLEY_DATA_DIR", data.toString());
    }

    private static void moveThatIsKilledInTheMiddle(final Path data) throws IOException {
        try (var session = OneCassandra.session();
                var running = NodeProcess.beginCommand(moving(data), "move-to-cassandra", "--rate", "400")) {
            Waiting.until(PATIENCE, () -> done(session) >= 400, () -> "nothing was moved: " + running.output());
            running.killHard();
            final var row = session.execute("SELECT done, events, finished FROM parley.moves")
                    .one();
            assertTrue(row != null && row.isNull("finished") && row.getLong("done") < row.getLong("events"));
        }
    }

    /// How many events a move has noted as stored.
    private static long done(final CqlSession session) {
        final var row = session.execute("SELECT done FROM parley.moves").one();
        return row == null ? 0 : row.getLong("done");
    }

    /// What each sees of all conversations: lists with unread counts, and all of the logs.
    private static List<JsonNode> views(final World world, final List<Device> of) {
        final var views = new ArrayList<JsonNode>();
        for (final var each : of) {
            final var list = world.rest()
                    .get("/v1/conversations", each.token())
                    .expect(200)
                    .body();
            views.add(list);
            for (final var conversation : list.path("conversations")) {
                final int head = conversation.path("head").asInt();
                for (int after = 0; after < head; after += 200) {
                    views.add(world.rest()
                            .get(
                                    "/v1/conversations/"
                                            + conversation.path("conversation").asText() + "/messages?limit=200&after="
                                            + after,
                                    each.token())
                            .expect(200)
                            .body());
                }
            }
        }
        assertTrue(views.size() > 3 + 2 * MESSAGES / 200, "a view of too little: " + views.size());
        return views;
    }

    private static void refresh(final World world, final Device device) {
        device.takes(world.rest()
                .post("/v1/login/refresh", "", World.json().put("refreshToken", device.refreshToken()))
                .expect(200)
                .body());
    }

    private static void askReceipts(final Device of, final String conversation) {
        final var ask = Device.frame("receipts");
        ask.putArray("conversations").add(conversation);
        of.socket().say(ask);
    }
}
