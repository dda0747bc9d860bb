package io.parley.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.parley.client.ClientState;
import io.parley.content.JsonText;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import io.parley.protocol.FrameCodec;
import io.parley.protocol.FrameException;
import io.parley.protocol.JsonPrinter;
import io.parley.protocol.ServerFrame;
import io.parley.protocol.WireEntry;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class FeedTest {
    private static final UserId ADA = new UserId("ada");
    private static final UserId BOB = new UserId("bob");
    private static final ConversationId TALK = new ConversationId("ada~bob");

    private final TextFeed text = new TextFeed(ADA, new Lines(ADA, ZoneOffset.UTC, false));
    private final JsonFeed json = new JsonFeed();

    static ServerFrame.Message message(
            final ConversationId where, final long seq, final UserId from, final String text) {
        return message(where, seq, from, "2026-11-24T08:15:30.000Z", text);
    }

    private static ServerFrame.Message message(
            final ConversationId where, final long seq, final UserId from, final String time, final String text) {
        final var body = new JsonPrinter()
                .object()
                .member("type", "text")
                .member("text", text)
                .end()
                .text();
        return new ServerFrame.Message(where, entry(seq, from, time, body));
    }

    private static WireEntry entry(final long seq, final UserId from, final String time, final JsonText body) {
        return new WireEntry(
                seq,
                Optional.of(new MessageId("m" + seq)),
                Optional.of(from),
                Optional.of(new DeviceId("00000000000000bb")),
                Optional.of(Instant.parse(time)),
                body,
                Optional.empty(),
                List.of());
    }

    @Test
    void a_message_is_a_line_with_its_place_time_and_author_under_its_day() {
        assertEquals(List.of("--- 2026-11-24 ---", "#1 08:15 bob: hi"), text.message(message(TALK, 1, BOB, "hi")));
        assertEquals(List.of("#2 08:15 me to bob: hi"), text.message(message(TALK, 2, ADA, "hi")));
        assertEquals(
                List.of("#1 08:15 note: milk"), text.message(message(new ConversationId("ada~ada"), 1, ADA, "milk")));
        assertEquals(
                List.of("--- 2026-11-25 ---", "#3 00:00 bob: morning"),
                text.message(message(TALK, 3, BOB, "2026-11-25T00:00:00.000Z", "morning")));
    }

    @Test
    void no_line_of_a_message_passes_for_another_one() {
        final var lines = text.message(message(TALK, 1, BOB, "hi\n#2 08:16 me to bob: yes\u001b[2A"));
        assertEquals("      | #2 08:16 me to bob: yes␛[2A", lines.getLast());
    }

    @Test
    void what_cannot_be_shown_says_so_and_what_is_withheld_is_not_shown() {
        final var picture = entry(2, BOB, "2026-11-24T08:15:30.000Z", new JsonText("{\"type\":\"pic\\u001bture\"}"));
        assertEquals(
                "#2 08:15 bob: [not supported here: pic␛ture]",
                text.message(new ServerFrame.Message(TALK, picture)).getLast());
        final var withheld = new WireEntry(
                3,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                new JsonText("{\"type\":\"withheld\"}"),
                Optional.empty(),
                List.of());
        assertEquals(List.of(), text.message(new ServerFrame.Message(TALK, withheld)));
    }

    @Test
    void ticks_presence_and_typing_are_lines_about_the_conversation() {
        assertEquals(
                List.of("* ✓✓ bob has all up to #5", "* read: bob has read all up to #3"),
                text.receipt(receipt(BOB, 5, 3)));
        assertEquals(List.of("* ✓✓ bob has all up to #6"), text.receipt(receipt(BOB, 6, 3)), "only what is news");
        assertEquals(List.of("* read: bob has read all up to #6"), text.receipt(receipt(BOB, 6, 6)));
        assertEquals(List.of(), text.receipt(receipt(BOB, 6, 6)));
        assertEquals(List.of(), text.receipt(receipt(ADA, 5, 5)), "what oneself has read is no tick");
        assertEquals(List.of("* bob is online"), text.presence(presence(Optional.of(true), Optional.empty())));
        assertEquals(
                List.of("* bob was last seen 2026-11-24 08:10"),
                text.presence(presence(Optional.of(false), Optional.of(Instant.parse("2026-11-24T08:10:05.000Z")))));
        assertEquals(
                List.of("* bob does not show when online"),
                text.presence(presence(Optional.empty(), Optional.empty())));
        assertEquals(List.of("* bob is typing…"), text.typing(new ServerFrame.Typing(TALK, BOB)));
    }

    private static ServerFrame.Receipt receipt(final UserId user, final long delivered, final long read) {
        return new ServerFrame.Receipt(TALK, user, delivered, read, List.of(), Optional.empty());
    }

    private static ServerFrame.Presence presence(final Optional<Boolean> online, final Optional<Instant> seen) {
        return new ServerFrame.Presence(BOB, online, seen, Optional.empty());
    }

    @Test
    void a_lost_connection_is_told_once_and_its_return_too() {
        final var waiting = new ClientState.Waiting(Duration.ofMillis(200), 1006, "gone");
        assertEquals(1, text.link(waiting).size());
        assertEquals(List.of(), text.link(waiting));
        assertEquals(List.of(), text.link(new ClientState.Connecting(URI.create("http://127.0.0.1:1"))));
    }

    @Test
    void colours_come_only_where_they_are_wanted() {
        final var coloured = new TextFeed(ADA, new Lines(ADA, ZoneOffset.UTC, true));
        assertTrue(coloured.message(message(TALK, 1, BOB, "hi")).getLast().contains("\u001b["));
        assertFalse(text.message(message(TALK, 1, BOB, "hi")).getLast().contains("\u001b"));
    }

    @Test
    void json_lines_are_the_frames_of_the_protocol() throws FrameException, IOException {
        final var message = message(TALK, 1, BOB, "hi\n\u009b2J");
        final var line = json.message(message).getFirst();
        assertFalse(line.contains("\n") || line.contains("\u009b"));
        assertEquals(message, FrameCodec.readServer(line));
        assertEquals(
                receipt(BOB, 5, 3),
                FrameCodec.readServer(json.receipt(receipt(BOB, 5, 3)).getFirst()));
        final var state = new JsonMapper()
                .readTree(json.link(new ClientState.Waiting(Duration.ofMillis(200), 1006, "gone"))
                        .getFirst());
        assertEquals("link", state.path("type").asText());
        assertEquals("waiting", state.path("state").asText());
        assertEquals(200, state.path("retryMillis").asInt());
    }
}
