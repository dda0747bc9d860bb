package io.parley.conversation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.cluster.ReplyTo;
import io.parley.content.Body;
import io.parley.content.JsonText;
import io.parley.conversation.ConversationCommand.Post;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// What waits to be stored: in which order it goes, and how much of it there may be.
final class WaitingTest {
    private static final UserId ADA = new UserId("ada");
    private static final UserId BO = new UserId("bo");
    private static final DeviceId PHONE = DeviceId.of(1);
    private static final DeviceId LAPTOP = DeviceId.of(2);

    private final Waiting waiting = new Waiting();

    @Test
    void messages_go_in_the_order_they_came() {
        add(ADA, PHONE, "a", 0);
        add(BO, PHONE, "b", 0);
        add(ADA, LAPTOP, "c", 0);
        assertTrue(waiting.anyReady());
        assertEquals(List.of("a", "b", "c"), ids(waiting.takeReady()));
        assertTrue(waiting.isEmpty());
        assertFalse(waiting.anyReady());
    }

    @Test
    void a_device_is_not_overtaken_by_itself_while_an_old_message_of_it_is_looked_for() {
        add(ADA, PHONE, "old", 7);
        add(ADA, PHONE, "next", 0);
        add(ADA, LAPTOP, "other-device", 0);
        add(BO, PHONE, "other-person", 0);
        assertEquals("old", waiting.nextLookUp().orElseThrow().submission.id().value());
        assertEquals(List.of("other-device", "other-person"), ids(waiting.takeReady()));
        waiting.find(ADA, new MessageId("old")).orElseThrow().lookUpNeeded = false;
        assertEquals(List.of("old", "next"), ids(waiting.takeReady()));
        assertEquals(Optional.empty(), waiting.nextLookUp());
    }

    @Test
    void a_device_is_not_overtaken_by_itself_while_uploads_are_bound() {
        waiting.add(new Waiting.Item(withUpload("cat"), Instant.EPOCH, Instant.EPOCH, 0));
        add(ADA, PHONE, "next", 0);
        add(BO, PHONE, "other-person", 0);
        assertEquals(List.of("other-person"), ids(waiting.takeReady()));
        waiting.find(ADA, new MessageId("cat")).orElseThrow().unbound = false;
        assertEquals(List.of("cat", "next"), ids(waiting.takeReady()));
    }

    @Test
    void one_write_takes_a_bounded_number_and_the_rest_goes_with_the_next() {
        for (int i = 0; i < 300; i++) {
            add(ADA, PHONE, "m" + i, 0);
        }
        assertEquals(256, waiting.takeReady().size());
        assertEquals(44, waiting.takeReady().size());
    }

    @Test
    void there_is_room_for_a_thousand_messages() {
        for (int i = 0; i < Waiting.MESSAGES_MAX; i++) {
            assertTrue(waiting.hasRoomFor(post(ADA, PHONE, "m" + i, 10)));
            add(ADA, PHONE, "m" + i, 0);
        }
        assertFalse(waiting.hasRoomFor(post(ADA, PHONE, "one-more", 10)));
        waiting.takeReady();
        assertTrue(waiting.hasRoomFor(post(ADA, PHONE, "one-more", 10)));
    }

    @Test
    void there_is_room_for_8_mebibytes_and_what_is_taken_makes_room_again() {
        for (int i = 0; i < 8; i++) {
            final var post = post(ADA, PHONE, "m" + i, 1 << 20);
            assertTrue(waiting.hasRoomFor(post));
            waiting.add(new Waiting.Item(post, Instant.EPOCH, Instant.EPOCH, 0));
        }
        assertFalse(waiting.hasRoomFor(post(ADA, PHONE, "x", 2)));
        final var first = waiting.find(ADA, new MessageId("m0")).orElseThrow();
        waiting.remove(first);
        waiting.remove(first); // counts once
        assertTrue(waiting.hasRoomFor(post(ADA, PHONE, "x", 1 << 20)));
        assertFalse(waiting.hasRoomFor(post(ADA, PHONE, "x", (1 << 20) + 1)));
        assertEquals(7, waiting.takeIf(_ -> true).size());
        assertTrue(waiting.hasRoomFor(post(ADA, PHONE, "x", 8 << 20)));
    }

    @Test
    void what_takes_several_bytes_a_character_counts_as_its_bytes_and_so_does_what_the_client_adds() {
        final var half = Waiting.BYTES_MAX / 2;
        final var text = "κ".repeat((int) half / 2); // two bytes each
        assertEquals(half, text.getBytes(StandardCharsets.UTF_8).length);
        waiting.add(new Waiting.Item(post(ADA, "m1", text, Optional.empty()), Instant.EPOCH, Instant.EPOCH, 0));
        assertTrue(waiting.hasRoomFor(post(ADA, "m2", text, Optional.empty())));
        assertFalse(waiting.hasRoomFor(post(ADA, "m2", text + "x", Optional.empty())));
        assertFalse(waiting.hasRoomFor(post(ADA, "m2", text, Optional.of(new JsonText("7")))));
        waiting.add(new Waiting.Item(
                post(ADA, "m2", "👋".repeat((int) half / 4 - 1), Optional.of(new JsonText("1234"))),
                Instant.EPOCH,
                Instant.EPOCH,
                0));
        assertFalse(waiting.hasRoomFor(post(ADA, PHONE, "m3", 1)));
        waiting.takeReady();
        assertTrue(waiting.hasRoomFor(post(ADA, PHONE, "m3", (int) Waiting.BYTES_MAX)));
    }

    @Test
    void one_message_answers_a_bounded_number_of_askers_each_once() {
        add(ADA, PHONE, "m", 0);
        final var item = waiting.find(ADA, new MessageId("m")).orElseThrow();
        assertTrue(waiting.join(item, item.askers.getFirst()));
        assertEquals(1, item.askers.size());
        for (int i = 0; i < 15; i++) {
            assertTrue(waiting.join(item, new Asker(i)));
        }
        assertFalse(waiting.join(item, new Asker(99)));
        assertTrue(waiting.join(item, new Asker(3)));
        assertEquals(16, item.askers.size());
    }

    private record Asker(int number) implements ReplyTo<PostReply> {
        @Override
        public void tell(final PostReply message) {
            throw new AssertionError("nobody answers here");
        }
    }

    private void add(final UserId author, final DeviceId device, final String id, final long lookUpTo) {
        waiting.add(new Waiting.Item(post(author, device, id, 10), Instant.EPOCH, Instant.EPOCH, lookUpTo));
    }

    private static Post post(final UserId author, final DeviceId device, final String id, final int size) {
        return post(author, device, id, "x".repeat(size), Optional.empty());
    }

    private static Post withUpload(final String id) {
        return new Post(
                ConversationId.between(ADA, BO),
                ADA,
                PHONE,
                new MessageId(id),
                new Body("text", new JsonText("{}")),
                Optional.empty(),
                List.of(new MediaId("0".repeat(32))),
                OptionalLong.empty(),
                new Asker(-1));
    }

    private static Post post(final UserId author, final String id, final String json, final Optional<JsonText> client) {
        return post(author, PHONE, id, json, client);
    }

    private static Post post(
            final UserId author,
            final DeviceId device,
            final String id,
            final String json,
            final Optional<JsonText> client) {
        return new Post(
                ConversationId.between(ADA, BO),
                author,
                device,
                new MessageId(id),
                new Body("text", new JsonText(json)),
                client,
                List.of(),
                OptionalLong.empty(),
                new Asker(-1));
    }

    private static List<String> ids(final List<Waiting.Item> items) {
        return items.stream().map(item -> item.submission.id().value()).toList();
    }
}
