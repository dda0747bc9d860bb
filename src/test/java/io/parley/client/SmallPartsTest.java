package io.parley.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.id.ConversationId;
import io.parley.id.UserId;
import io.parley.protocol.ClientFrame;
import io.parley.protocol.ServerFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// The client's smallest decisions: pace, pulse, ticks, questions, order of calls, ids.
final class SmallPartsTest {
    private static final ConversationId TALK = new ConversationId("ada~bob");
    private static final UserId ADA = new UserId("ada");
    private static final UserId BOB = new UserId("bob");
    private static final long SECOND = 1_000_000_000L;

    @Test
    void the_pace_lets_a_burst_through_and_then_so_many_a_second() {
        final var pace = new Pace(40, 100, 0);
        int gone = 0;
        for (long now = 0; now < 10 * SECOND; now += SECOND / 1_000) {
            gone += pace.take(now) ? 1 : 0;
        }
        assertTrue(gone >= 498 && gone <= 501, "" + gone);
        while (pace.take(10 * SECOND)) {}
        final var next = pace.nextNanos(10 * SECOND);
        assertFalse(pace.take(next - 1_000));
        assertTrue(pace.take(next));
    }

    @Test
    void a_heartbeat_is_due_every_interval_and_silence_ends_a_link() {
        final var pulse = new Pulse(15 * SECOND);
        pulse.linkUp(5 * SECOND, 0);
        assertFalse(pulse.beat(4 * SECOND));
        assertTrue(pulse.beat(5 * SECOND));
        assertFalse(pulse.beat(9 * SECOND));
        assertFalse(pulse.isDead(14 * SECOND));
        assertTrue(pulse.isDead(15 * SECOND));
        pulse.heard(15 * SECOND);
        assertFalse(pulse.isDead(29 * SECOND));
    }

    @Test
    void a_tick_is_told_once_and_never_lowered() {
        final var ticks = new Ticks(ADA, 10, 2);
        assertEquals(Optional.of(receipt(5, 3)), ticks.raise(receipt(5, 3)));
        assertEquals(Optional.empty(), ticks.raise(receipt(5, 3)));
        assertEquals(Optional.empty(), ticks.raise(receipt(4, 1)));
        assertEquals(Optional.of(receipt(5, 4)), ticks.raise(receipt(2, 4)));
        assertEquals(receipt(5, 4), ticks.atLeast(receipt(1, 1)));
    }

    @Test
    void a_message_has_the_tick_that_its_reader_has_come_to() {
        final var ticks = new Ticks(ADA, 10, 2);
        assertEquals(Tick.STORED, ticks.tick(TALK, 1));
        ticks.raise(receipt(5, 3));
        assertEquals(Tick.READ, ticks.tick(TALK, 3));
        assertEquals(Tick.DELIVERED, ticks.tick(TALK, 5));
        assertEquals(Tick.STORED, ticks.tick(TALK, 6));
        ticks.raise(new ServerFrame.Receipt(TALK, ADA, 9, 9, List.of(), Optional.empty()));
        assertEquals(Tick.STORED, ticks.tick(TALK, 6)); // what oneself has read is no tick
        ticks.raise(new ServerFrame.Receipt(TALK, BOB, 9, 9, List.of(new ServerFrame.Range(7, 8)), Optional.empty()));
        assertEquals(Tick.READ, ticks.tick(TALK, 6));
        assertEquals(Tick.STORED, ticks.tick(TALK, 7));
    }

    @Test
    void ticks_are_worth_asking_for_until_all_is_blue() {
        final var ticks = new Ticks(ADA, 10, 2);
        ticks.sent(TALK, 3);
        final var other = new ConversationId("ada~cleo");
        ticks.sent(other, 1);
        assertEquals(List.of(other, TALK), ticks.unfinished(100));
        assertEquals(List.of(other), ticks.unfinished(1));
        ticks.raise(receipt(3, 2));
        assertTrue(ticks.unfinished(100).contains(TALK));
        ticks.raise(receipt(3, 3));
        assertEquals(List.of(other), ticks.unfinished(100));
        ticks.sent(TALK, 2); // the `sent` of a resend, later than its tick
        assertEquals(List.of(other), ticks.unfinished(100));
    }

    @Test
    void of_more_watches_than_a_server_allows_the_first_are_made_again() {
        final var watches = new Watches();
        watches.watch(List.of(BOB, ADA), 2);
        assertThrows(IllegalArgumentException.class, () -> watches.watch(List.of(new UserId("cleo")), 2));
        watches.linkUp(1);
        assertEquals(List.of("bob"), ((ClientFrame.Watch) watches.next(0).orElseThrow()).users());
        watches.putOff(10);
        assertEquals(Optional.empty(), watches.next(9));
        assertEquals(10, watches.dueNanos().orElseThrow());
        assertTrue(watches.next(10).isPresent());
        watches.unwatch(List.of(BOB));
        assertEquals(List.of("bob"), ((ClientFrame.Unwatch) watches.next(11).orElseThrow()).users());
    }

    @Test
    void typing_is_told_once_in_three_seconds_and_only_on_a_link() {
        final var watches = new Watches();
        watches.typing(TALK, false, 0);
        assertEquals(Optional.empty(), watches.next(0));
        watches.typing(TALK, true, 0);
        watches.typing(TALK, true, SECOND);
        assertTrue(watches.next(SECOND).isPresent());
        assertEquals(Optional.empty(), watches.next(SECOND));
        watches.typing(TALK, true, 3 * SECOND);
        assertTrue(watches.next(3 * SECOND).isPresent());
    }

    private static ServerFrame.Receipt receipt(final long delivered, final long read) {
        return new ServerFrame.Receipt(TALK, BOB, delivered, read, List.of(), Optional.empty());
    }

    @Test
    void a_question_is_put_again_on_each_link_and_ends_with_its_time() {
        final var requests = new Requests(2);
        final var asked = requests.add(ref -> new ClientFrame.Receipts(List.of("ada~bob"), ref), 10)
                .orElseThrow();
        final var frame = requests.next(0).orElseThrow();
        assertEquals(Optional.empty(), requests.next(0));
        requests.part(frame.ref(), receipt(1, 1));
        requests.linkUp();
        assertEquals(Optional.of(frame), requests.next(0));
        final var end = requests.end(frame.ref(), new ServerFrame.ReceiptsEnd(frame.ref()));
        assertEquals(1, end.orElseThrow().parts().size()); // the part of the old link came before the whole answer
        assertEquals(asked, end.orElseThrow().pending());

        requests.add(ref -> new ClientFrame.Receipts(List.of(), ref), 10);
        requests.add(ref -> new ClientFrame.Receipts(List.of(), ref), 20);
        assertEquals(Optional.empty(), requests.add(ref -> new ClientFrame.Receipts(List.of(), ref), 20));
        assertEquals(1, requests.expired(10).size());
        assertEquals(List.of(), requests.expired(10));
    }

    @Test
    void calls_run_one_after_the_other_even_when_they_make_more() {
        final var calls = new Calls();
        final var order = new ArrayList<Integer>();
        calls.add(() -> {
            calls.add(() -> order.add(3));
            calls.run();
            order.add(1);
        });
        calls.add(() -> order.add(2));
        calls.run();
        assertEquals(List.of(1, 2, 3), order);
        assertFalse(calls.isBusy());
    }

    @Test
    void message_ids_are_uuids_of_version_7_in_order_of_time() {
        final var random = new SplittableRandom(1);
        final var early = MessageIds.next(1_000, random).value();
        final var late = MessageIds.next(2_000, random).value();
        final var uuid = UUID.fromString(early);
        assertEquals(7, uuid.version());
        assertEquals(2, uuid.variant());
        assertEquals(1_000, uuid.getMostSignificantBits() >>> 16);
        assertTrue(early.compareTo(late) < 0);
    }
}
