package io.parley.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.parley.client.SendOutcome;
import io.parley.id.MessageId;
import io.parley.protocol.PageRequest;
import io.parley.protocol.ServerFrame;
import io.parley.protocol.WireEntry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What a program on the Java client lives through with a real node: it need do nothing about links,
/// acknowledgements and resends.
@ExtendWith(NodeOutput.class)
final class AppTest {
    private final int port = SharedNode.world().port();
    private final List<AutoCloseable> open = new ArrayList<>();

    private App person(final String name) {
        return person(name, port);
    }

    private App person(final String name, final int at) {
        final var app = App.person(name, at);
        open.add(app);
        return app;
    }

    private App another(final App of) {
        final var app = of.another();
        open.add(app);
        return app;
    }

    private Relay relay() {
        final var relay = new Relay(port);
        open.add(0, relay); // ends after those who use it
        return relay;
    }

    /// Each is asked for its lies as it goes.
    @AfterEach
    void everybodyLeaves() throws Exception {
        for (final var each : open.reversed()) {
            each.close();
        }
    }

    private static List<String> numbered(final String what, final int count) {
        return IntStream.rangeClosed(1, count).mapToObj(i -> what + i).toList();
    }

    private static List<Long> seqs(final List<WireEntry> entries) {
        return entries.stream().map(WireEntry::seq).toList();
    }

    private static List<Long> upTo(final long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    @Test
    void two_people_talk_and_every_tick_comes() {
        final var ada = person("ada");
        final var bo = person("bo");
        final var hi = ada.sends("hi", bo);
        assertEquals(1, hi.seq());
        assertEquals(ada.with(bo), hi.conversation());
        bo.sees("hi");
        ada.seesDelivered(hi, bo);
        assertEquals(0, ada.marks(hi.conversation(), bo).read(), "nobody has read it");
        bo.reads(hi);
        ada.seesRead(hi, bo);

        final var back = bo.sends("hi yourself", ada);
        ada.sees("hi yourself");
        bo.seesDelivered(back, ada);
        ada.reads(back);
        bo.seesRead(back, ada);
        assertEquals(List.of("hi"), bo.texts());
        assertEquals(List.of("hi yourself"), ada.texts());
    }

    @Test
    void what_is_handed_over_in_a_hurry_stands_in_that_order() {
        final var ada = person("ada");
        final var bo = person("bo");
        final var texts = numbered("t", 500); // five times what may be unanswered
        final var outcomes = texts.stream().map(text -> ada.says(text, bo)).toList();
        assertEquals(
                upTo(500),
                outcomes.stream().map(App::accepted).map(ServerFrame.Sent::seq).toList());
        bo.sees("t500");
        assertEquals(texts, bo.texts());
        ada.seesDelivered(App.accepted(outcomes.getLast()), bo);
    }

    @Test
    void who_was_away_gets_what_was_missed_once_and_in_order() {
        final var ada = person("ada");
        final var bo = person("bo");
        ada.seesDelivered(ada.sends("before", bo), bo);
        bo.leaves();
        final var missed = numbered("missed ", 30);
        final var last =
                missed.stream().map(text -> ada.sends(text, bo)).toList().getLast();
        assertEquals(1, ada.marks(last.conversation(), bo).delivered(), "nobody is there to have it");
        bo.connects();
        assertEquals(missed, bo.texts().subList(1, 31));
        ada.seesDelivered(last, bo);
        bo.leaves();
        bo.connects();
        assertEquals(31, bo.texts().size(), "what was acknowledged does not come again");
        assertEquals(0, bo.duplicates());
    }

    @Test
    void what_is_written_without_a_link_goes_when_there_is_one() {
        final var relay = relay();
        final var ada = person("ada", relay.port());
        final var bo = person("bo");
        relay.cuts();
        final var texts = numbered("later ", 5);
        final var outcomes = texts.stream().map(text -> ada.says(text, bo)).toList();
        relay.heals();
        assertEquals(
                upTo(5),
                outcomes.stream().map(App::accepted).map(ServerFrame.Sent::seq).toList());
        bo.sees("later 5");
        assertEquals(texts, bo.texts());
        assertNotEquals(1, ada.links());
    }

    @Test
    void a_message_whose_tick_was_lost_on_the_way_is_sent_again_and_stands_once() {
        final var relay = relay();
        final var ada = person("ada", relay.port());
        final var bo = person("bo");
        relay.losesAnswers();
        final var outcome = ada.says("once", bo);
        bo.sees("once"); // so it is stored
        assertFalse(outcome.isDone());
        relay.breaksOnce();
        assertEquals(1, App.accepted(outcome).seq());
        assertEquals(2, ada.sends("next", bo).seq(), "the resend has no place of its own");
        bo.sees("next");
        assertEquals(List.of("once", "next"), bo.texts());
    }

    @Test
    void a_program_that_died_before_its_tick_sends_the_same_message_again() {
        final var relay = relay();
        final var ada = person("ada", relay.port());
        final var bo = person("bo");
        final var id = new MessageId("draft-1");
        relay.losesAnswers();
        final var lost = ada.says(id, "once", bo);
        bo.sees("once");
        ada.leaves();
        assertFalse(lost.join() instanceof SendOutcome.Accepted);
        relay.breaksOnce();
        ada.connects(); // the next run of the program, on the same store
        ada.awaits("the tick", () -> ada.tickedCount() == 1);
        assertEquals(1, App.accepted(ada.says(id, "once", bo)).seq());
        assertEquals(2, ada.sends("next", bo).seq());
        bo.sees("next");
        assertEquals(List.of("once", "next"), bo.texts());
    }

    @Test
    void links_that_break_in_the_middle_of_a_talk_lose_double_and_reorder_nothing() {
        final var relay = relay();
        final var ada = person("ada", relay.port());
        final var bo = person("bo", relay.port());
        final var outcomes = new ArrayList<CompletableFuture<SendOutcome>>();
        for (int round = 0; round < 5; round++) {
            final int adas = ada.links();
            final int bos = bo.links();
            if (round % 2 == 0) {
                relay.losesAnswers();
            }
            for (int i = 0; i < 60; i++) {
                outcomes.add(ada.says("t" + (outcomes.size() + 1), bo));
            }
            relay.breaksOnce();
            ada.isBackAfter(adas);
            bo.isBackAfter(bos);
        }
        assertEquals(
                upTo(300),
                outcomes.stream().map(App::accepted).map(ServerFrame.Sent::seq).toList());
        bo.sees("t300");
        assertEquals(numbered("t", 300), bo.texts());
        ada.seesDelivered(App.accepted(outcomes.getLast()), bo);
    }

    @Test
    void what_a_program_could_not_take_comes_again_and_is_not_ticked_before() {
        final var ada = person("ada");
        final var bo = person("bo");
        final int links = bo.links();
        bo.stumblesOnce();
        final var one = ada.sends("one", bo);
        final var two = ada.sends("two", bo);
        bo.isBackAfter(links);
        bo.sees("two");
        assertEquals(List.of("one", "two"), bo.texts());
        ada.seesDelivered(two, bo);
        assertEquals(one.seq() + 1, two.seq());
    }

    @Test
    void each_device_of_a_person_has_everything_but_what_it_wrote_itself() {
        final var ada = person("ada");
        final var phone = person("bo");
        final var tablet = another(phone);
        ada.sends("from ada", phone);
        final var own = phone.sends("from the phone", ada);
        tablet.sends("from the tablet", ada);
        final var last = ada.sends("from ada again", phone);
        phone.sees("from ada again");
        tablet.sees("from ada again");
        ada.sees("from the tablet");
        assertEquals(List.of("from ada", "from the tablet", "from ada again"), phone.texts());
        assertEquals(List.of("from ada", "from the phone", "from ada again"), tablet.texts());
        assertEquals(List.of("from the phone", "from the tablet"), ada.texts());
        phone.seesDelivered(own, ada);

        tablet.leaves();
        final var missed = ada.sends("while the tablet is away", phone);
        ada.seesDelivered(missed, phone); // one device is enough for the tick, not for the tablet
        phone.reads(missed);
        ada.seesRead(last, phone);
        tablet.connects();
        assertEquals("while the tablet is away", tablet.texts().getLast());
        tablet.seesRead(missed, phone); // what one has read the other knows
    }

    @Test
    void history_is_everything_in_order_by_frame_and_by_call() {
        final var ada = person("ada");
        final var bo = person("bo");
        final var texts = numbered("text ", 25);
        for (int i = 0; i < texts.size(); i++) {
            (i % 3 == 0 ? bo : ada).sends(texts.get(i), i % 3 == 0 ? ada : bo);
        }
        final var conversation = ada.with(bo);
        final var all = bo.history(conversation, 7);
        assertEquals(texts, all.stream().map(App::text).toList());
        assertEquals(upTo(25), seqs(all));
        assertEquals(all, ada.history(conversation, 200));
        assertEquals(
                all,
                ada.calledHistory(conversation, new PageRequest.After(0, 200)).messages());
        assertEquals(
                all.subList(15, 20),
                bo.calledHistory(conversation, new PageRequest.Before(21, 5)).messages());
        final var byBo = all.stream()
                .filter(entry -> entry.from().equals(Optional.of(bo.user())))
                .toList();
        ada.sees("text 25");
        assertEquals(byBo, ada.taken(conversation), "what was pushed is what stands in the log");
    }

    @Test
    @Tag("slow")
    void who_writes_faster_than_allowed_is_slowed_down_and_nothing_is_lost(@TempDir final Path data) {
        try (var node = NodeProcess.start(data, Map.of())) {
            final var ada = person("ada", node.port());
            final var bo = person("bo", node.port());
            final var outcomes =
                    numbered("t", 260).stream().map(text -> ada.says(text, bo)).toList(); // 200 go at once
            final var seqs = outcomes.stream()
                    .map(App::accepted)
                    .map(ServerFrame.Sent::seq)
                    .sorted()
                    .toList();
            assertEquals(upTo(260), seqs); // those put off may be overtaken, so not in their order
            bo.awaits("all", () -> bo.texts().size() == 260);
            assertEquals(upTo(260), seqs(bo.taken(ada.with(bo))));
        }
    }
}
