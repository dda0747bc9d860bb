package io.parley.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Two people write to each other.
@ExtendWith(NodeOutput.class)
final class TwoPeopleTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final World world = SharedNode.world();

    @AfterEach
    void everybodyLeaves() {
        world.close();
    }

    @Test
    void a_message_gets_its_ticks_as_it_is_stored_delivered_and_read() {
        final var ada = world.person("ada");
        final var bo = world.person("bo");
        final var one = ada.sends("one", bo);
        final var two = ada.sends("two", bo);
        final var three = ada.sends("three", bo);
        assertEquals(List.of(1L, 2L, 3L), List.of(one.seq(), two.seq(), three.seq()));
        final var seen = bo.sees("three");
        assertEquals(ada.user(), seen.path("from").asText());
        assertEquals(ada.id(), seen.path("device").asText());
        assertEquals(three.id(), seen.path("id").asText());
        assertEquals(three.time(), seen.path("time").asText());
        assertEquals(List.of("one", "two", "three"), bo.texts());

        bo.acknowledges(two.conversation(), two.seq());
        ada.seesDelivered(two, bo);
        assertEquals(0, ada.highest(two.conversation(), bo, "read"));
        bo.reads(one.conversation(), one.seq());
        ada.seesRead(one, bo);
        assertEquals(2, ada.highest(one.conversation(), bo, "delivered"), "three was not acknowledged");
        assertEquals(1, ada.highest(one.conversation(), bo, "read"), "only one was read");

        bo.reads(three.conversation(), three.seq()); // what is read is delivered
        ada.seesDelivered(three, bo);
        ada.seesRead(three, bo);
        final var answer = bo.sends("all read", ada);
        ada.sees("all read");
        assertEquals(4, answer.seq());
    }

    @Test
    void what_was_missed_comes_in_order_before_caught_up() {
        final var ada = world.person("ada");
        final var cy = world.person("cy");
        final var bo = world.offline("bo");
        final var fromAda = IntStream.rangeClosed(1, 30).mapToObj(i -> "a" + i).toList();
        fromAda.forEach(text -> ada.sends(text, bo));
        final var fromCy = IntStream.rangeClosed(1, 5).mapToObj(i -> "c" + i).toList();
        fromCy.forEach(text -> cy.sends(text, bo));

        bo.connects();
        assertEquals("caught-up", bo.socket().frames().getLast().path("type").asText());
        assertEquals(fromAda, bo.texts().stream().filter(t -> t.startsWith("a")).toList());
        assertEquals(fromCy, bo.texts().stream().filter(t -> t.startsWith("c")).toList());

        bo.acknowledges(World.between(ada, bo), 20);
        ada.socket().await("receipt", frame -> frame.path("delivered").asLong() == 20);
        bo.leaves();
        bo.connects();
        assertEquals(
                fromAda.subList(20, 30),
                bo.texts().stream().filter(t -> t.startsWith("a")).toList());
        assertEquals(fromCy, bo.texts().stream().filter(t -> t.startsWith("c")).toList());
        assertEquals(1, bo.socket().frames("caught-up").size());
    }

    @Test
    void history_is_the_same_by_frame_and_by_call() {
        final var ada = world.person("ada");
        final var bo = world.person("bo");
        for (int i = 1; i <= 12; i++) {
            (i % 3 == 0 ? bo : ada).sends("text " + i, i % 3 == 0 ? ada : bo);
        }
        final var conversation = World.between(ada, bo);
        final var path = "/v1/conversations/" + conversation + "/messages";
        for (final var part : List.of("", "&after=4&limit=5", "&before=9&limit=3", "&limit=200", "&after=12")) {
            final var pull = Device.frame("pull").put("conversation", conversation);
            for (final var setting : part.isEmpty()
                    ? List.<String>of()
                    : List.of(part.substring(1).split("&"))) {
                final var pair = setting.split("=", 2);
                pull.put(pair[0], Integer.parseInt(pair[1]));
            }
            final var page = bo.asks(pull);
            assertEquals("page", page.path("type").asText(), page.toString());
            final var called = world.rest()
                    .get(path + (part.isEmpty() ? "" : "?" + part.substring(1)), ada.token())
                    .expect(200)
                    .body();
            assertEquals(page.path("messages"), called.path("messages"), part);
            assertEquals(12, page.path("head").asLong());
            assertEquals(12, called.path("head").asLong());
        }
        final var classic = world.rest()
                .get(path + "?offset=2&messageCount=4&userId=" + ada.user(), ada.token())
                .expect(200)
                .body();
        assertEquals(List.of(7L, 8L, 9L, 10L), seqs(classic));
        assertEquals(
                "invalid",
                world.rest()
                        .get(path + "?after=1&before=3", ada.token())
                        .expect(400)
                        .code());
    }

    private static List<Long> seqs(final JsonNode page) {
        return StreamSupport.stream(page.path("messages").spliterator(), false)
                .map(message -> message.path("seq").asLong())
                .toList();
    }

    @Test
    void who_watches_sees_somebody_come_and_go() {
        final var ada = world.person("ada");
        final var bo = world.offline("bo");
        ada.watches(bo);
        ada.seesPresence(bo, false, SOON);
        bo.connects();
        ada.seesPresence(bo, true, SOON);
        assertTrue(presence(bo, ada).path("online").asBoolean());

        final var before = Instant.now().minusSeconds(1);
        bo.leaves();
        final var gone = ada.socket()
                .await(
                        "bo gone",
                        frame -> RawSocket.isOf(frame, "presence")
                                && !frame.path("online").asBoolean()
                                && frame.has("lastSeen")
                                && Instant.parse(frame.path("lastSeen").asText())
                                        .isAfter(before),
                        SOON);
        assertFalse(Instant.parse(gone.path("lastSeen").asText()).isAfter(Instant.now()));
        assertEquals(gone.path("lastSeen"), presence(bo, ada).path("lastSeen"));

        final var unwatch = Device.frame("unwatch");
        unwatch.putArray("users").add(bo.user());
        ada.socket().say(unwatch);
        final int known = ada.socket().frames("presence").size();
        bo.connects();
        bo.sends("here again", ada);
        ada.sees("here again");
        assertEquals(known, ada.socket().frames("presence").size());
    }

    private JsonNode presence(final Device of, final Device asker) {
        return world.rest()
                .get("/v1/users/" + of.user() + "/presence", asker.token())
                .expect(200)
                .body();
    }

    @Test
    void who_hides_is_neither_seen_nor_seen_typing() {
        final var ada = world.person("ada");
        final var bo = world.person("bo");
        final var conversation = ada.sends("hello", bo).conversation();
        ada.watches(bo);
        ada.seesPresence(bo, true, SOON);
        patch("/v1/settings", bo, "{\"lastSeen\":\"nobody\",\"readReceipts\":\"off\"}");
        ada.socket().await("hidden", frame -> RawSocket.isOf(frame, "presence") && !frame.has("online"), SOON);
        assertFalse(presence(bo, ada).has("online"));
        assertFalse(presence(bo, ada).has("lastSeen"));

        bo.socket().say(Device.frame("typing").put("conversation", conversation));
        bo.reads(conversation, 1);
        ada.socket().await("delivered", frame -> frame.path("delivered").asLong() == 1, SOON);
        bo.sends("after it", ada);
        ada.sees("after it");
        assertEquals(List.of(), ada.socket().frames("typing"));
        assertEquals(0, ada.highest(conversation, bo, "read"));
    }

    private void patch(final String path, final Device as, final String body) {
        world.rest().call("PATCH", path, as.token(), Optional.of(body)).expect(200);
    }

    @Test
    void typing_is_seen_by_the_other_and_not_too_often() {
        final var ada = world.person("ada");
        final var bo = world.person("bo");
        final var conversation = ada.sends("hi", bo).conversation();
        final var typing = Device.frame("typing").put("conversation", conversation);
        ada.socket().say(typing);
        ada.socket().say(typing);
        final var seen = bo.socket().await("typing", frame -> RawSocket.isOf(frame, "typing"));
        assertEquals(ada.user(), seen.path("user").asText());
        assertEquals(conversation, seen.path("conversation").asText());
        ada.sends("done", bo);
        bo.sees("done");
        assertEquals(1, bo.socket().frames("typing").size());
        assertEquals(List.of(), ada.socket().frames("typing"));
    }

    @Test
    void watermarks_can_be_asked_for() {
        final var ada = world.person("ada");
        final var bo = world.person("bo");
        final var last = ada.sends("x", bo);
        bo.reads(last.conversation(), last.seq());
        ada.seesRead(last, bo);
        ada.leaves();
        ada.connects();
        final var ask = Device.frame("receipts");
        ask.putArray("conversations").add(last.conversation());
        assertEquals("receipts-end", receiptsEnd(ada, ask).path("type").asText());
        ada.seesRead(last, bo);

        final var list =
                world.rest().get("/v1/conversations", bo.token()).expect(200).body();
        final var chat = list.path("conversations").path(0);
        assertEquals(last.conversation(), chat.path("conversation").asText());
        assertEquals(0, chat.path("unread").asInt());
        assertEquals(1, chat.path("head").asInt());
    }

    private static JsonNode receiptsEnd(final Device device, final ObjectNode ask) {
        device.socket().say(ask);
        return device.socket().await("receipts-end", frame -> RawSocket.isOf(frame, "receipts-end"));
    }

    @Test
    void what_is_not_allowed_is_refused_with_its_code() {
        final var ada = world.person("ada");
        final var bo = world.person("bo");
        final var cy = world.person("cy");
        final var nobody = Device.message(Device.newId(), "x", bo).put("to", "nobody-of-this-name");
        assertEquals("unknown-user", ada.isRefused(nobody));
        final var conversation = World.between(bo, cy);
        assertEquals("forbidden", ada.isRefused(toConversation(conversation)));
        final var turned = World.between(ada, bo).split("~", 2);
        assertEquals("invalid", ada.isRefused(toConversation(turned[1] + "~" + turned[0])));
        assertEquals(
                "invalid", ada.isRefused(Device.message(Device.newId(), "x", bo).put("conversation", "x")));
        final var neither = Device.message(Device.newId(), "x", bo);
        neither.remove("to");
        assertEquals("invalid", ada.isRefused(neither));
        assertEquals("not-found", ada.isRefused(toConversation("g.0197e2d4-7c1a-7a3e-8b5f-2f6d1c9e4a70")));
        assertEquals("invalid", ada.isRefused(Device.message("not an id!", "x", bo)));
        assertEquals("invalid", ada.isRefused(Device.message("x".repeat(65), "x", bo)));
        assertEquals("unknown-type", ada.isRefused(Device.frame("shout")));
        assertEquals("invalid", ada.isRefused(Device.frame("hello").put("token", ada.token())));
    }

    private static ObjectNode toConversation(final String conversation) {
        final var frame = Device.frame("send").put("id", Device.newId()).put("conversation", conversation);
        frame.set("body", Device.text("x"));
        return frame;
    }

    @Test
    void a_body_is_kept_as_it_is_or_refused() {
        final var ada = world.person("ada");
        final var bo = world.person("bo");
        final var refused = new ArrayList<String>();
        for (final var text : List.of("", "   \n\t", "a\u0000b", "x".repeat(4_097))) {
            refused.add(ada.isRefused(Device.message(Device.newId(), text, bo)));
        }
        assertEquals(List.of("invalid", "invalid", "invalid", "invalid"), refused);
        final var unknown = Device.message(Device.newId(), "x", bo);
        unknown.putObject("body").put("type", "hologram");
        assertEquals("invalid", ada.isRefused(unknown));
        final var large = Device.message(Device.newId(), "x", bo);
        large.putObject("body").put("type", "text").put("text", "x").put("padding", "y".repeat(33_000));
        assertEquals("too-large", ada.isRefused(large));

        final var longest = "\ud83d\ude00".repeat(4_096); // code points count, not UTF-16 units
        ada.sends(longest, bo);
        bo.sees(longest);
        final var odd = Device.message(Device.newId(), "\u05e9\u05dc\u05d5\u05dd \"\\ \u2028 e\u0301", bo);
        final var body = (ObjectNode) odd.path("body");
        body.put("mood", "fine").putArray("list").add(1).add(true).addNull();
        final var sent = ada.sends(odd);
        final var seen =
                bo.socket().await("it", frame -> frame.path("id").asText().equals(sent.id()));
        assertEquals(body, seen.path("body"));
    }
}
