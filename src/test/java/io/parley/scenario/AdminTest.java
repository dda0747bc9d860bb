package io.parley.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.keys.Signer;
import io.parley.local.Waiting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What operators can do on the management port of a node, and who else cannot.
@Tag("slow")
@ExtendWith(NodeOutput.class)
final class AdminTest {
    private static final Duration START_MAX = Duration.ofSeconds(60);
    private static final Duration SOON = Duration.ofSeconds(10);

    private static NodeProcess node;

    @BeforeAll
    static void begin(@TempDir final Path data) {
        node = NodeProcess.start(data, Map.of("PARLEY_RATE_LIMITS", "off", "PARLEY_ADMIN_TOKEN", Admin.TOKEN));
    }

    /// Also: that every call was served, and every way it may be refused that can be had here.
    @AfterAll
    static void end() {
        final var output = node.output();
        node.close();
        assertFalse(output.contains(Admin.TOKEN), "the token stands in the log");
        assertEquals(Set.of(), Admin.JUDGE.operationsNeverServed());
    }

    private static World world() {
        return new World(node);
    }

    private static Admin admin() {
        return new Admin(node);
    }

    private static Rest.Answer logIn(final World world, final Device device) {
        final var body = World.loginBody(device.user(), "again");
        ((com.fasterxml.jackson.databind.node.ObjectNode) body.path("device")).put("id", device.id());
        return world.rest().post("/v1/login", "", body);
    }

    private static Rest.Answer refresh(final World world, final Device device) {
        return world.rest().post("/v1/login/refresh", "", World.json().put("refreshToken", device.refreshToken()));
    }

    /// The log is written behind the answer.
    private static void awaitLine(final String text) {
        Waiting.until(SOON, () -> node.output().contains(text), () -> "no line '" + text + "' in the log");
    }

    @Test
    void without_a_token_set_nobody_administers_and_the_answer_says_how_to_set_one() {
        try (var world = SharedNode.world()) {
            for (final var named : List.of("", Admin.TOKEN)) {
                final var admin = new Admin(world.managementPort(), named);
                for (final var path : Admin.JUDGE.paths()) {
                    final var answer = admin.unjudged("GET", path, Optional.empty());
                    assertEquals(403, answer.statusCode(), path);
                    assertEquals(
                            "forbidden", Rest.parse(answer.body()).path("code").asText());
                    assertTrue(answer.body().contains("PARLEY_ADMIN_TOKEN"), answer.body());
                }
                assertEquals(403, admin.post("/admin/v1/drain").status());
                assertEquals(
                        403, admin.unjudged("GET", "/admin", Optional.empty()).statusCode());
            }
        }
    }

    @Test
    void another_token_or_none_opens_nothing_and_learns_nothing() {
        final var before = node.metric("admin_refusals_total{reason=\"wrong_token\"}");
        int refused = 0;
        for (final var named : List.of("", "another-token-entirely", Admin.TOKEN + "x", Admin.TOKEN.substring(1))) {
            final var admin = new Admin(node.managementPort(), named);
            for (final var path : Admin.JUDGE.paths()) {
                assertEquals(401, admin.unjudged("GET", path, Optional.empty()).statusCode(), path);
                refused++;
            }
            assertEquals(
                    "unauthenticated", admin.post("/admin/v1/drain").expect(401).code());
            assertEquals(
                    401,
                    admin.unjudged("GET", "/admin/v1/nothing", Optional.empty()).statusCode());
            refused += 2;
        }
        assertEquals(before + refused, node.metric("admin_refusals_total{reason=\"wrong_token\"}"));
        assertTrue(node.isReady());
    }

    @Test
    void what_needs_no_token_still_needs_none() {
        final var nobody = new Admin(node.managementPort(), "");
        for (final var path : List.of(
                "/health/live",
                "/health/ready",
                "/metrics",
                "/cluster/members",
                "/cluster/shards/conversation",
                "/health/pekko/live",
                "/health/pekko/ready")) {
            assertEquals(200, nobody.unjudged("GET", path, Optional.empty()).statusCode(), path);
        }
        final var members = Rest.parse(
                nobody.unjudged("GET", "/cluster/members", Optional.empty()).body());
        assertEquals(1, members.path("members").size());
        assertEquals("Up", members.at("/members/0/status").asText());
    }

    @Test
    void the_cluster_is_read_there_and_never_changed() {
        final var admin = admin();
        final var self = Rest.parse(admin.unjudged("GET", "/cluster/members", Optional.empty())
                        .body())
                .path("selfNode")
                .asText();
        for (final var method : List.of("POST", "PUT", "DELETE", "PATCH")) {
            for (final var path : List.of("/cluster", "/cluster/members", "/cluster/members/" + self)) {
                final var answer = admin.unjudged(method, path, Optional.of("operation=down"));
                assertTrue(Set.of(404, 405).contains(answer.statusCode()), method + " " + path + " " + answer);
            }
        }
        assertEquals("Up", admin.sees("/admin/v1/node").path("status").asText());
    }

    @Test
    void nothing_of_it_is_on_the_client_port() {
        final var asClient = new Admin(node.port(), Admin.TOKEN);
        final var paths = new TreeSet<>(Admin.JUDGE.paths());
        paths.addAll(List.of("/admin", "/cluster/members", "/health/ready", "/health/pekko/ready", "/metrics"));
        for (final var path : paths) {
            for (final var method : List.of("GET", "POST", "PUT", "DELETE")) {
                assertEquals(
                        404, asClient.unjudged(method, path, Optional.empty()).statusCode(), method + " " + path);
            }
        }
    }

    @Test
    void a_token_that_can_be_guessed_is_refused_at_the_start(@TempDir final Path other) {
        try (var refused = NodeProcess.begin(other, Map.of("PARLEY_ADMIN_TOKEN", "fifteen-letters"))) {
            assertEquals(2, refused.awaitEnd(START_MAX), refused.output());
            assertTrue(refused.output().contains("Parley cannot start: parley.admin-token"), refused.output());
            assertFalse(refused.output().contains("fifteen-letters"), refused.output());
        }
    }

    @Test
    void the_contract_is_served_as_it_is_written() throws IOException {
        final var served = admin().sees("/admin/v1/openapi.json");
        try (var written = AdminTest.class.getResourceAsStream("/api/admin.json")) {
            assertEquals(Rest.JSON.readTree(written), served);
        }
        assertEquals(
                404,
                admin().unjudged("GET", "/admin/v1/nothing", Optional.empty()).statusCode());
        assertEquals(
                405,
                admin().unjudged("GET", "/admin/v1/drain", Optional.empty()).statusCode());
    }

    @Test
    void accounts_are_listed_in_pages_each_once() {
        try (var world = world()) {
            final var expected = new TreeSet<String>();
            for (int i = 0; i < 7; i++) {
                expected.add(world.offline("lister").user());
            }
            world.offline("zoe");
            final var admin = admin();
            final var found = new ArrayList<String>();
            String cursor = "";
            do {
                final var page = admin.sees("/admin/v1/accounts?prefix=lister&limit=3" + cursor);
                assertTrue(page.path("accounts").size() <= 3);
                page.path("accounts")
                        .forEach(each -> found.add(each.path("user").asText()));
                cursor = page.has("cursor") ? "&cursor=" + page.path("cursor").asText() : "";
            } while (!cursor.isEmpty());
            assertEquals(List.copyOf(expected), found);
            final var all = new HashSet<String>();
            admin.sees("/admin/v1/accounts?limit=1000")
                    .path("accounts")
                    .forEach(each -> all.add(each.path("user").asText()));
            assertTrue(all.containsAll(expected) && all.size() > expected.size(), all.toString());
            assertEquals(
                    0,
                    admin.sees("/admin/v1/accounts?prefix=nobody-of-that")
                            .path("accounts")
                            .size());
            for (final var wrong : List.of("limit=0", "limit=1001", "limit=x", "prefix=A", "cursor=%21", "cursor=AA")) {
                assertEquals(
                        "invalid",
                        admin.get("/admin/v1/accounts?" + wrong).expect(400).code(),
                        wrong);
            }
        }
    }

    @Test
    void an_account_is_shown_with_its_devices() {
        try (var world = world()) {
            final var ada = world.person("ada");
            world.another(ada);
            final var admin = admin();
            final var seen = admin.sees("/admin/v1/accounts/" + ada.user());
            assertEquals(ada.uid(), seen.path("uid").asText());
            assertFalse(seen.path("disabled").asBoolean());
            assertEquals(2, seen.path("devices").size());
            assertTrue(seen.at("/devices/0/online").asBoolean());
            assertFalse(seen.at("/devices/1/online").asBoolean());
            assertEquals(
                    "unknown-user",
                    admin.get("/admin/v1/accounts/nobody.here").expect(404).code());
            assertEquals(
                    "invalid",
                    admin.get("/admin/v1/accounts/NOT-A-NAME").expect(400).code());
        }
    }

    @Test
    void a_disabled_account_is_shut_out_until_it_is_enabled_and_misses_nothing() {
        try (var world = world()) {
            final var ada = world.person("ada");
            final var bo = world.person("bo");
            final var admin = admin();
            final var account = "/admin/v1/accounts/" + ada.user();
            final long counted = node.metric("admin_calls_total{call=\"account_disable\"}");

            admin.post(account + "/disable").expect(204);
            assertEquals(4401, ada.socket().awaitClose());
            world.rest().get("/v1/devices", ada.token()).expect(401);
            assertEquals("forbidden", refresh(world, ada).expect(403).code());
            assertEquals("forbidden", logIn(world, ada).expect(403).code());
            final var wrong = World.loginBody(ada.user(), "again").put("password", "not the password");
            world.rest().post("/v1/login", "", wrong).expect(401);
            assertTrue(admin.sees(account).path("disabled").asBoolean());
            assertTrue(admin.sees(account).has("disabledSince"));
            admin.post(account + "/disable").expect(204);

            final var meanwhile = bo.sends("while you were out", ada);

            admin.post(account + "/enable").expect(204);
            assertFalse(admin.sees(account).path("disabled").asBoolean());
            world.rest().get("/v1/devices", ada.token()).expect(401);
            assertEquals("unauthenticated", refresh(world, ada).expect(401).code());
            final var login = logIn(world, ada).expect(200).body();
            assertEquals(ada.id(), login.path("device").asText(), "the same device");
            ada.takes(login);
            ada.connects();
            ada.sees("while you were out");
            assertEquals(1, meanwhile.seq());

            assertEquals(counted + 2, node.metric("admin_calls_total{call=\"account_disable\"}"));
            awaitLine("account_disable " + ada.user() + ": 204");
            for (final var change : List.of("/disable", "/enable")) {
                assertEquals(
                        "unknown-user",
                        admin.post("/admin/v1/accounts/nobody.here" + change)
                                .expect(404)
                                .code());
                admin.post("/admin/v1/accounts/x" + change).expect(400);
            }
        }
    }

    @Test
    void an_account_is_deleted_once_and_stays_deleted() {
        try (var world = world()) {
            final var ada = world.person("ada");
            final var admin = admin();
            final var account = "/admin/v1/accounts/" + ada.user();
            final long counted = node.metric("admin_calls_total{call=\"account_delete\"}");
            final var before = admin.sees(account);

            admin.delete(account).expect(204);
            assertEquals(4401, ada.socket().awaitClose());
            final var after = admin.sees(account);
            for (final var kept : List.of("user", "uid", "registered")) {
                assertEquals(before.path(kept), after.path(kept), kept);
            }
            assertEquals(4, after.size(), after.toString());
            assertTrue(after.has("deletedSince"));
            admin.delete(account).expect(204);
            assertEquals(after, admin.sees(account));
            assertEquals(
                    1,
                    admin.sees("/admin/v1/accounts?prefix=" + ada.user())
                            .path("accounts")
                            .size(),
                    "its name is taken");

            assertEquals(counted + 2, node.metric("admin_calls_total{call=\"account_delete\"}"));
            awaitLine("account_delete " + ada.user() + ": 204");
            assertEquals(
                    "unknown-user",
                    admin.delete("/admin/v1/accounts/nobody.here").expect(404).code());
            admin.delete("/admin/v1/accounts/x").expect(400);
        }
    }

    @Test
    void sessions_are_ended_of_one_device_or_of_all_and_the_devices_stay_linked() {
        try (var world = world()) {
            final var phone = world.person("ada");
            final var tablet = world.another(phone).connects();
            final var admin = admin();
            final var sessions = "/admin/v1/accounts/" + phone.user() + "/sessions";

            admin.delete(sessions + "/" + phone.id()).expect(204);
            assertEquals(4401, phone.socket().awaitClose());
            refresh(world, phone).expect(401);
            assertTrue(tablet.socket().isOpen());
            world.rest().get("/v1/devices", tablet.token()).expect(200);

            admin.delete(sessions).expect(204);
            assertEquals(4401, tablet.socket().awaitClose());
            world.rest().get("/v1/devices", tablet.token()).expect(401);
            phone.takes(logIn(world, phone).expect(200).body());
            final var devices =
                    world.rest().get("/v1/devices", phone.token()).expect(200).body();
            assertEquals(2, devices.path("devices").size());

            assertEquals(
                    "not-found",
                    admin.delete(sessions + "/0000000000000000").expect(404).code());
            admin.delete(sessions + "/my-phone").expect(400);
            admin.delete("/admin/v1/accounts/x/sessions").expect(400);
            assertEquals(
                    "unknown-user",
                    admin.delete("/admin/v1/accounts/nobody.here/sessions")
                            .expect(404)
                            .code());
        }
    }

    @Test
    void an_operator_finds_where_a_message_is_and_who_has_it_but_not_what_it_says() {
        try (var world = world()) {
            final var ada = world.person("ada");
            final var bo = world.offline("bo");
            final var conversation = World.between(ada, bo);
            final var first = ada.sends("a secret of one", bo);
            final var id = Device.newId();
            final var sent = ada.sends(Device.message(id, "a secret of two", bo));
            final var admin = admin();
            final var path = "/admin/v1/conversations/" + conversation;

            final var before = admin.get(path + "/messages/" + sent.seq()).expect(200);
            assertEquals(id, before.body().path("id").asText());
            assertEquals(ada.user(), before.body().path("from").asText());
            assertEquals(sent.time(), before.body().path("time").asText());
            assertEquals(0, before.body().path("delivered").size());
            assertEquals(
                    admin.sees("/admin/v1/node").path("node"), before.body().path("node"), "its node is this one");

            bo.connects();
            bo.sees("a secret of two");
            bo.acknowledges(conversation, 2);
            bo.reads(conversation, 1);
            ada.seesDelivered(sent, bo);
            ada.seesRead(first, bo);
            final var after = admin.get(path + "/messages?id=" + id + "&from=" + ada.user())
                    .expect(200);
            final var place = after.body().at("/messages/0");
            assertEquals(sent.seq(), place.path("seq").asLong());
            assertEquals(List.of(bo.user()), texts(place.path("delivered")));
            assertEquals(List.of(), texts(place.path("read")));
            assertEquals(1, after.body().path("searchedFrom").asLong());
            final var whole = admin.get(path).expect(200);
            assertEquals(2, whole.body().path("head").asLong());
            for (final var member : whole.body().path("members")) {
                if (member.path("user").asText().equals(bo.user())) {
                    assertEquals(2, member.path("delivered").asLong());
                    assertEquals(1, member.path("read").asLong());
                }
            }
            for (final var answer : List.of(before, after, whole)) {
                assertFalse(answer.raw().body().contains("secret"), answer.raw().body());
            }

            assertEquals(
                    0,
                    admin.sees(path + "/messages?id=never-sent")
                            .path("messages")
                            .size());
            assertEquals(
                    0,
                    admin.sees(path + "/messages?before=2&id=" + id)
                            .path("messages")
                            .size());
            assertEquals(
                    "not-found", admin.get(path + "/messages/3").expect(404).code());
            admin.get(path + "/messages/0").expect(400);
            admin.get(path + "/messages").expect(400);
            admin.get(path + "/messages?id=%20").expect(400);
            final var nobody = "/admin/v1/conversations/" + ada.user() + "~zz.nobody";
            assertEquals("unknown-user", admin.get(nobody).expect(404).code());
            admin.get("/admin/v1/conversations/z9~a0").expect(400);
            assertEquals(
                    "not-found",
                    admin.get("/admin/v1/conversations/g.0197f3a2-5c1e-7b41-9a55-3f0c2d7e8b10")
                            .expect(404)
                            .code());
            final var notes = admin.sees("/admin/v1/conversations/" + ada.user() + "~" + ada.user());
            assertEquals(1, notes.path("members").size());
        }
    }

    private static List<String> texts(final JsonNode array) {
        final var texts = new ArrayList<String>();
        array.forEach(each -> texts.add(each.asText()));
        return texts;
    }

    @Test
    void shards_and_sessions_are_counted() {
        try (var world = world()) {
            final var ada = world.person("ada");
            final var bo = world.person("bo");
            ada.sends("hi", bo);
            new DeviceKeys(world, ada).publishes(new Signer());
            final var self = admin().sees("/admin/v1/node");
            assertTrue(self.path("sessions").asLong() >= 2, self.toString());
            assertTrue(self.path("ready").asBoolean());
            final var kinds = new TreeSet<String>();
            for (final var kind : admin().sees("/admin/v1/shards").path("kinds")) {
                kinds.add(kind.path("kind").asText());
                assertEquals(1, kind.path("nodes").size());
                assertEquals(self.path("node"), kind.at("/nodes/0/node"));
                assertTrue(kind.at("/nodes/0/shards").asInt() > 0, kind.toString());
                assertTrue(kind.at("/nodes/0/entities").asInt() > 0, kind.toString());
            }
            assertEquals(Set.of("account", "conversation", "user", "keys"), kinds);
        }
    }

    @Test
    void a_log_level_holds_from_now_on_until_it_is_taken_back() {
        try (var world = world()) {
            final var ada = world.offline("logged");
            final var admin = admin();
            final var logger = "/admin/v1/loggers/io.parley.ops.AdminCalls";
            assertFalse(admin.sees(logger).has("level"));
            assertEquals("INFO", admin.sees(logger).path("effective").asText());

            assertEquals(
                    "OFF",
                    admin.put(logger, "{\"level\":\"OFF\"}")
                            .expect(200)
                            .body()
                            .path("level")
                            .asText());
            final var account = "/admin/v1/accounts/" + ada.user();
            admin.post(account + "/disable").expect(204);
            final var back = admin.delete(logger).expect(200).body();
            assertFalse(back.has("level"));
            assertEquals("INFO", back.path("effective").asText());
            admin.post(account + "/enable").expect(204);
            awaitLine("account_enable " + ada.user() + ": 204");
            assertFalse(node.output().contains("account_disable " + ada.user()), "said while the logger was off");

            admin.put("/admin/v1/loggers/org.apache.pekko", "{\"level\":\"INFO\"}")
                    .expect(200);
            final var pekko = admin.delete("/admin/v1/loggers/org.apache.pekko")
                    .expect(200)
                    .body();
            assertEquals("WARN", pekko.path("level").asText(), "as configured");
            assertEquals(
                    "INFO", admin.sees("/admin/v1/loggers/ROOT").path("level").asText());
            assertEquals(
                    "INFO",
                    admin.sees("/admin/v1/loggers/not.yet.used")
                            .path("effective")
                            .asText());
            assertTrue(admin.sees("/admin/v1/loggers").path("loggers").size() >= 4);
            for (final var wrong :
                    List.of("{\"level\":\"LOUD\"}", "{\"level\":\"debug\"}", "{}", "{\"level\":5}", "[")) {
                admin.put(logger, wrong).expect(400);
            }
            admin.get("/admin/v1/loggers/-").expect(400);
            admin.delete("/admin/v1/loggers/a..b").expect(400);
            assertEquals(
                    415,
                    new Admin(node.managementPort(), Admin.TOKEN)
                            .unjudged("PUT", logger, Optional.empty())
                            .statusCode());
        }
    }

    @Test
    void a_drained_node_answers_first_says_bye_and_ends_well(@TempDir final Path other) {
        final var settings = Map.of("PARLEY_RATE_LIMITS", "off", "PARLEY_ADMIN_TOKEN", Admin.TOKEN);
        try (var leaving = NodeProcess.start(other, settings);
                var world = new World(leaving)) {
            final var ada = world.person("ada");
            final var bo = world.person("bo");
            ada.sends("kept", bo);
            final var answer =
                    new Admin(leaving).post("/admin/v1/drain").expect(202).body();
            assertEquals(2, answer.path("sessions").asInt());
            assertEquals(2_000, answer.path("reconnectWithinMillis").asInt());
            for (final var device : List.of(ada, bo)) {
                assertEquals(1012, device.socket().awaitClose());
                assertEquals(
                        "bye", device.socket().frames().getLast().path("type").asText());
            }
            assertEquals(0, leaving.awaitEnd(SOON), leaving.output());
            leaving.restart();
            bo.connects();
            bo.sees("kept");
        }
    }
}
