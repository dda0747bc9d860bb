package io.parley.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.parley.content.Octets;
import io.parley.media.MediaStore.Appended;
import io.parley.media.MediaStore.Creation;
import io.parley.media.MediaStore.Swept;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Uploads on a disk.
final class MediaFilesTest extends MediaStoreContract {
    private static final ActorTestKit KIT = ActorTestKit.create("media");

    @TempDir
    Path directory;

    @Override
    MediaStore open() throws IOException {
        return MediaFiles.open(directory, UNSENT_FOR, KIT.system());
    }

    @Override
    ActorSystem<?> system() {
        return KIT.system();
    }

    @Override
    int uploads() {
        return 20;
    }

    @AfterAll
    static void close() {
        KIT.shutdownTestKit();
    }

    @Test
    void an_upload_whose_node_died_after_the_last_byte_is_whole() throws IOException {
        final var bytes = bytes(50_000);
        final var id = begun(bytes);
        Files.write(directory.resolve("pending/" + id + "/part"), bytes, StandardOpenOption.WRITE);
        assertInstanceOf(Standing.Finished.class, standing(id).orElseThrow());
        final var wrong = begun(bytes);
        Files.write(directory.resolve("pending/" + wrong + "/part"), new byte[50_000], StandardOpenOption.WRITE);
        assertEquals(0, offset(wrong));
    }

    @Test
    void what_was_counted_by_a_node_that_died_does_not_count_for_ever() throws IOException {
        final var counted =
                Files.createDirectories(directory.resolve("owners/ada")).resolve(id() + "." + QUOTA);
        Files.createFile(counted);
        final var upload = new Upload(id(), ADA, TALK, 5_000, Octets.of(new byte[32]), Instant.now());
        assertInstanceOf(Creation.OverQuota.class, get(store.create(upload, QUOTA)), "it may just have begun");
        Files.setLastModifiedTime(counted, FileTime.from(Instant.now().minus(Duration.ofHours(25))));
        assertInstanceOf(Creation.Created.class, get(store.create(upload, QUOTA)));
    }

    @Test
    void what_other_nodes_have_written_is_hashed_again() throws IOException {
        final var bytes = bytes(2_000);
        final var id = begun(bytes);
        append(id, 0, Arrays.copyOf(bytes, 1_000));
        final var part = directory.resolve("pending/" + id + "/part"); // another node got other bytes instead
        Files.write(part, bytes(1_000));
        Files.setLastModifiedTime(part, FileTime.from(Instant.now().plusSeconds(1)));
        assertEquals(new Appended.OtherBytes(), append(id, 1_000, Arrays.copyOfRange(bytes, 1_000, 2_000)));
    }

    @Test
    void a_damaged_record_is_reported_and_keeps_nothing_else_from_being_swept() throws IOException {
        final var damaged = whole(bytes(10));
        Files.writeString(directory.resolve("pending/" + damaged + "/upload.json"), "{\"id\":");
        whole(bytes(10));
        assertEquals(new Swept(1, 0, 0, 1), swept(Instant.now().plus(Duration.ofHours(25)), _ -> Optional.empty()));
        final var failure = assertThrows(CompletionException.class, () -> get(store.find(damaged)));
        assertInstanceOf(IOException.class, failure.getCause());
    }

    @Test
    void what_was_being_deleted_when_a_node_died_is_deleted_later() throws IOException {
        final var left = Files.createDirectories(directory.resolve("gone/" + id() + ".x"));
        Files.writeString(left.resolve("bytes"), "x");
        swept(Instant.now().plus(Duration.ofHours(25)), _ -> Optional.empty());
        assertFalse(Files.exists(left));
    }
}
