package io.parley.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.id.ConversationId;
import io.parley.protocol.ClientFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class CursorsTest {
    private static final ConversationId TALK = new ConversationId("ada~bob");
    private static final ConversationId OTHER = new ConversationId("ada~cyd");

    private final Cursors cursors = new Cursors(100);

    private static ClientFrame delivered(final ConversationId conversation, final long seq) {
        return new ClientFrame.Delivered(conversation.value(), seq, Optional.empty());
    }

    private static ClientFrame read(final ConversationId conversation, final long seq) {
        return new ClientFrame.Read(conversation.value(), seq, Optional.empty());
    }

    private void take(final ConversationId conversation, final long seq) {
        cursors.taken(cursors.pushed(conversation, seq).orElseThrow());
    }

    private List<ClientFrame> allNext(final long nowNanos) {
        final var frames = new ArrayList<ClientFrame>();
        for (var next = cursors.next(nowNanos); next.isPresent(); next = cursors.next(nowNanos)) {
            frames.add(next.get());
        }
        return frames;
    }

    @Test
    void an_acknowledgement_waits_for_all_before_it_and_covers_them_at_once() {
        final var first = cursors.pushed(TALK, 1).orElseThrow();
        final var second = cursors.pushed(TALK, 3).orElseThrow(); // 2 is this device's own
        assertFalse(cursors.taken(second));
        assertEquals(List.of(), allNext(0));
        assertTrue(cursors.taken(first));
        assertEquals(List.of(delivered(TALK, 3)), allNext(0));
        assertEquals(0, cursors.beingTaken());
    }

    @Test
    void what_was_given_is_not_given_again_and_what_was_taken_is_acknowledged_again() {
        take(TALK, 1);
        allNext(0);
        final var second = cursors.pushed(TALK, 2).orElseThrow();
        assertEquals(Optional.empty(), cursors.pushed(TALK, 2));
        assertEquals(List.of(), allNext(0));
        assertEquals(Optional.empty(), cursors.pushed(TALK, 1));
        assertEquals(List.of(delivered(TALK, 1)), allNext(0));
        cursors.taken(second);
        assertEquals(List.of(delivered(TALK, 2)), allNext(0));
    }

    @Test
    void what_could_not_be_taken_is_given_again_with_what_followed_it() {
        take(TALK, 1);
        final var second = cursors.pushed(TALK, 2).orElseThrow();
        final var third = cursors.pushed(TALK, 3).orElseThrow();
        cursors.notTaken(second);
        assertFalse(cursors.taken(third)); // a late word, of before
        assertEquals(0, cursors.beingTaken());
        take(TALK, 2);
        take(TALK, 3);
        assertEquals(List.of(delivered(TALK, 3)), allNext(0));
    }

    @Test
    void reading_implies_having_and_is_repeated_until_it_is_confirmed() {
        take(TALK, 4);
        assertTrue(cursors.read(TALK, 4));
        assertFalse(cursors.read(TALK, 3));
        assertEquals(List.of(read(TALK, 4)), allNext(0));
        cursors.linkUp(0);
        assertEquals(List.of(read(TALK, 4)), allNext(0));
        cursors.readConfirmed(TALK, 4);
        cursors.linkUp(0);
        assertEquals(List.of(delivered(TALK, 4)), allNext(0));
    }

    @Test
    void only_what_the_old_link_may_have_lost_is_said_again() {
        take(TALK, 4);
        allNext(0);
        take(OTHER, 9);
        allNext(50_000_000_000L);
        cursors.linkUp(65_000_000_000L);
        assertEquals(List.of(delivered(OTHER, 9)), allNext(65_000_000_000L));
    }

    @Test
    void a_cursor_the_server_would_not_hear_is_said_later() {
        take(TALK, 4);
        allNext(0);
        cursors.putOff(TALK, 100);
        take(OTHER, 9);
        assertEquals(List.of(delivered(OTHER, 9)), allNext(99));
        assertEquals(List.of(delivered(TALK, 4)), allNext(100));
        assertTrue(cursors.owesNothing());
    }

    @Test
    void what_was_stored_goes_on_where_it_was() {
        cursors.restore(TALK, new ClientStore.Progress(9, 7, 5, 4), 0);
        assertEquals(9, cursors.head(TALK));
        assertEquals(Optional.empty(), cursors.pushed(TALK, 7));
        cursors.linkUp(0);
        assertEquals(List.of(read(TALK, 5), delivered(TALK, 7)), allNext(0));
        assertEquals(new ClientStore.Progress(9, 7, 5, 4), cursors.progress(TALK));
    }

    @Test
    void the_quiet_are_forgotten_first_when_there_are_too_many() {
        cursors.read(TALK, 1);
        for (int i = 0; i < 1_000; i++) {
            cursors.heard(new ConversationId("ada~b" + (1_000 + i)), 1);
        }
        assertEquals(100, cursors.conversations().size());
        assertEquals(List.of(read(TALK, 1)), allNext(0));
    }
}
