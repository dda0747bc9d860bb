package io.parley.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.conversation.Entry;
import io.parley.http.Rest.Answer;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import io.parley.judge.RestJudge;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Every call over a real socket, every exchange judged by the contract.
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ApiTest {
    private static final String PASSWORD = "correct horse battery";
    private static final String HI = "{\"type\":\"text\",\"text\":\"hi\"}";

    /// Somebody logged in.
    private record Person(UserId user, String token, String refreshToken, DeviceId device) {
        ConversationId with(final Person other) {
            return ConversationId.between(user, other.user);
        }
    }

    /// An operation of the contract, and how it is called.
    private record Operation(String id, String method, String target, String body, boolean needsToken) {}

    /// These want real conversations: EncryptedTest, MediaTest.
    private static final Set<String> OF_GROUPS_AND_MEDIA = Set.of(
            "UploadBlob",
            "DownloadBlob",
            "PostCommit",
            "Group",
            "UploadAbilities",
            "BeginUpload",
            "ContinueUpload",
            "ThrowUploadAway",
            "DownloadMedia");

    private final RestJudge judge = new RestJudge();
    private final ApiServer server = new ApiServer();
    private final FakeEntities entities = server.entities;
    private final Rest rest = new Rest(judge, server.port);
    private final Rest limited = new Rest(judge, server.limitedPort);
    private int people;

    ApiTest() throws IOException {}

    @BeforeAll
    void aHeadStart() {
        person(); // the first call loads what all need
    }

    @AfterAll
    void every_call_was_served_and_every_status_seen_but_those_that_cannot_be_provoked_here() throws IOException {
        server.close();
        final var neverServed = new TreeSet<>(judge.operationsNeverServed());
        KeyApiTest.SEEN.forEach(seen -> neverServed.remove(seen.split(" ", 2)[0])); // there
        neverServed.removeAll(OF_GROUPS_AND_MEDIA);
        assertEquals(Set.of("Connect"), neverServed);
        final var neverSeen = new TreeSet<>(judge.neverSeen());
        neverSeen.removeIf(seen -> seen.startsWith("Connect ")); // the WebSocket
        neverSeen.removeAll(KeyApiTest.SEEN); // there
        neverSeen.removeIf(seen -> OF_GROUPS_AND_MEDIA.contains(seen.split(" ", 2)[0]));
        neverSeen.removeIf(
                seen -> seen.endsWith(" 503")); // accounts are not silenced here; entities' are asserted below
        assertEquals(Set.of(), neverSeen);
    }

    private Person person() {
        people++;
        final var user = new UserId("person" + people);
        assertEquals(
                201,
                rest.post("/v1/accounts", "", "{\"user\":\"%s\",\"password\":\"%s\"}".formatted(user, PASSWORD))
                        .status());
        return login(user, "phone");
    }

    private Person login(final UserId user, final String device) {
        final var answer = rest.post("/v1/login", "", loginBody(user, PASSWORD, device));
        assertEquals(200, answer.status(), answer::toString);
        return person(answer);
    }

    private static Person person(final Answer login) {
        final var json = login.json();
        return new Person(
                new UserId(json.path("user").asText()),
                json.path("token").asText(),
                json.path("refreshToken").asText(),
                new DeviceId(json.path("device").asText()));
    }

    private static String loginBody(final UserId user, final String password, final String device) {
        return "{\"user\":\"%s\",\"password\":\"%s\",\"device\":{\"name\":\"%s\",\"platform\":\"test\"}}"
                .formatted(user, password, device);
    }

    private static void assertRefused(final int status, final String code, final Answer answer) {
        assertEquals(status, answer.status(), answer::toString);
        assertEquals(code, answer.code());
        assertEquals("application/problem+json", answer.header("Content-Type"));
        assertEquals("no-store", answer.header("Cache-Control"));
        assertEquals("nosniff", answer.header("X-Content-Type-Options"));
        assertEquals("no-referrer", answer.header("Referrer-Policy"));
    }

    private Answer send(final Person from, final Person to, final String id) {
        return rest.post(
                "/v1/messages", from.token(), "{\"to\":\"%s\",\"id\":\"%s\",\"body\":%s}".formatted(to.user(), id, HI));
    }

    private void fill(final Person one, final Person other, final int entries, final Instant from) {
        final var random = new Random(entries);
        for (int i = 0; i < entries; i++) {
            entities.at(from.plusMillis(i));
            final var author = random.nextBoolean() ? one : other;
            entities.append(
                    one.with(other),
                    author.user(),
                    author.device(),
                    new MessageId("f" + i),
                    FakeEntities.text("x"),
                    Optional.empty());
        }
    }

    private static List<Long> seqs(final Answer page) {
        return StreamSupport.stream(page.json().path("messages").spliterator(), false)
                .map(entry -> entry.path("seq").asLong())
                .toList();
    }

    // accounts

    @Test
    void an_account_is_made_once() {
        final var user = "{\"user\":\"once\",\"password\":\"%s\",\"name\":\" Once \"}".formatted(PASSWORD);
        final var made = rest.post("/v1/accounts", "", user);
        assertEquals(201, made.status(), made::toString);
        assertEquals("Once", made.json().path("name").asText());
        assertRefused(409, "conflict", rest.post("/v1/accounts", "", user));
        assertRefused(400, "invalid", rest.post("/v1/accounts", "", "{\"user\":\"short\",\"password\":\"too short\"}"));
        final var closed = new Rest(judge, server.closedPort());
        assertRefused(403, "forbidden", closed.post("/v1/accounts", "", user));
    }

    @Test
    void unknown_user_and_wrong_password_are_told_apart_by_nothing() {
        final var known = person();
        final var wrong = rest.post("/v1/login", "", loginBody(known.user(), "not the password", "x"));
        final var unknown = rest.post("/v1/login", "", loginBody(new UserId("nobody"), PASSWORD, "x"));
        assertRefused(401, "unauthenticated", wrong);
        assertEquals(wrong.body(), unknown.body());
        assertEquals("Bearer realm=\"parley\"", wrong.header("WWW-Authenticate"));
    }

    @Test
    void tokens_are_refreshed_and_end() {
        final var first = person();
        final var refresh = "{\"refreshToken\":\"%s\"}";
        final var next = person(rest.post("/v1/login/refresh", "", refresh.formatted(first.refreshToken())));
        assertEquals(first.device(), next.device());
        assertNotEquals(first.refreshToken(), next.refreshToken());
        assertRefused(401, "unauthenticated", rest.post("/v1/login/refresh", "", refresh.formatted("made-up")));
        assertEquals(204, rest.post("/v1/logout", next.token(), "").status());
        final var over = rest.get("/v1/devices", next.token());
        assertRefused(401, "unauthenticated", over);
        assertTrue(over.header("WWW-Authenticate").contains("invalid_token"));
        assertFalse(over.body().contains(next.token()));
    }

    @Test
    void a_token_counts_in_its_header_only() {
        final var one = person();
        assertRefused(401, "unauthenticated", rest.get("/v1/devices", ""));
        assertRefused(401, "unauthenticated", rest.get("/v1/devices?access_token=" + one.token(), ""));
        for (final var header : List.of("Basic YTpi", one.token(), "Bearer", "Bearer " + one.token() + "x")) {
            assertRefused(
                    401, "unauthenticated", rest.call("GET", "/v1/devices", "", "", Map.of("Authorization", header)));
        }
    }

    @Test
    void a_password_is_changed_by_who_knows_the_old_one() {
        final var one = person();
        final var other = login(one.user(), "tablet");
        assertRefused(
                403,
                "forbidden",
                rest.call(
                        "PUT", "/v1/password", one.token(), "{\"old\":\"something else\",\"new\":\"a new password\"}"));
        assertRefused(
                400,
                "invalid",
                rest.call(
                        "PUT", "/v1/password", one.token(), "{\"old\":\"%s\",\"new\":\"short\"}".formatted(PASSWORD)));
        assertEquals(
                204,
                rest.call(
                                "PUT",
                                "/v1/password",
                                one.token(),
                                "{\"old\":\"%s\",\"new\":\"a new password\"}".formatted(PASSWORD))
                        .status());
        assertRefused(401, "unauthenticated", rest.get("/v1/devices", other.token()));
    }

    @Test
    void devices_are_listed_with_when_they_were_seen_and_unlinked() {
        final var one = person();
        final var other = login(one.user(), "tablet");
        entities.saw(other.device(), Instant.parse("2026-11-24T09:31:12.007Z"));
        final var listed = rest.get("/v1/devices", one.token()).json().path("devices");
        assertEquals(2, listed.size());
        assertTrue(listed.get(0).path("current").asBoolean());
        assertFalse(listed.get(0).has("lastSeen"));
        assertEquals("2026-11-24T09:31:12.007Z", listed.get(1).path("lastSeen").asText());
        assertEquals(
                204,
                rest.call("DELETE", "/v1/devices/" + other.device(), one.token(), "")
                        .status());
        assertRefused(404, "not-found", rest.call("DELETE", "/v1/devices/" + other.device(), one.token(), ""));
        assertRefused(400, "invalid", rest.call("DELETE", "/v1/devices/mine", one.token(), ""));
    }

    @Test
    void the_17th_device_needs_a_place() {
        final var one = person();
        for (int i = 2; i <= 16; i++) {
            login(one.user(), "device " + i);
        }
        final var body = loginBody(one.user(), PASSWORD, "one more");
        final var full = rest.post("/v1/login", "", body);
        assertRefused(409, "conflict", full);
        assertEquals(16, full.json().path("devices").size());
        final var instead = body.substring(0, body.length() - 1) + ",\"replace\":\"%s\"}".formatted(one.device());
        assertEquals(200, rest.post("/v1/login", "", instead).status());
    }

    @Test
    void profiles_are_shown_and_changed() {
        final var one = person();
        final var other = person();
        assertEquals(
                "Bob B.",
                rest.call("PATCH", "/v1/profile", one.token(), "{\"name\":\"Bob B.\"}")
                        .json()
                        .path("name")
                        .asText());
        assertEquals(
                "Bob B.",
                rest.get("/v1/users/" + one.user(), other.token())
                        .json()
                        .path("name")
                        .asText());
        assertEquals(
                "Bob B.",
                rest.call("PATCH", "/v1/profile", one.token(), "{}")
                        .json()
                        .path("name")
                        .asText());
        assertRefused(400, "invalid", rest.call("PATCH", "/v1/profile", one.token(), "{\"name\":\"\"}"));
        assertRefused(404, "unknown-user", rest.get("/v1/users/nobody", one.token()));
        assertRefused(400, "invalid", rest.get("/v1/users/No%20Body", one.token()));
    }

    @Test
    void presence_is_shown_as_far_as_its_owner_allows() {
        final var one = person();
        final var other = person();
        final var path = "/v1/users/" + one.user() + "/presence";
        assertTrue(rest.get(path, other.token()).json().has("lastSeen"));
        final var settings = rest.call("PATCH", "/v1/settings", one.token(), "{\"lastSeen\":\"nobody\"}");
        assertEquals("{\"lastSeen\":\"nobody\",\"readReceipts\":\"on\"}", settings.body());
        assertEquals(
                "{\"user\":\"%s\"}".formatted(one.user()),
                rest.get(path, other.token()).body());
        assertEquals(settings.body(), rest.get("/v1/settings", one.token()).body());
        for (final var wrong :
                List.of("{\"lastSeen\":\"some\"}", "{\"readReceipts\":true}", "{\"readReceipts\":\"yes\"}")) {
            assertRefused(400, "invalid", rest.call("PATCH", "/v1/settings", one.token(), wrong));
        }
        assertRefused(404, "unknown-user", rest.get("/v1/users/nobody/presence", one.token()));
        assertRefused(400, "invalid", rest.get("/v1/users/x/presence", one.token()));
    }

    // messages

    @Test
    void who_thinks_a_group_elsewhere_is_told_where_it_is() {
        final var alice = person();
        final var bob = person();
        entities.encrypts(ConversationId.between(alice.user(), bob.user()));
        final var refused = send(alice, bob, "m-1");
        assertRefused(409, "conflict", refused);
        assertEquals(8, refused.json().path("epoch").asInt());
        assertEquals(19, refused.json().path("seq").asInt());
    }

    @Test
    void a_message_is_stored_once_and_its_resend_says_so() {
        final var one = person();
        final var other = person();
        final var sent = send(one, other, "m-1");
        assertEquals(201, sent.status(), sent::toString);
        final var again = send(one, other, "m-1");
        assertEquals(200, again.status());
        assertEquals(sent.body(), again.body());
        assertEquals(one.with(other).value(), sent.json().path("conversation").asText());
    }

    @Test
    void the_senders_own_devices_get_the_client_metadata_back() {
        final var one = person();
        final var other = person();
        final var body =
                "{\"from\":\"%s\",\"conversation\":\"%s\",\"id\":\"m-1\",\"body\":%s,\"client\":%s,\"after\":0}"
                        .formatted(one.user(), one.with(other), HI, "{\"draft\":\"d-17\"}");
        assertEquals(201, rest.post("/v1/messages", one.token(), body).status());
        final var path = "/v1/conversations/" + one.with(other) + "/messages";
        assertEquals(
                "{\"draft\":\"d-17\"}",
                rest.get(path, one.token())
                        .json()
                        .path("messages")
                        .get(0)
                        .path("client")
                        .toString());
        assertFalse(rest.get(path, other.token()).body().contains("draft"));
        assertRefused(400, "invalid", rest.post("/v1/messages", one.token(), body.replace("d-17", "d".repeat(1_024))));
    }

    @Test
    void a_message_names_the_uploads_it_carries_to_all_who_read_it() {
        final var one = person();
        final var other = person();
        final var media = "[\"5d41402abc4b2a76b9719d911017c592\"]";
        final var body =
                "{\"to\":\"%s\",\"id\":\"m-1\",\"body\":{\"type\":\"media\",\"files\":[{\"media\":\"5d41402abc4b2a76b9719d911017c592\",\"kind\":\"image\",\"width\":1.50}]},\"media\":%s}";
        assertEquals(
                201,
                rest.post("/v1/messages", one.token(), body.formatted(other.user(), media))
                        .status());
        final var read = rest.get("/v1/conversations/" + one.with(other) + "/messages", other.token());
        assertEquals(media, read.json().path("messages").get(0).path("media").toString());
        assertTrue(read.body().contains("\"width\":1.50"), read::body);
        assertRefused(400, "invalid", rest.post("/v1/messages", one.token(), body.formatted(other.user(), "[]")));
        assertFalse(send(one, other, "m-2").body().contains("media"));
    }

    @Test
    void what_may_not_be_sent_is_refused_with_its_code() {
        final var one = person();
        final var other = person();
        final var good = "\"id\":\"m-1\",\"body\":" + HI;
        final var table = new ArrayList<Object[]>();
        table.add(
                new Object[] {403, "forbidden", "{\"from\":\"someone\",\"to\":\"%s\",%s}".formatted(other.user(), good)
                });
        table.add(new Object[] {400, "invalid", "{\"from\":\"S\",\"to\":\"%s\",%s}".formatted(other.user(), good)});
        table.add(new Object[] {400, "invalid", "{%s}".formatted(good)});
        table.add(new Object[] {
            400, "invalid", "{\"to\":\"%s\",\"conversation\":\"%s\",%s}".formatted(other.user(), one.with(other), good)
        });
        table.add(new Object[] {403, "forbidden", "{\"conversation\":\"aa~bb\",%s}".formatted(good)});
        table.add(new Object[] {400, "invalid", "{\"conversation\":\"%s~aa\",%s}".formatted(one.user(), good)});
        table.add(new Object[] {404, "unknown-user", "{\"to\":\"nobody\",%s}".formatted(good)});
        table.add(new Object[] {
            404, "not-found", "{\"conversation\":\"g.0197f3a2-5c1e-7b41-9a55-3f0c2d7e8b10\",%s}".formatted(good)
        });
        table.add(new Object[] {400, "invalid", "{\"to\":\"%s\",\"id\":\"m 1\",\"body\":%s}".formatted(other.user(), HI)
        });
        table.add(new Object[] {400, "invalid", "{\"to\":\"%s\",\"id\":\"m\",\"body\":{}}".formatted(other.user())});
        table.add(new Object[] {400, "invalid", "{\"to\":\"%s\",%s,\"after\":1.5}".formatted(other.user(), good)});
        table.add(new Object[] {
            413,
            "too-large",
            "{\"to\":\"%s\",\"id\":\"m\",\"body\":{\"type\":\"text\",\"text\":\"x\",\"more\":\"%s\"}}"
                    .formatted(other.user(), "x".repeat(32_768))
        });
        table.add(new Object[] {400, "bad-frame", "{\"to\":"});
        table.add(new Object[] {400, "bad-frame", "[]"});
        table.add(new Object[] {400, "bad-frame", "{\"to\":\"aa\",\"to\":\"bb\"}"});
        table.add(new Object[] {400, "bad-frame", "{} {}"});
        for (final var row : table) {
            assertRefused((int) row[0], (String) row[1], rest.post("/v1/messages", one.token(), (String) row[2]));
        }
        assertEquals(List.of(), entities.log(one.with(other)));
    }

    @Test
    void history_comes_in_pages() {
        final var one = person();
        final var other = person();
        fill(one, other, 120, Instant.parse("2026-11-24T09:00:00Z"));
        final var path = "/v1/conversations/" + one.with(other) + "/messages";
        assertEquals(50, seqs(rest.get(path, one.token())).size());
        assertEquals(120, rest.get(path, one.token()).json().path("head").asLong());
        assertEquals(List.of(1L, 2L, 3L), seqs(rest.get(path + "?after=0&limit=3", one.token())));
        assertEquals(List.of(8L, 9L), seqs(rest.get(path + "?before=10&limit=2", one.token())));
        assertEquals(List.of(), seqs(rest.get(path + "?after=120", one.token())));
        assertEquals(List.of(117L, 118L), seqs(rest.get(path + "?offset=2&messageCount=2", one.token())));
        assertEquals(
                List.of(119L, 120L),
                seqs(rest.get(path + "?timestamp=2026-11-24T09:00:00.117Z&userId=" + one.user(), one.token())));
        for (final var wrong : List.of(
                "?after=1&before=2",
                "?limit=0",
                "?limit=201",
                "?limit=x",
                "?limit=",
                "?limit=1&limit=2",
                "?offset=0&after=1",
                "?messageCount=10&limit=10",
                "?offset=-1",
                "?messageCount=201",
                "?timestamp=yesterday",
                "?timestamp=2026-11-24T09:00:00Z",
                "?userId=No")) {
            assertRefused(400, "invalid", rest.get(path + wrong, one.token()));
        }
        assertRefused(403, "forbidden", rest.get(path + "?userId=" + other.user(), one.token()));
        assertRefused(403, "forbidden", rest.get("/v1/conversations/aa~bb/messages", one.token()));
        assertRefused(400, "invalid", rest.get("/v1/conversations/x/messages", one.token()));
        assertRefused(
                404,
                "not-found",
                rest.get("/v1/conversations/g.0197f3a2-5c1e-7b41-9a55-3f0c2d7e8b10/messages", one.token()));
        assertRefused(
                404, "unknown-user", rest.get("/v1/conversations/nobody~" + one.user() + "/messages", one.token()));
    }

    @Test
    void cursors_move_once_the_log_confirms_them() {
        final var one = person();
        final var other = person();
        send(one, other, "m-1");
        send(one, other, "m-2");
        final var conversation = one.with(other);
        final var path = "/v1/conversations/" + conversation;
        assertEquals(
                204,
                rest.post(path + "/delivered", other.token(), "{\"seq\":1}").status());
        assertEquals(1, entities.delivered(other.user(), conversation));
        assertEquals(
                204, rest.post(path + "/read", other.token(), "{\"seq\":2}").status());
        assertEquals(2, entities.read(other.user(), conversation));
        assertEquals(2, entities.delivered(other.user(), conversation));
        for (final var call : List.of("/delivered", "/read")) {
            assertRefused(400, "invalid", rest.post(path + call, other.token(), "{\"seq\":3}"));
            assertRefused(400, "invalid", rest.post(path + call, other.token(), "{\"seq\":0}"));
            assertRefused(400, "invalid", rest.post(path + call, other.token(), "{}"));
            assertRefused(403, "forbidden", rest.post("/v1/conversations/aa~bb" + call, one.token(), "{\"seq\":1}"));
            assertRefused(
                    404,
                    "unknown-user",
                    rest.post("/v1/conversations/nobody~" + one.user() + call, one.token(), "{\"seq\":1}"));
        }
        assertEquals(2, entities.read(other.user(), conversation));
    }

    @Test
    void one_device_may_speak_for_another_of_the_same_person() {
        final var one = person();
        final var tablet = login(one.user(), "tablet");
        final var other = person();
        send(other, one, "m-1");
        final var path = "/v1/conversations/" + one.with(other) + "/delivered";
        assertEquals(
                204,
                rest.post(path, one.token(), "{\"seq\":1,\"device\":\"%s\"}".formatted(tablet.device()))
                        .status());
        assertRefused(
                404,
                "not-found",
                rest.post(path, one.token(), "{\"seq\":1,\"device\":\"%s\"}".formatted(other.device())));
        assertRefused(400, "invalid", rest.post(path, one.token(), "{\"seq\":1,\"device\":\"mine\"}"));
    }

    @Test
    void in_notes_to_oneself_only_another_device_delivers() {
        final var phone = person();
        final var tablet = login(phone.user(), "tablet");
        send(phone, phone, "m-1");
        final var notes = phone.with(phone);
        final var path = "/v1/conversations/" + notes + "/delivered";
        assertEquals(204, rest.post(path, phone.token(), "{\"seq\":1}").status());
        assertEquals(0, entities.delivered(phone.user(), notes));
        assertEquals(204, rest.post(path, tablet.token(), "{\"seq\":1}").status());
        assertEquals(1, entities.delivered(phone.user(), notes));
    }

    @Test
    void conversations_are_listed_latest_first_with_what_is_unread() {
        final var one = person();
        final var others = List.of(person(), person(), person(), person(), person());
        final var start = Instant.parse("2026-11-24T08:00:00Z");
        for (int i = 0; i < others.size(); i++) {
            fill(one, others.get(i), 10 + 3 * i, start.plusSeconds(60L * i));
            rest.post(
                    "/v1/conversations/" + one.with(others.get(i)) + "/read",
                    one.token(),
                    "{\"seq\":%d}".formatted(1 + 2 * i));
            rest.post(
                    "/v1/conversations/" + one.with(others.get(i)) + "/read",
                    others.get(i).token(),
                    "{\"seq\":7}");
        }
        for (final int inMemory : List.of(3, 0)) { // the second time the log tells
            entities.keepInMemory(inMemory);
            final var all = rest.get("/v1/conversations", one.token()).json().path("conversations");
            assertEquals(5, all.size());
            for (int i = 0; i < 5; i++) {
                final var conversation = one.with(others.get(4 - i));
                final var log = entities.log(conversation);
                final long read = entities.read(one.user(), conversation);
                assertEquals(
                        conversation.value(), all.get(i).path("conversation").asText());
                assertEquals(log.size(), all.get(i).path("last").path("seq").asLong());
                assertEquals(
                        FakeEntities.unread(log, read, one.user()),
                        all.get(i).path("unread").asLong());
                assertTrue(all.get(i).path("delivered").asLong() >= read);
                assertEquals(7, all.get(i).path("receipts").get(0).path("read").asLong());
            }
        }
        entities.keepInMemory(3);
        listInParts(one, others);
    }

    private void listInParts(final Person one, final List<Person> others) {
        final var first = rest.get("/v1/conversations?limit=2", one.token()).json();
        final var second = rest.get(
                        "/v1/conversations?limit=2&cursor="
                                + first.path("cursor").asText(),
                        one.token())
                .json();
        final var third = rest.get(
                        "/v1/conversations?limit=2&cursor="
                                + second.path("cursor").asText(),
                        one.token())
                .json();
        assertEquals(1, third.path("conversations").size());
        assertFalse(third.has("cursor"));
        final var since = rest.get("/v1/conversations?updatedAfter=2026-11-24T08:03:00.000Z", one.token());
        assertEquals(2, since.json().path("conversations").size());
        rest.call("PATCH", "/v1/settings", one.token(), "{\"readReceipts\":\"off\"}");
        final var hidden = rest.get("/v1/conversations", one.token()).json();
        assertEquals(
                0,
                hidden.path("conversations")
                        .get(0)
                        .path("receipts")
                        .get(0)
                        .path("read")
                        .asLong());
        assertEquals(5, others.size());
        for (final var wrong : List.of(
                "limit=101", "limit=0", "cursor=", "cursor=AAAA", "cursor=%2B", "updatedAfter=now", "cursor=%ff")) {
            assertRefused(400, "invalid", rest.get("/v1/conversations?" + wrong, one.token()));
        }
    }

    @Test
    void a_list_of_nothing_is_empty() {
        assertEquals(
                "{\"conversations\":[]}",
                rest.get("/v1/conversations", person().token()).body());
    }

    // all calls alike

    private List<Operation> operations(final Person one) {
        final var conversation = "/v1/conversations/" + one.with(one);
        return List.of(
                new Operation("CreateAccount", "POST", "/v1/accounts", "{}", false),
                new Operation("LogIn", "POST", "/v1/login", "{}", false),
                new Operation("RefreshLogin", "POST", "/v1/login/refresh", "{}", false),
                new Operation("LogOut", "POST", "/v1/logout", "", true),
                new Operation("ChangePassword", "PUT", "/v1/password", "{}", true),
                new Operation("SendMessage", "POST", "/v1/messages", "{}", true),
                new Operation("Conversations", "GET", "/v1/conversations", "", true),
                new Operation("Conversation", "GET", conversation + "/messages", "", true),
                new Operation("MarkDelivered", "POST", conversation + "/delivered", "{}", true),
                new Operation("MarkRead", "POST", conversation + "/read", "{}", true),
                new Operation("User", "GET", "/v1/users/" + one.user(), "", true),
                new Operation("Presence", "GET", "/v1/users/" + one.user() + "/presence", "", true),
                new Operation("Devices", "GET", "/v1/devices", "", true),
                new Operation("UnlinkDevice", "DELETE", "/v1/devices/0000000000000000", "", true),
                new Operation("PublishKeys", "PUT", "/v1/keys/device", "{}", true),
                new Operation("OwnKeys", "GET", "/v1/keys/device", "", true),
                new Operation("ApproveDevice", "PUT", "/v1/keys/devices/0000000000000000", "{}", true),
                new Operation("AddKeyPackages", "PUT", "/v1/keys/packages", "{}", true),
                new Operation("DropKeyPackages", "DELETE", "/v1/keys/packages", "", true),
                new Operation("ClaimKeyPackages", "POST", "/v1/keys/claims", "{}", true),
                new Operation("UserKeys", "GET", "/v1/users/" + one.user() + "/keys", "", true),
                new Operation("Settings", "GET", "/v1/settings", "", true),
                new Operation("ChangeSettings", "PATCH", "/v1/settings", "{}", true),
                new Operation("ChangeProfile", "PATCH", "/v1/profile", "{}", true));
    }

    @Test
    void every_call_refuses_what_it_cannot_take() {
        final var one = person();
        for (final var operation : operations(one)) {
            final var method = operation.method();
            final var target = operation.target();
            final var token = operation.needsToken() ? one.token() : "";
            if (operation.needsToken()) {
                assertRefused(401, "unauthenticated", rest.call(method, target, "", operation.body()));
            }
            if (!operation.body().isEmpty()) {
                final var large = "{\"x\":\"" + "x".repeat(66_000) + "\"}";
                assertRefused(400, "bad-frame", rest.call(method, target, token, "{"));
                assertRefused(413, "too-large", rest.call(method, target, token, large));
                for (final var type : List.of("text/plain", "application/x-www-form-urlencoded")) {
                    assertRefused(415, "invalid", rest.call(method, target, token, "{}", Map.of("Content-Type", type)));
                }
            }
            final var credentials = token.isEmpty() ? "" : "\r\nAuthorization: Bearer " + token;
            assertRefused(
                    403,
                    "forbidden",
                    rest.raw(
                            method + " " + target + " HTTP/1.1\r\nHost: evil.example" + credentials, operation.body()));
        }
    }

    @Test
    void every_call_has_a_limit() {
        final var one = person();
        for (int i = 0; i < 200; i++) {
            limited.get("/v1/settings", one.token());
            limited.post("/v1/messages", one.token(), "{}");
            limited.post("/v1/login/refresh", "", "{}");
        }
        for (final var operation : operations(one)) {
            final var answer = limited.call(
                    operation.method(),
                    operation.target(),
                    operation.needsToken() ? one.token() : "",
                    operation.body());
            assertRefused(429, "rate-limited", answer);
            assertEquals("1", answer.header("Retry-After"));
        }
    }

    @Test
    void where_entities_do_not_answer_the_call_says_try_again() {
        final var one = person();
        entities.silence(true);
        try {
            final var send = "{\"to\":\"%s\",\"id\":\"m-1\",\"body\":%s}".formatted(one.user(), HI);
            final var answers = new ArrayList<Answer>();
            answers.add(rest.post("/v1/messages", one.token(), send));
            for (final var path : List.of(
                    "/v1/conversations",
                    "/v1/conversations/" + one.with(one) + "/messages",
                    "/v1/users/" + one.user() + "/presence",
                    "/v1/settings",
                    "/v1/devices")) {
                answers.add(rest.get(path, one.token()));
            }
            for (final var path : List.of("/delivered", "/read")) {
                answers.add(rest.post("/v1/conversations/" + one.with(one) + path, one.token(), "{\"seq\":1}"));
            }
            for (final var answer : answers) {
                assertRefused(503, "unavailable", answer);
                assertEquals("2", answer.header("Retry-After"));
            }
        } finally {
            entities.silence(false);
        }
    }

    @Test
    void unknown_users_are_named_thirty_times_a_minute_at_most() {
        final var one = person();
        for (int i = 0; i < 30; i++) {
            assertRefused(404, "unknown-user", limited.get("/v1/users/nobody" + i, one.token()));
        }
        assertRefused(429, "rate-limited", limited.get("/v1/users/nobody", one.token()));
        assertRefused(429, "rate-limited", limited.get("/v1/users/" + one.user(), one.token()));
    }

    // the edges

    @Test
    void what_is_not_there_and_what_is_not_taken_are_problems_too() {
        final var one = person();
        for (final var path :
                List.of("/nothing", "/v1", "/v1/", "/v1/nothing", "/v1/messages/", "/v2/messages", "/docs/ui/x")) {
            assertRefused(404, "not-found", rest.get(path, one.token()));
        }
        final var wrongMethod = rest.get("/v1/messages", one.token());
        assertRefused(405, "invalid", wrongMethod);
        assertEquals("POST", wrongMethod.header("Allow"));
        final var both = rest.call("DELETE", "/v1/settings", one.token(), "");
        assertEquals(Set.of("GET", "PATCH"), Set.of(both.header("Allow").split(", ", -1)));
        final var options = rest.call("OPTIONS", "/v1/settings", "", "");
        assertRefused(405, "invalid", options);
        assertEquals("", options.header("Access-Control-Allow-Origin"));
    }

    @Test
    void a_body_that_is_far_too_large_is_refused_and_the_node_goes_on() {
        final var one = person();
        final var head = "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Authorization: Bearer " + one.token();
        assertRefused(413, "too-large", rest.raw(head + "\r\nExpect: 100-continue", "x".repeat(70_000)));
        assertRefused(413, "too-large", rest.raw(head, "x".repeat(900_000)));
        assertRefused(
                401, "unauthenticated", rest.raw(head.replaceFirst("Authorization.*", "X-No: 1"), "x".repeat(90_000)));
        assertEquals(200, rest.get("/v1/settings", one.token()).status());
    }

    @Test
    void bytes_that_are_not_utf8_are_a_bad_frame() {
        final var head = "POST /v1/accounts HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json";
        assertRefused(400, "bad-frame", rest.raw(head, "{\"user\":\"\u00ff\u00fe\"}"));
        assertRefused(415, "invalid", rest.raw(head + "\r\nContent-Encoding: gzip", "{}"));
    }

    @Test
    void only_names_of_this_node_are_served() {
        final var one = person();
        for (final var host :
                List.of("localhost", "LOCALHOST:8080", "127.0.0.1", "[::1]:8080", "chat.example", "localhost.")) {
            final var head = "GET /v1/settings HTTP/1.1\r\nHost: " + host + "\r\nAuthorization: Bearer " + one.token();
            assertEquals(200, rest.raw(head, "").status(), host);
        }
        for (final var host : List.of("evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1")) {
            for (final var path : List.of("/v1/openapi.json", "/v1/asyncapi.json", "/docs/")) {
                assertRefused(403, "forbidden", rest.raw("GET " + path + " HTTP/1.1\r\nHost: " + host, ""));
            }
        }
    }

    @Test
    void what_is_no_request_is_a_problem_too() {
        for (final var head : List.of(
                "GET http://evil.example/docs/ HTTP/1.1\r\nHost: localhost",
                "GET /docs/%zz HTTP/1.1\r\nHost: localhost",
                "GET /docs/ HTTP/1.1",
                "GET /docs/ HTTP/1.0",
                "GET /docs/ HTTP/9.9\r\nHost: localhost",
                "NONSENSE /docs/ HTTP/1.1\r\nHost: localhost",
                "GET /docs/" + "x".repeat(10_000) + " HTTP/1.1\r\nHost: localhost",
                "GET /docs/ HTTP/1.1\r\nHost: localhost\r\nX-Long: " + "x".repeat(10_000))) {
            final var answer = rest.raw(head, "");
            assertEquals(400, answer.status(), head + " " + answer);
            assertEquals("bad-frame", answer.code());
        }
        final var typeless = "POST /v1/accounts HTTP/1.1\r\nHost: localhost";
        assertRefused(415, "invalid", rest.raw(typeless, "{}"));
        assertEquals(
                415, rest.raw(typeless + "\r\nContent-Type: nonsense", "{}").status());
    }

    @Test
    void only_allowed_origins_hear_that_they_may_call() {
        final var one = person();
        final var allowed = Map.of("Origin", "https://app.example");
        final var answer = rest.call("GET", "/v1/settings", one.token(), "", allowed);
        assertEquals("https://app.example", answer.header("Access-Control-Allow-Origin"));
        assertEquals("Origin", answer.header("Vary"));
        assertEquals(
                "https://app.example",
                rest.call("GET", "/v1/settings", "", "", allowed).header("Access-Control-Allow-Origin"));
        final var preflight = rest.call(
                "OPTIONS",
                "/v1/messages",
                "",
                "",
                Map.of("Origin", "https://app.example", "Access-Control-Request-Method", "POST"));
        assertEquals(204, preflight.status());
        assertTrue(preflight.header("Access-Control-Allow-Headers").startsWith("Authorization, Content-Type, Range"));
        assertTrue(preflight.header("Access-Control-Allow-Headers").contains("Upload-Offset"));
        for (final var origin : List.of("https://evil.example", "null", "http://app.example")) {
            final var foreign = rest.call("GET", "/v1/settings", one.token(), "", Map.of("Origin", origin));
            assertEquals("", foreign.header("Access-Control-Allow-Origin"));
            assertEquals("", foreign.header("Access-Control-Allow-Credentials"));
        }
    }

    @Test
    void a_page_of_one_node_may_call_all_of_them_and_is_told_where_they_are() {
        final var one = person();
        for (final var node : List.of("https://chat1.example", "http://chat2.example:8081")) {
            final var from = Map.of("Origin", node);
            final var told = rest.call("GET", "/v1/nodes", "", "", from);
            assertEquals(200, told.status());
            assertEquals("{\"nodes\":[\"https://chat1.example\",\"http://chat2.example:8081\"]}", told.body());
            assertEquals(node, told.header("Access-Control-Allow-Origin"));
            assertEquals(
                    node,
                    rest.call("GET", "/v1/settings", one.token(), "", from).header("Access-Control-Allow-Origin"));
            final var asked = Map.of(
                    "Origin",
                    node,
                    "Access-Control-Request-Method",
                    "PATCH",
                    "Access-Control-Request-Headers",
                    "authorization,content-type");
            assertEquals(
                    204, rest.call("OPTIONS", "/v1/settings", "", "", asked).status());
        }
        assertEquals(
                200,
                rest.raw("GET /v1/nodes HTTP/1.1\r\nHost: chat2.example:8081", "")
                        .status());
        assertRefused(403, "forbidden", rest.raw("GET /v1/nodes HTTP/1.1\r\nHost: chat3.example", ""));
        assertEquals("{\"nodes\":[]}", limited.get("/v1/nodes", "").body());
    }

    @Test
    void contracts_and_page_are_served_and_cached() {
        for (final var path : List.of(
                "/v1/openapi.json",
                "/v1/asyncapi.json",
                "/docs/",
                "/docs/docs.css",
                "/docs/docs.js",
                "/docs/ui/swagger-ui.css",
                "/docs/ui/swagger-ui-bundle.js")) {
            final var answer = rest.get(path, "");
            assertEquals(200, answer.status(), path);
            assertEquals("nosniff", answer.header("X-Content-Type-Options"));
            assertEquals("no-cache", answer.header("Cache-Control"));
            assertTrue(answer.header("Content-Security-Policy").contains("script-src 'self';"));
            assertFalse(answer.header("Content-Security-Policy").contains("unsafe"));
            final var head = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: ";
            if (!path.startsWith("/v1")) { // the contract does not speak of 304
                assertEquals(304, rest.raw(head + answer.header("ETag"), "").status());
            }
        }
        assertEquals("/docs/", rest.get("/docs", "").header("Location"));
    }

    @Test
    void entries_of_the_log_come_as_they_were_written() {
        final var one = person();
        final var other = person();
        entities.at(Instant.parse("2026-11-24T09:30:00.125Z"));
        final Entry entry = entities.append(
                one.with(other),
                one.user(),
                one.device(),
                new MessageId("m-1"),
                FakeEntities.text("Grüße, 🌍"),
                Optional.empty());
        assertEquals(
                "{\"messages\":[{\"seq\":1,\"id\":\"m-1\",\"from\":\"%s\",\"device\":\"%s\",\"time\":\"2026-11-24T09:30:00.125Z\",\"body\":%s}],\"head\":1}"
                        .formatted(one.user(), one.device(), entry.body().value()),
                rest.get("/v1/conversations/" + one.with(other) + "/messages", other.token())
                        .body());
    }
}
