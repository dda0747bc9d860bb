package io.parley.history;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class TimelineTest {
    private static final long SECOND = 1_000_000_000L;

    /// Ten messages a second for a minute, each answered after 10 ms; from 20 s to 25 s none is, those wait for
    /// the end of the fault.
    private static Timeline minute() {
        final var events = new ArrayList<Event>();
        for (long tenth = 0; tenth < 600; tenth++) {
            final long at = 7 * SECOND + tenth * SECOND / 10;
            final long since = at - 7 * SECOND;
            final boolean waits = since >= 20 * SECOND && since < 25 * SECOND;
            events.add(new Event.SendCall(at, "ada/1", "m" + tenth, "ada~bob", "", OptionalLong.empty()));
            events.add(new Event.SendOk(
                    waits ? 32 * SECOND : at + SECOND / 100,
                    "ada/1",
                    "m" + tenth,
                    "ada~bob",
                    tenth + 1,
                    Instant.EPOCH));
        }
        events.add(new Event.Fault(27 * SECOND, "cut", Event.Phase.BEGIN));
        events.add(new Event.Fault(32 * SECOND, "cut", Event.Phase.END));
        return new Timeline(List.copyOf(events));
    }

    @Test
    void a_fault_has_its_begin_and_its_end() {
        assertEquals(List.of(new Timeline.Outage("cut", 20 * SECOND, 25 * SECOND)), minute().outages);
    }

    @Test
    void acknowledgements_a_second_are_told_before_during_and_after_a_fault() {
        final var timeline = minute();
        assertEquals(10, timeline.rate(10 * SECOND, 20 * SECOND), 0.1);
        assertEquals(0, timeline.rate(20 * SECOND, 25 * SECOND), 0.1);
        assertEquals(15, timeline.rate(25 * SECOND, 35 * SECOND), 0.1);
        assertEquals(Double.NaN, timeline.rate(70 * SECOND, 80 * SECOND));
    }

    @Test
    void the_longest_silence_and_the_longest_wait_are_those_of_the_fault() {
        final var timeline = minute();
        final var cut = timeline.outages.getFirst();
        assertEquals(5.09, timeline.longestSilence() / 1e9, 0.001);
        assertEquals(5.09, timeline.longestSilence(cut) / 1e9, 0.001);
        assertEquals(5, timeline.longestWait(cut) / 1e9, 0.001);
        assertEquals(0.1, timeline.longestSilence(new Timeline.Outage("", 0, SECOND)) / 1e9, 0.001);
        assertEquals(0.01, timeline.waitOf(0.5) / 1e9, 0.001);
    }

    @Test
    void a_resend_counts_from_the_first_attempt_and_only_once() {
        final var timeline = new Timeline(List.of(
                new Event.SendCall(0, "ada/1", "m", "ada~bob", "", OptionalLong.empty()),
                new Event.SendCall(2 * SECOND, "ada/1", "m", "ada~bob", "", OptionalLong.empty()),
                new Event.SendOk(3 * SECOND, "ada/1", "m", "ada~bob", 1, Instant.EPOCH),
                new Event.SendOk(4 * SECOND, "ada/1", "m", "ada~bob", 1, Instant.EPOCH)));
        assertEquals(3 * SECOND, timeline.waitOf(1));
        assertEquals(1, timeline.acknowledgedIn(0, 5 * SECOND));
    }
}
