package io.parley.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.client.ClientState;
import io.parley.id.ConversationId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import io.parley.protocol.ServerFrame;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class ChatViewTest {
    private static final UserId ADA = new UserId("ada");
    private static final UserId BOB = new UserId("bob");
    private static final ConversationId TALK = new ConversationId("ada~bob");
    private static final long SECOND = 1_000_000_000L;

    private final ChatView view = new ChatView(ADA, TALK, new Lines(ADA, ZoneOffset.UTC, false));

    private static ServerFrame.Message from(final UserId who, final long seq) {
        return FeedTest.message(TALK, seq, who, "t" + seq);
    }

    private static ServerFrame.Page page(final ServerFrame.Message... messages) {
        final var entries =
                List.of(messages).stream().map(ServerFrame.Message::entry).toList();
        return new ServerFrame.Page(
                TALK, entries, entries.isEmpty() ? 0 : entries.getLast().seq(), Optional.empty());
    }

    private static ServerFrame.Receipt bobHas(final long delivered, final long read) {
        return new ServerFrame.Receipt(TALK, BOB, delivered, read, List.of(), Optional.empty());
    }

    private static ServerFrame.Sent sent(final long seq) {
        return new ServerFrame.Sent(
                new MessageId("m" + seq), TALK, seq, Instant.parse("2026-11-24T08:15:30.000Z"), Optional.empty());
    }

    private static List<String> texts(final List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .toList();
    }

    private void open(final ServerFrame.Message... messages) {
        view.opened(page(messages));
        view.caughtUp();
    }

    @Test
    void history_and_what_is_pushed_meanwhile_are_shown_once_and_in_order() {
        assertEquals(List.of(), view.pushed(from(BOB, 4)));
        assertEquals(List.of(), view.opened(page(from(ADA, 2), from(BOB, 3), from(BOB, 4))));
        assertEquals(List.of(), view.pushed(from(BOB, 5)));
        final var shown = view.caughtUp();
        assertEquals("--- 2026-11-24 ---", shown.getFirst());
        assertEquals("#2 08:15 me: t2", shown.get(1));
        assertEquals(List.of("t2", "t3", "t4", "t5"), texts(shown));
        assertEquals(5, view.printedUpTo());
        assertEquals(List.of(), view.pushed(from(BOB, 5)));
        assertEquals(List.of("#6 08:15 bob: t6"), view.pushed(from(BOB, 6)));
    }

    @Test
    void what_was_missed_beyond_the_newest_page_is_shown_too() {
        LongStream.rangeClosed(1, 30).forEach(seq -> view.pushed(from(BOB, seq)));
        view.opened(page(from(BOB, 29), from(BOB, 30)));
        assertEquals(30, texts(view.caughtUp()).size());
    }

    @Test
    void who_was_away_for_long_is_told_what_is_left_out() {
        LongStream.rangeClosed(1, 1_007).forEach(seq -> view.pushed(from(BOB, seq)));
        view.caughtUp();
        final var shown = view.opened(page(from(BOB, 1_007)));
        assertEquals("* 7 earlier ones are left out: parley history", shown.getFirst());
        assertEquals(1_000, texts(shown).size());
    }

    @Test
    void ticks_follow_ones_own_messages_and_never_go_back() {
        open();
        assertEquals(List.of("* ✓ #1"), view.sent(sent(1)));
        assertEquals(List.of(), view.sent(sent(1)), "told twice");
        assertEquals(List.of("* ✓ #2"), view.sent(sent(2)));
        assertEquals(List.of("* ✓✓ up to #2"), view.receipt(bobHas(2, 0)));
        assertEquals(List.of(), view.receipt(bobHas(2, 0)));
        assertEquals(List.of("* read #1"), view.receipt(bobHas(2, 1)));
        assertEquals(List.of("* ✓ #3"), view.sent(sent(3)));
        assertEquals(List.of("* read up to #3"), view.receipt(bobHas(3, 3)));
    }

    @Test
    void a_tick_that_came_before_its_message_was_known_is_shown_with_it() {
        open();
        view.receipt(bobHas(4, 4));
        assertEquals(List.of("* ✓ #4", "* read #4"), view.sent(sent(4)));
    }

    @Test
    void own_messages_of_the_history_get_their_ticks() {
        open(from(ADA, 1), from(ADA, 2), from(BOB, 3));
        assertEquals(List.of("* ✓✓ #2", "* read #1"), view.receipt(bobHas(2, 1)));
    }

    @Test
    void ticks_and_messages_of_elsewhere_do_not_get_in() {
        open();
        view.sent(sent(1));
        final var other = new ConversationId("ada~cleo");
        assertEquals(
                List.of(),
                view.receipt(new ServerFrame.Receipt(other, new UserId("cleo"), 9, 9, List.of(), Optional.empty())));
        assertEquals(List.of(), view.receipt(new ServerFrame.Receipt(TALK, ADA, 9, 9, List.of(), Optional.empty())));
        assertEquals(
                List.of("* cleo wrote to you: parley chat cleo"),
                view.pushed(FeedTest.message(other, 1, new UserId("cleo"), "psst")));
        assertEquals(List.of(), view.pushed(FeedTest.message(other, 2, ADA, "from my phone")));
    }

    @Test
    void typing_is_told_once_until_it_has_ceased() {
        open();
        final var typing = new ServerFrame.Typing(TALK, BOB);
        assertEquals(List.of("* bob is typing…"), view.typing(typing, 0));
        assertEquals(List.of(), view.typing(typing, 3 * SECOND));
        assertEquals(List.of(), view.typing(typing, 6 * SECOND), "each is good for six seconds");
        assertEquals(1, view.typing(typing, 13 * SECOND).size());
        view.pushed(from(BOB, 1));
        assertEquals(1, view.typing(typing, 14 * SECOND).size(), "the message ended it");
    }

    @Test
    void presence_is_told_when_it_changes() {
        final var online = new ServerFrame.Presence(BOB, Optional.of(true), Optional.empty(), Optional.empty());
        assertEquals(List.of("* bob is online"), view.presence(online));
        assertEquals(List.of(), view.presence(online));
    }

    @Test
    void info_says_who_where_and_how_far() {
        open();
        view.presence(new ServerFrame.Presence(BOB, Optional.of(true), Optional.empty(), Optional.empty()));
        view.receipt(bobHas(5, 3));
        final var info = new ArrayList<>(view.info(new ClientState.Connecting(URI.create("http://127.0.0.1:8080")), 2));
        assertTrue(info.getFirst().contains("you are ada") && info.getFirst().contains("plain text"), "" + info);
        assertTrue(info.contains("* connecting to http://127.0.0.1:8080"), "" + info);
        assertTrue(info.contains("* bob is online"), "" + info);
        assertTrue(info.contains("* bob has all up to #5 and has read up to #3"), "" + info);
        assertTrue(info.contains("* 2 of yours not stored yet"), "" + info);
    }

    @Test
    void a_refusal_says_which_text_it_was() {
        assertEquals("* not sent: too long: a␛b", view.refused("a\u001bb", "too long"));
    }
}
