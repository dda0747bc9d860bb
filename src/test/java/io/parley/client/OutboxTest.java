package io.parley.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.protocol.ClientFrame;
import io.parley.protocol.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class OutboxTest {
    private final Outbox outbox = new Outbox(1_000);

    private Outbox.Entry add(final String id, final String lane, final long after) {
        return outbox.add(new MessageId(id), new Target.User(lane), lane, TextBody.of(id), List.of(), after, false);
    }

    private List<String> allNext(final long nowNanos) {
        final var ids = new ArrayList<String>();
        for (var next = outbox.next(nowNanos); next.isPresent(); next = outbox.next(nowNanos)) {
            ids.add(next.get().id().value());
        }
        return ids;
    }

    @Test
    void nothing_goes_without_a_link_and_no_more_than_may_be_unanswered() {
        add("1", "bob", 0);
        add("2", "bob", 0);
        add("3", "bob", 0);
        assertEquals(List.of(), allNext(0));
        outbox.linkUp(2);
        assertEquals(List.of("1", "2"), allNext(0));
        outbox.settle(new MessageId("1"));
        assertEquals(List.of("3"), allNext(0));
    }

    @Test
    void what_was_not_answered_goes_again_in_its_old_place() {
        add("1", "bob", 0);
        add("2", "cyd", 0);
        add("3", "bob", 0);
        outbox.linkUp(2);
        allNext(0);
        outbox.linkDown();
        outbox.linkUp(10);
        assertEquals(List.of("1", "2", "3"), allNext(0));
    }

    @Test
    void after_is_what_was_known_first_and_nothing_known_is_said_only_when_tried_again() {
        add("1", "bob", 7);
        add("2", "cyd", 0);
        outbox.linkUp(10);
        assertEquals(Optional.of(OptionalLong.of(7)), outbox.next(0).map(ClientFrame.Send::after));
        assertEquals(Optional.of(OptionalLong.empty()), outbox.next(0).map(ClientFrame.Send::after));
        outbox.linkUp(10);
        assertEquals(Optional.of(OptionalLong.of(7)), outbox.next(0).map(ClientFrame.Send::after));
        assertEquals(Optional.of(OptionalLong.of(0)), outbox.next(0).map(ClientFrame.Send::after));
    }

    @Test
    void what_is_put_off_holds_up_its_conversation_and_no_other() {
        final var first = add("1", "bob", 0);
        outbox.linkUp(10);
        allNext(0);
        outbox.putOff(first, 100);
        add("2", "bob", 0);
        add("3", "cyd", 0);
        assertEquals(List.of("3"), allNext(99));
        assertEquals(OptionalLong.of(100), outbox.dueNanos(99));
        assertEquals(List.of("1", "2"), allNext(100));
        assertEquals(OptionalLong.empty(), outbox.dueNanos(100));
    }

    @Test
    void it_is_full_when_its_bound_is_reached() {
        for (int i = 0; i < 999; i++) {
            add("" + i, "bob", 0);
        }
        assertFalse(outbox.isFull());
        add("999", "bob", 0);
        assertTrue(outbox.isFull());
        outbox.settle(new MessageId("0"));
        assertFalse(outbox.isFull());
    }

    @Test
    void through_any_links_and_refusals_each_conversation_keeps_its_order_and_nothing_is_lost() {
        final var seed = System.nanoTime();
        final var random = new SplittableRandom(seed);
        final var added = new ArrayList<String>();
        final var answered = new ArrayList<String>();
        final var onLink = new ArrayList<String>();
        for (int step = 0; step < 20_000 && (step < 3_000 || answered.size() < added.size()); step++) {
            switch (random.nextInt(step < 3_000 ? 5 : 4)) {
                case 0 ->
                    outbox.next(step).ifPresent(send -> onLink.add(send.id().value()));
                case 1 -> {
                    if (!onLink.isEmpty()) { // one socket's sends to one conversation are answered in order
                        final var id = onLink.removeFirst();
                        outbox.settle(new MessageId(id));
                        answered.add(id);
                    }
                }
                case 2 -> {
                    if (onLink.size() == 1 && random.nextInt(4) == 0) {
                        final var later = step + random.nextInt(20);
                        outbox.find(new MessageId(onLink.removeFirst()))
                                .ifPresent(entry -> outbox.putOff(entry, later));
                    }
                }
                case 3 -> {
                    if (random.nextInt(20) == 0) {
                        outbox.linkUp(1 + random.nextInt(5));
                        onLink.clear();
                    }
                }
                default -> {
                    if (!outbox.isFull()) {
                        final var id = "m" + added.size();
                        add(id, "lane", 0);
                        added.add(id);
                    }
                }
            }
        }
        assertEquals(added, answered, "seed " + seed);
    }

    @Test
    void a_message_keeps_its_uploads_through_every_link() {
        final var media = List.of(new MediaId("0".repeat(32)));
        outbox.add(new MessageId("m"), new Target.User("bob"), "bob", TextBody.of("m"), media, 0, false);
        outbox.linkUp(1);
        assertEquals(Optional.of(media), outbox.next(0).map(ClientFrame.Send::media));
        outbox.linkUp(1);
        assertEquals(Optional.of(media), outbox.next(0).map(ClientFrame.Send::media));
    }
}
