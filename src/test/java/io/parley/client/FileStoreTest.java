package io.parley.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.client.ClientStore.Progress;
import io.parley.client.ClientStore.Unsent;
import io.parley.id.ConversationId;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.protocol.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileStoreTest {
    private static final ConversationId TALK = new ConversationId("ada~bob");

    @TempDir
    private Path directory;

    private FileStore store() {
        return new FileStore(directory.resolve("ada"));
    }

    private static Unsent message(final String id, final long after) {
        return new Unsent(
                new MessageId(id),
                new Target.User("bob"),
                TextBody.of("1.0 \"quoted\"\nü \u001b[31m"),
                List.of(),
                after);
    }

    @Test
    void the_next_process_finds_unsent_messages_as_they_were_and_in_order() {
        final var messages =
                IntStream.range(0, 40).mapToObj(i -> message("z" + (40 - i), i)).toList();
        final var first = store();
        messages.forEach(first::queued);
        final var toConversation = new Unsent(
                new MessageId("m"),
                new Target.Conversation("ada~bob"),
                TextBody.of("hi"),
                List.of(new MediaId("0".repeat(32))),
                0);
        store().queued(toConversation); // of a second process
        final var kept = store().kept().unsent();
        assertEquals(messages, kept.subList(0, 40));
        assertEquals(toConversation, kept.getLast());
    }

    @Test
    void what_was_kept_before_there_were_uploads_is_read_as_it_is() throws IOException {
        store();
        Files.writeString(
                directory.resolve("ada/unsent/0000000000000001-m.json"),
                "{\"id\":\"m\",\"to\":\"bob\",\"type\":\"text\",\"body\":\"{\\\"type\\\":\\\"text\\\",\\\"text\\\":\\\"hi\\\"}\",\"after\":3}");
        assertEquals(
                List.of(new Unsent(new MessageId("m"), new Target.User("bob"), TextBody.of("hi"), List.of(), 3)),
                store().kept().unsent());
    }

    @Test
    void messages_keep_their_order_when_the_clock_has_gone_back() throws IOException {
        store().queued(message("first", 0));
        final var unsent = directory.resolve("ada/unsent");
        try (var files = Files.list(unsent)) { // as if it had been queued many years from now
            Files.move(files.findFirst().orElseThrow(), unsent.resolve("7000000000000000-first.json"));
        }
        final var next = store();
        next.queued(message("second", 0));
        next.queued(message("third", 0));
        assertEquals(
                List.of(message("first", 0), message("second", 0), message("third", 0)),
                store().kept().unsent());
    }

    @Test
    void an_answered_message_is_forgotten_also_by_the_process_after_the_one_that_queued_it() {
        store().queued(message("m1", 3));
        store().queued(message("m2", 3));
        final var next = store();
        next.kept();
        next.settled(new MessageId("m1"));
        assertEquals(List.of(message("m2", 3)), store().kept().unsent());
        assertEquals(1, store().unsentCount());
    }

    @Test
    void progress_is_the_last_that_was_told() {
        final var store = store();
        store.progressed(TALK, new Progress(5, 4, 3, 2));
        store.progressed(TALK, new Progress(6, 5, 4, 3));
        assertEquals(Map.of(TALK, new Progress(6, 5, 4, 3)), store().kept().progress());
        assertEquals(Optional.of(new Progress(6, 5, 4, 3)), store().progress(TALK));
        store.queued(message("m", 6));
        store.forgetProgress();
        assertEquals(Map.of(), store().kept().progress());
        assertEquals(1, store().unsentCount());
        store.clear();
        assertEquals(0, store().unsentCount());
    }

    @Test
    void nobody_else_can_read_it() throws IOException {
        final var store = store();
        store.queued(message("m", 1));
        store.progressed(TALK, new Progress(1, 1, 1, 1));
        try (var all = Files.walk(directory.resolve("ada"))) {
            for (final var each : all.toList()) {
                final var mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(each));
                assertEquals(Files.isDirectory(each) ? "rwx------" : "rw-------", mode, each.toString());
            }
        }
    }

    @Test
    void what_a_killed_process_left_half_written_is_nothing() throws IOException {
        final var store = store();
        store.queued(message("m", 1));
        final var unsent = directory.resolve("ada/unsent");
        final var dead = unsent.resolve("0001-x.json.2147483646.new");
        Files.writeString(dead, "{\"id\":");
        final var alive =
                unsent.resolve("0001-x.json." + ProcessHandle.current().pid() + ".new");
        Files.writeString(alive, "{\"id\":");
        Files.writeString(unsent.resolve("0002-foreign.json"), "what is this");
        assertEquals(List.of(message("m", 1)), store().kept().unsent());
        assertFalse(Files.exists(dead));
        assertTrue(Files.exists(alive));
    }

    @Test
    void a_message_that_cannot_be_kept_is_not_taken() throws IOException {
        final var store = store();
        Files.delete(directory.resolve("ada/unsent"));
        Files.writeString(directory.resolve("ada/unsent"), "in the way");
        assertThrows(UncheckedIOException.class, () -> store.queued(message("m", 1)));
        assertThrows(UncheckedIOException.class, () -> store.kept());
    }
}
