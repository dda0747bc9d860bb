package io.parley.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Each rule from both sides: what a correct server does is accepted, what it never does is found.
final class CheckerTest {
    private static Story two() {
        return new Story().joins("ada/1", "bob/1");
    }

    /// Two messages from ada, which bob gets.
    private static Story twoMessages() {
        return two().sends("ada/1", "a", 1)
                .gets("bob/1", 1, "a", "ada/1")
                .sends("ada/1", "b", 2)
                .gets("bob/1", 2, "b", "ada/1");
    }

    private static Verdict accepts(final Story story) {
        final var verdict = Checker.check(story.events());
        assertEquals(List.of(), verdict.violations());
        assertEquals(List.of(), verdict.unjudged());
        assertTrue(verdict.holds());
        return verdict;
    }

    private static Verdict finds(final Invariant invariant, final Story story) {
        final var verdict = Checker.check(story.events());
        final var broken = EnumSet.noneOf(Invariant.class);
        verdict.violations().forEach(each -> broken.add(each.invariant()));
        assertTrue(broken.contains(invariant), () -> "broken: " + verdict.violations());
        return verdict;
    }

    /// Nothing else is accused.
    private static Verdict findsOnly(final Invariant invariant, final Story story) {
        final var verdict = finds(invariant, story);
        assertTrue(
                verdict.violations().stream().allMatch(each -> each.invariant() == invariant),
                () -> "broken: " + verdict.violations());
        return verdict;
    }

    // I1

    @Test
    void what_was_acknowledged_stands_in_the_log_and_came() {
        final var verdict = accepts(twoMessages().log("ada/1", "a ada/1", "b ada/1"));
        assertEquals(2, verdict.sent());
        assertEquals(2, verdict.acknowledged());
        assertEquals(2, verdict.received());
        assertEquals(2, verdict.devicesJudged());
    }

    @Test
    void an_acknowledged_message_that_the_log_has_not_is_lost() {
        assertEquals(
                1,
                findsOnly(Invariant.I1, two().sends("ada/1", "a", 1).log("ada/1"))
                        .lost());
    }

    @Test
    void an_acknowledged_message_at_another_place_than_was_said_is_lost() {
        assertTrue(finds(
                                Invariant.I1,
                                two().calls("ada/1", "a")
                                        .calls("ada/1", "b")
                                        .ok("ada/1", "b", 1)
                                        .ok("ada/1", "a", 2)
                                        .gets("bob/1", 1, "a", "ada/1")
                                        .gets("bob/1", 2, "b", "ada/1")
                                        .log("ada/1", "a ada/1", "b ada/1"))
                        .lost()
                > 0);
    }

    @Test
    void a_device_that_was_there_in_the_end_and_never_got_an_entry_lost_it() {
        final var story = two().sends("ada/1", "a", 1);
        assertEquals(1, findsOnly(Invariant.I1, story.log("ada/1", "a ada/1")).lost());
    }

    @Test
    void a_device_acknowledging_what_never_came_does_not_make_it_come() {
        findsOnly(Invariant.I1, two().sends("ada/1", "a", 1).acks("bob/1", 1).log("ada/1", "a ada/1"));
    }

    @Test
    void another_device_of_the_sender_gets_the_message_too() {
        final var story = new Story()
                .joins("ada/1", "ada/2", "bob/1")
                .sends("ada/1", "a", 1)
                .gets("bob/1", 1, "a", "ada/1");
        findsOnly(
                Invariant.I1,
                new Story().joins("ada/1", "ada/2").sends("ada/1", "a", 1).log("ada/1", "a ada/1"));
        accepts(story.gets("ada/2", 1, "a", "ada/1").log("ada/1", "a ada/1"));
    }

    @Test
    void a_device_that_is_away_in_the_end_may_lack_entries() {
        accepts(two().down("bob/1").sends("ada/1", "a", 1).log("ada/1", "a ada/1"));
        accepts(new Story()
                .joins("ada/1", "bob/1")
                .sends("ada/1", "a", 1)
                .down("bob/1")
                .welcome("bob/1")
                .log("ada/1", "a ada/1"));
    }

    @Test
    void the_log_ends_where_another_member_reads_it_to_end() {
        finds(Invariant.I1, twoMessages().log("ada/1", "a ada/1", "b ada/1").log("bob/1", "a ada/1"));
    }

    @Test
    void a_message_without_an_answer_may_be_stored_or_not() {
        final var stored = accepts(two().calls("ada/1", "a")
                .down("ada/1")
                .gets("bob/1", 1, "a", "ada/1")
                .log("bob/1", "a ada/1"));
        assertEquals(1, stored.indeterminate());
        assertEquals(1, stored.storedUnacknowledged());
        assertEquals(1, accepts(two().calls("ada/1", "a").down("ada/1")).indeterminate());
    }

    @Test
    void unavailable_decides_nothing() {
        accepts(two().calls("ada/1", "a")
                .refused("ada/1", "a", "unavailable")
                .gets("bob/1", 1, "a", "ada/1")
                .log("ada/1", "a ada/1"));
    }

    @Test
    void what_was_refused_for_good_does_not_stand_in_the_log() {
        final var refused = two().calls("ada/1", "a").refused("ada/1", "a", "invalid");
        assertEquals(1, accepts(refused).refused());
        assertEquals(
                1,
                findsOnly(
                                Invariant.I1,
                                two().calls("ada/1", "a")
                                        .refused("ada/1", "a", "invalid")
                                        .gets("bob/1", 1, "a", "ada/1")
                                        .log("ada/1", "a ada/1"))
                        .invented());
    }

    @Test
    void a_refused_attempt_says_nothing_of_an_earlier_one() {
        accepts(two().calls("ada/1", "a")
                .down("ada/1")
                .up("ada/1")
                .calls("ada/1", "a")
                .refused("ada/1", "a", "rate-limited")
                .gets("bob/1", 1, "a", "ada/1")
                .log("ada/1", "a ada/1"));
    }

    @Test
    void an_entry_that_nobody_sent_is_found() {
        findsOnly(
                Invariant.I1,
                two().calls("ada/1", "b").gets("bob/1", 1, "a", "ada/1").log("ada/1", "a ada/1"));
        finds(
                Invariant.I1,
                two().gets("bob/1", 1, "a", "ada/1").sends("ada/1", "a", 1).log("ada/1", "a ada/1"));
        findsOnly(Invariant.I1, two().ok("ada/1", "a", 1));
    }

    @Test
    void another_text_than_was_sent_is_found() {
        findsOnly(
                Invariant.I1,
                two().sends("ada/1", "a", 1)
                        .gets("bob/1", 1, "a", "ada/1", "other")
                        .log("ada/1", "a ada/1"));
    }

    @Test
    void another_device_than_it_was_sent_from_is_found() {
        finds(
                Invariant.I1,
                two().sends("ada/1", "a", 1).gets("bob/1", 1, "a", "ada/2").log("ada/1", "a ada/1"));
    }

    @Test
    void without_a_final_log_nothing_is_certain() {
        final var verdict = Checker.check(twoMessages().events());
        assertEquals(List.of(), verdict.violations());
        assertEquals(1, verdict.unjudged().size());
        assertEquals(false, verdict.holds());
    }

    // I2

    @Test
    void two_entries_at_one_place_are_found() {
        finds(
                Invariant.I2,
                twoMessages()
                        .down("bob/1")
                        .up("bob/1")
                        .gets("bob/1", 1, "b", "ada/1")
                        .log("ada/1", "a ada/1", "b ada/1"));
    }

    @Test
    void a_push_that_came_too_late_is_out_of_order() {
        assertTrue(finds(
                                Invariant.I2,
                                two().sends("ada/1", "a", 1)
                                        .sends("ada/1", "b", 2)
                                        .gets("bob/1", 2, "b", "ada/1")
                                        .gets("bob/1", 1, "a", "ada/1")
                                        .log("ada/1", "a ada/1", "b ada/1"))
                        .outOfOrder()
                > 0);
    }

    @Test
    void a_push_twice_on_one_connection_is_found_and_on_two_it_is_a_repeat() {
        final var log = new String[] {"a ada/1", "b ada/1"};
        finds(Invariant.I2, twoMessages().gets("bob/1", 2, "b", "ada/1").log("ada/1", log));
        accepts(twoMessages()
                .down("bob/1")
                .welcome("bob/1")
                .gets("bob/1", 1, "a", "ada/1")
                .gets("bob/1", 2, "b", "ada/1")
                .caughtUp("bob/1")
                .log("ada/1", log));
    }

    @Test
    void a_gap_is_found_unless_it_is_of_the_devices_own() {
        accepts(two().sends("ada/1", "a", 1)
                .gets("bob/1", 1, "a", "ada/1")
                .sends("bob/1", "x", 2)
                .gets("ada/1", 2, "x", "bob/1")
                .sends("ada/1", "b", 3)
                .gets("bob/1", 3, "b", "ada/1")
                .log("ada/1", "a ada/1", "x bob/1", "b ada/1"));
        finds(
                Invariant.I2,
                two().sends("ada/1", "a", 1)
                        .sends("ada/1", "b", 2)
                        .gets("bob/1", 2, "b", "ada/1")
                        .log("ada/1", "a ada/1", "b ada/1"));
    }

    @Test
    void what_was_acknowledged_from_elsewhere_is_no_gap() {
        accepts(twoMessages()
                .down("bob/1")
                .sends("ada/1", "c", 3)
                .welcome("bob/1")
                .acks("bob/1", 2)
                .gets("bob/1", 3, "c", "ada/1")
                .caughtUp("bob/1")
                .log("ada/1", "a ada/1", "b ada/1", "c ada/1"));
    }

    @Test
    void a_gap_in_the_final_log_is_found() {
        finds(Invariant.I2, twoMessages().log("ada/1", List.of(Story.entry(1, "a ada/1"), Story.entry(3, "b ada/1"))));
        findsOnly(
                Invariant.I2,
                two().calls("ada/1", "a").gets("bob/1", 1, "a", "ada/1").log("ada/1"));
    }

    @Test
    void time_never_falls() {
        findsOnly(
                Invariant.I2,
                two().calls("ada/1", "a")
                        .okAt("ada/1", "a", 1, Duration.ofMillis(5))
                        .gets("bob/1", 1, "a", "ada/1")
                        .calls("ada/1", "b")
                        .okAt("ada/1", "b", 2, Duration.ofMillis(4))
                        .gets("bob/1", 2, "b", "ada/1")
                        .log("ada/1", "a ada/1", "b ada/1"));
    }

    // I3 and I4

    private static Story read() {
        return twoMessages()
                .acks("bob/1", 1)
                .tick("ada/1", "bob", 1, 0)
                .reads("bob/1", 2)
                .tick("ada/1", "bob", 2, 2);
    }

    private static Story end(final Story story) {
        return story.log("ada/1", "a ada/1", "b ada/1");
    }

    @Test
    void ticks_that_only_rise_are_accepted() {
        accepts(end(read().tick("bob/1", "bob", 2, 2)));
    }

    @Test
    void a_tick_that_falls_is_found_also_on_a_later_connection() {
        assertEquals(
                1,
                findsOnly(Invariant.I3, end(read().tick("ada/1", "bob", 1, 1))).tickViolations());
        findsOnly(Invariant.I3, end(read().tick("ada/1", "bob", 2, 1)));
        findsOnly(Invariant.I3, end(read().down("ada/1").up("ada/1").tick("ada/1", "bob", 1, 0)));
    }

    @Test
    void more_read_than_delivered_is_found() {
        finds(Invariant.I3, end(twoMessages().reads("bob/1", 2).tick("ada/1", "bob", 1, 2)));
    }

    @Test
    void more_delivered_than_there_is_is_found() {
        finds(Invariant.I3, end(twoMessages().acks("bob/1", 3).tick("ada/1", "bob", 3, 0)));
    }

    @Test
    void a_tick_without_an_acknowledgement_before_it_is_found() {
        findsOnly(Invariant.I4, end(twoMessages().tick("ada/1", "bob", 1, 0).acks("bob/1", 1)));
        findsOnly(Invariant.I4, end(twoMessages().acks("bob/1", 1).tick("ada/1", "bob", 2, 0)));
    }

    @Test
    void blue_without_having_read_is_found() {
        findsOnly(Invariant.I4, end(twoMessages().acks("bob/1", 2).tick("ada/1", "bob", 2, 2)));
        findsOnly(
                Invariant.I4,
                end(twoMessages().reads("bob/1", 1).acks("bob/1", 2).tick("ada/1", "bob", 2, 2)));
    }

    @Test
    void a_watermark_passes_over_the_users_own_messages_once_they_are_sent() {
        final var story = two().sends("ada/1", "a", 1)
                .gets("bob/1", 1, "a", "ada/1")
                .reads("bob/1", 1)
                .sends("bob/1", "x", 2)
                .gets("ada/1", 2, "x", "bob/1")
                .tick("ada/1", "bob", 2, 2);
        accepts(story.log("ada/1", "a ada/1", "x bob/1"));
        findsOnly(
                Invariant.I4,
                two().sends("ada/1", "a", 1)
                        .gets("bob/1", 1, "a", "ada/1")
                        .reads("bob/1", 1)
                        .tick("ada/1", "bob", 2, 1)
                        .sends("bob/1", "x", 2)
                        .gets("ada/1", 2, "x", "bob/1")
                        .log("ada/1", "a ada/1", "x bob/1"));
    }

    @Test
    void in_notes_only_another_device_makes_a_tick() {
        final var notes = new Story()
                .in("ada~ada")
                .joins("ada/1", "ada/2")
                .sends("ada/1", "a", 1)
                .gets("ada/2", 1, "a", "ada/1");
        final var own = new Story()
                .in("ada~ada")
                .joins("ada/1", "ada/2")
                .sends("ada/1", "a", 1)
                .gets("ada/2", 1, "a", "ada/1")
                .acks("ada/1", 1)
                .tick("ada/1", "ada", 1, 0);
        accepts(notes.acks("ada/2", 1).tick("ada/1", "ada", 1, 0).log("ada/1", "a ada/1"));
        findsOnly(Invariant.I4, own.log("ada/1", "a ada/1"));
    }

    @Test
    void a_receipt_comes_after_the_sent_of_what_it_covers() {
        findsOnly(
                Invariant.I3,
                two().calls("ada/1", "a")
                        .gets("bob/1", 1, "a", "ada/1")
                        .acks("bob/1", 1)
                        .tick("ada/1", "bob", 1, 0)
                        .ok("ada/1", "a", 1)
                        .log("ada/1", "a ada/1"));
    }

    @Test
    void a_receipt_may_come_first_where_the_sent_was_lost_or_the_attempt_refused() {
        accepts(two().calls("ada/1", "a")
                .gets("bob/1", 1, "a", "ada/1")
                .acks("bob/1", 1)
                .down("ada/1")
                .up("ada/1")
                .calls("ada/1", "a")
                .tick("ada/1", "bob", 1, 0)
                .ok("ada/1", "a", 1)
                .log("ada/1", "a ada/1"));
        accepts(two().calls("ada/1", "a")
                .gets("bob/1", 1, "a", "ada/1")
                .acks("bob/1", 1)
                .refused("ada/1", "a", "unavailable")
                .tick("ada/1", "bob", 1, 0)
                .calls("ada/1", "a")
                .ok("ada/1", "a", 1)
                .log("ada/1", "a ada/1"));
    }

    // I5

    @Test
    void a_resend_gets_the_same_place_and_stands_once() {
        accepts(two().sends("ada/1", "a", 1)
                .gets("bob/1", 1, "a", "ada/1")
                .sends("ada/1", "a", 1)
                .log("ada/1", "a ada/1"));
        findsOnly(
                Invariant.I5,
                two().calls("ada/1", "a")
                        .okAt("ada/1", "a", 1, Duration.ofMillis(1))
                        .okAt("ada/1", "a", 1, Duration.ofMillis(2))
                        .gets("bob/1", 1, "a", "ada/1")
                        .log("ada/1", "a ada/1"));
    }

    @Test
    void one_id_at_two_places_is_doubled() {
        assertTrue(finds(
                                Invariant.I5,
                                two().calls("ada/1", "a")
                                        .gets("bob/1", 1, "a", "ada/1")
                                        .calls("ada/1", "a")
                                        .ok("ada/1", "a", 2)
                                        .gets("bob/1", 2, "a", "ada/1")
                                        .log("ada/1", "a ada/1", "a ada/1"))
                        .doubled()
                > 0);
        finds(Invariant.I5, two().sends("ada/1", "a", 1).sends("ada/1", "a", 2));
    }

    @Test
    void one_id_of_two_people_are_two_messages() {
        accepts(two().sends("ada/1", "a", 1)
                .gets("bob/1", 1, "a", "ada/1")
                .sends("bob/1", "a", 2)
                .gets("ada/1", 2, "a", "bob/1")
                .log("ada/1", "a ada/1", "a bob/1"));
    }

    @Test
    void another_device_may_send_a_message_again() {
        accepts(new Story()
                .joins("ada/1", "ada/2", "bob/1")
                .sends("ada/1", "a", 1)
                .gets("bob/1", 1, "a", "ada/1")
                .gets("ada/2", 1, "a", "ada/1")
                .sends("ada/2", "a", 1)
                .log("ada/1", "a ada/1"));
    }

    // I6

    @Test
    void what_reaches_a_stranger_is_found() {
        final var log = new String[] {"a ada/1", "b ada/1"};
        final var verdict = findsOnly(
                Invariant.I6,
                twoMessages().joins("eve/1").gets("eve/1", 1, "a", "ada/1").log("ada/1", log));
        assertEquals(1, verdict.strangers());
        findsOnly(
                Invariant.I6,
                twoMessages()
                        .joins("eve/1")
                        .acks("bob/1", 1)
                        .tick("eve/1", "bob", 1, 0)
                        .log("ada/1", log));
        findsOnly(Invariant.I6, twoMessages().tick("ada/1", "eve", 1, 0).log("ada/1", log));
        findsOnly(Invariant.I6, twoMessages().joins("eve/1").log("eve/1", log));
    }

    // I7

    @Test
    void last_seen_is_not_in_the_future() {
        accepts(two().sees("ada/1", "bob", Duration.ofMillis(3)));
        accepts(two().sees("ada/1", "bob", Duration.ofSeconds(-10)));
        assertEquals(
                1,
                findsOnly(Invariant.I7, two().sees("ada/1", "bob", Duration.ofMinutes(1)))
                        .presenceViolations());
    }

    @Test
    void the_wall_clock_may_be_given_from_outside() {
        final var events = two().sees("ada/1", "bob", Duration.ZERO).events();
        final var right = Duration.between(Instant.EPOCH, Story.START);
        assertEquals(0, Checker.check(events, right).presenceViolations());
        assertEquals(1, Checker.check(events, right.minusMinutes(1)).presenceViolations());
    }

    // I8

    @Test
    void what_a_device_got_and_never_acknowledged_comes_again() {
        final var log = new String[] {"a ada/1", "b ada/1", "c ada/1"};
        findsOnly(
                Invariant.I8,
                twoMessages()
                        .acks("bob/1", 1)
                        .down("bob/1")
                        .sends("ada/1", "c", 3)
                        .welcome("bob/1")
                        .gets("bob/1", 3, "c", "ada/1")
                        .caughtUp("bob/1")
                        .log("ada/1", log));
        accepts(twoMessages()
                .acks("bob/1", 1)
                .down("bob/1")
                .sends("ada/1", "c", 3)
                .welcome("bob/1")
                .gets("bob/1", 2, "b", "ada/1")
                .gets("bob/1", 3, "c", "ada/1")
                .caughtUp("bob/1")
                .log("ada/1", log));
    }

    @Test
    void caught_up_comes_after_all_that_was_stored_before_the_hello() {
        final var verdict = findsOnly(
                Invariant.I8,
                two().sends("ada/1", "a", 1)
                        .down("bob/1")
                        .welcome("bob/1")
                        .caughtUp("bob/1")
                        .gets("bob/1", 1, "a", "ada/1")
                        .log("ada/1", "a ada/1"));
        assertEquals(1, verdict.replayViolations());
        accepts(two().down("bob/1")
                .sends("ada/1", "a", 1) // perhaps after the hello
                .welcome("bob/1")
                .caughtUp("bob/1")
                .gets("bob/1", 1, "a", "ada/1")
                .log("ada/1", "a ada/1"));
    }

    @Test
    void a_device_is_never_pushed_its_own() {
        findsOnly(
                Invariant.I8,
                two().sends("ada/1", "a", 1)
                        .gets("bob/1", 1, "a", "ada/1")
                        .gets("ada/1", 1, "a", "ada/1")
                        .log("ada/1", "a ada/1"));
    }

    @Test
    void a_new_device_starts_at_what_its_user_has_acknowledged_and_not_later() {
        final var log = new String[] {"a ada/1", "b ada/1"};
        accepts(twoMessages()
                .acks("bob/1", 1)
                .links("bob/2")
                .welcome("bob/2")
                .gets("bob/2", 2, "b", "ada/1")
                .caughtUp("bob/2")
                .log("ada/1", log));
        finds(Invariant.I8, twoMessages().acks("bob/1", 1).joins("bob/2").log("ada/1", log));
        finds(
                Invariant.I2,
                twoMessages()
                        .links("bob/2")
                        .welcome("bob/2")
                        .gets("bob/2", 2, "b", "ada/1")
                        .caughtUp("bob/2")
                        .log("ada/1", log));
    }

    // I9

    @Test
    void unread_are_the_others_entries_after_the_read_cursor() {
        accepts(end(read()).unread("bob/1", 0, 2, 2).unread("ada/1", 0, 2, 2));
        accepts(end(twoMessages().reads("bob/1", 1)).unread("bob/1", 1, 1, 1));
        assertEquals(
                1,
                findsOnly(Invariant.I9, end(twoMessages().reads("bob/1", 1)).unread("bob/1", 2, 1, 1))
                        .unreadViolations());
    }

    @Test
    void a_read_cursor_is_not_lower_than_was_told_nor_higher_than_was_said() {
        findsOnly(Invariant.I9, end(read()).unread("bob/1", 1, 1, 2));
        findsOnly(Invariant.I9, end(twoMessages().reads("bob/1", 1)).unread("bob/1", 0, 2, 2));
        findsOnly(Invariant.I9, end(read()).unread("bob/1", 0, 2, 1));
    }

    @Test
    void in_notes_nothing_is_unread() {
        final var notes = new Story().in("ada~ada").joins("ada/1").sends("ada/1", "a", 1);
        accepts(notes.log("ada/1", "a ada/1").unread("ada/1", 0, 1, 0));
        findsOnly(Invariant.I9, notes.unread("ada/1", 1, 1, 0));
    }
}
