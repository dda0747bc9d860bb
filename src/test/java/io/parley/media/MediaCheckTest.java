package io.parley.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.content.Octets;
import io.parley.conversation.MediaDesk.Claim;
import io.parley.id.ConversationId;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import io.parley.store.Checksum;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Finding what a disk has lost.
final class MediaCheckTest {
    private static final ActorTestKit KIT = ActorTestKit.create("media-check");
    private static final UserId ADA = new UserId("ada");
    private static final ConversationId TALK = new ConversationId("ada~bob");
    private static final int BYTES = 10_000;

    private final Random random = new Random(20261201);
    private final List<String> said = new ArrayList<>();

    @TempDir
    Path directory;

    private MediaFiles files;

    @BeforeEach
    void open() throws IOException {
        files = MediaFiles.open(directory, Duration.ofHours(24), KIT.system());
    }

    @AfterAll
    static void close() {
        KIT.shutdownTestKit();
    }

    private static <T> T get(final CompletionStage<T> answer) {
        return answer.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }

    private byte[] bytes(final int count) {
        final var bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private MediaId uploaded(final int some) {
        final var bytes = bytes(BYTES);
        final var id = MediaId.of(bytes(MediaId.BYTES));
        final var sha256 = Octets.of(Checksum.sha256().digest(bytes));
        get(files.create(new Upload(id, ADA, TALK, BYTES, sha256, Instant.now()), 1L << 30));
        get(files.append(id, 0, Source.single(ByteString.fromArray(bytes, 0, some))));
        return id;
    }

    private MediaId sent(final long seq) {
        final var id = uploaded(BYTES);
        get(files.bind(new Claim(TALK, ADA, new MessageId("m-" + seq), seq - 1), List.of(id), Instant.now()));
        get(files.stored(seq, List.of(id)));
        return id;
    }

    private Path kept(final MediaId id) {
        return directory.resolve("kept").resolve(id.value().substring(0, 2)).resolve(id.value());
    }

    private MediaCheck.Result checked(final boolean quick) throws IOException {
        said.clear();
        return MediaCheck.run(directory, quick, said::add, System::nanoTime);
    }

    private String lineOf(final MediaId id) {
        return said.stream()
                .filter(line -> line.startsWith(id.value() + ": "))
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing is said of " + id + ": " + said));
    }

    @Test
    void what_is_whole_or_still_comes_is_no_damage() throws IOException {
        sent(1);
        sent(2);
        uploaded(BYTES);
        uploaded(300);
        assertEquals(new MediaCheck.Result(4, 3 * BYTES, 1, 0), checked(false));
        assertEquals(2, said.size(), "nothing to report: " + said);
    }

    @Test
    void each_kind_of_damage_is_named_with_the_message_that_carries_it() throws IOException {
        sent(1);
        final var missing = sent(2);
        Files.delete(kept(missing).resolve("bytes"));
        final var longer = sent(3);
        Files.write(kept(longer).resolve("bytes"), new byte[5], StandardOpenOption.APPEND);
        final var other = sent(4);
        final var changed = Files.readAllBytes(kept(other).resolve("bytes"));
        changed[BYTES / 2] ^= 1;
        Files.write(kept(other).resolve("bytes"), changed);
        final var garbled = sent(5);
        Files.writeString(kept(garbled).resolve("upload.json"), "{\"id\":");
        final var unclaimed = sent(6);
        Files.delete(kept(unclaimed).resolve("claim.json"));
        final var misplaced = sent(7);
        final var elsewhere = Files.createDirectories(
                directory.resolve("kept").resolve(misplaced.value().startsWith("00") ? "01" : "00"));
        Files.move(kept(misplaced), elsewhere.resolve(misplaced.value()));
        final var gone = sent(8);
        for (final var file : List.of("bytes", "claim.json", "upload.json", "")) {
            Files.delete(kept(gone).resolve(file));
        }
        for (final var lost : List.of(gone, misplaced)) {
            Files.setLastModifiedTime(
                    directory.resolve("owners/ada/" + lost + "." + BYTES),
                    FileTime.from(Instant.now().minus(Duration.ofHours(1))));
        }
        assertEquals(8, checked(false).damaged(), "" + said);
        assertTrue(lineOf(missing).contains("its bytes are missing"), lineOf(missing));
        assertTrue(lineOf(missing).endsWith("; from ada, for ada~bob; carried by ada~bob #2"), lineOf(missing));
        assertTrue(lineOf(longer).contains((BYTES + 5) + " bytes instead of " + BYTES), lineOf(longer));
        assertTrue(lineOf(other).contains("another SHA-256"), lineOf(other));
        assertTrue(lineOf(other).endsWith("#4"), lineOf(other));
        assertTrue(lineOf(garbled).contains("record cannot be read"), lineOf(garbled));
        assertTrue(lineOf(garbled).endsWith("; carried by ada~bob #5"), "what is left is told: " + lineOf(garbled));
        assertTrue(lineOf(unclaimed).contains("record is missing: claim.json"), lineOf(unclaimed));
        assertTrue(lineOf(misplaced).contains("wrong place"), lineOf(misplaced));
        assertTrue(lineOf(gone).contains("it is lost"), lineOf(gone));
        assertEquals(7, checked(true).damaged(), "all but the changed byte show without reading: " + said);
    }

    @Test
    void what_has_just_been_begun_is_not_missed() throws IOException {
        Files.createFile(Files.createDirectories(directory.resolve("owners/ada"))
                .resolve(MediaId.of(bytes(MediaId.BYTES)) + ".5"));
        assertEquals(0, checked(true).damaged());
    }

    @Test
    void a_node_may_move_finish_and_throw_away_meanwhile() throws Exception {
        final var over = new AtomicBoolean();
        final var node = Thread.ofPlatform().start(() -> {
            for (long seq = 1; !over.get(); seq++) {
                final var id = sent(seq);
                uploaded(100);
                if (seq % 3 == 0) {
                    get(files.delete(id));
                }
            }
        });
        for (int run = 0; run < 50; run++) {
            assertEquals(0, checked(false).damaged(), "" + said);
        }
        over.set(true);
        node.join();
    }

    @Test
    void progress_is_told_every_few_seconds_also_within_a_large_one() throws IOException {
        sent(1);
        sent(2);
        final var clock = new AtomicLong();
        MediaCheck.run(
                directory,
                false,
                said::add,
                () -> clock.addAndGet(Duration.ofSeconds(5).toNanos()));
        assertEquals(
                List.of(
                        "0 of 2 uploads, 10000 of 20000 bytes",
                        "1 of 2 uploads, 10000 of 20000 bytes",
                        "1 of 2 uploads, 20000 of 20000 bytes",
                        "2 of 2 uploads, 20000 of 20000 bytes"),
                said.subList(2, said.size()));
    }

    @Test
    void a_directory_of_something_else_is_refused() {
        final var failure = assertThrows(
                IOException.class, () -> MediaCheck.run(directory.resolve("none"), false, said::add, System::nanoTime));
        assertTrue(String.valueOf(failure.getMessage()).contains("PARLEY_MEDIA_DIR"), failure.getMessage());
    }
}
