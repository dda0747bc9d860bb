package io.parley.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.cluster.Counters;
import io.parley.content.JsonText;
import io.parley.content.Octets;
import io.parley.conversation.Entry;
import io.parley.conversation.MediaDesk.Claim;
import io.parley.conversation.MediaDesk.Outcome;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import io.parley.media.MediaStore.Appended;
import io.parley.store.Checksum;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a node does with claims of which nobody said what became of them.
final class UploadsTest {
    private static final ActorTestKit KIT = ActorTestKit.create("uploads");
    private static final UserId ADA = new UserId("ada");
    private static final ConversationId TALK = new ConversationId("ada~bob");
    private static final MessageId MESSAGE = new MessageId("m-1");
    private static final long HEAD = 7;

    private final Counters counters = new Counters();
    private final MediaId id = MediaId.of(new byte[MediaId.BYTES]);
    private final List<Entry> stored = new ArrayList<>();
    private long head = HEAD;
    private boolean readable = true;
    private Instant now = Instant.now();

    @TempDir
    Path directory;

    private Uploads uploads;

    private CompletionStage<List<Entry>> read(final long from, final long to) {
        return CompletableFuture.completedStage(
                readable
                        ? stored.stream()
                                .filter(each -> each.seq() >= from && each.seq() <= to)
                                .limit(2)
                                .toList()
                        : List.of());
    }

    @BeforeEach
    void open() throws IOException {
        final var unsentFor = Duration.ofHours(24);
        uploads = new Uploads(
                Optional.of(MediaFiles.open(directory, unsentFor, KIT.system())),
                new MediaSettings(
                        Optional.of(directory),
                        Optional.empty(),
                        1 << 20,
                        1 << 20,
                        Set.of(),
                        unsentFor,
                        Duration.ofMinutes(10)),
                () -> id,
                new Uploads.Log(_ -> CompletableFuture.completedStage(head), (_, from, to) -> read(from, to)),
                counters,
                () -> now);
        final var bytes = "a picture".getBytes(StandardCharsets.UTF_8);
        get(uploads.create(ADA, TALK, bytes.length, Octets.of(Checksum.sha256().digest(bytes)), Optional.empty()));
        final var grown =
                get(uploads.append(ADA, id, 0, OptionalLong.empty(), Source.single(ByteString.fromArray(bytes))));
        assertInstanceOf(Appended.Grown.class, grown);
        assertEquals(new Outcome.Bound(), get(uploads.bind(new Claim(TALK, ADA, MESSAGE, HEAD), List.of(id))));
        now = now.plus(Duration.ofHours(25));
    }

    @AfterAll
    static void close() {
        KIT.shutdownTestKit();
    }

    private static <T> T get(final CompletionStage<T> answer) {
        return answer.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }

    private void store(final String message) {
        head++;
        stored.add(new Entry(
                head,
                ADA,
                new DeviceId("00a1b2c3d4e5f607"),
                new MessageId(message),
                now,
                new JsonText("{}"),
                Optional.empty(),
                List.of(),
                head));
    }

    private boolean isThere() {
        return get(uploads.find(id)).isPresent();
    }

    private long counted(final String name) {
        return counters.all().getOrDefault(name, 0L);
    }

    @Test
    void a_claim_whose_log_cannot_be_read_now_stays_and_is_looked_at_later() {
        for (int others = 0; others < 3; others++) {
            store("other-" + others);
        }
        store(MESSAGE.value());
        readable = false;
        get(uploads.sweep());
        assertTrue(isThere(), "its message may stand where nothing can be read");
        assertEquals(1, counted("media_failed_sweep"));
        assertEquals(0, counted("media_orphaned"));
        readable = true;
        get(uploads.sweep());
        final var standing = get(uploads.find(id)).orElseThrow().standing();
        assertEquals(
                OptionalLong.of(HEAD + 4),
                assertInstanceOf(Standing.Claimed.class, standing).seq());
        assertEquals(1, counted("media_failed_sweep"));
    }

    @Test
    void a_claim_whose_message_stands_nowhere_up_to_the_head_goes() {
        for (int others = 0; others < 3; others++) {
            store("other-" + others);
        }
        get(uploads.sweep());
        assertEquals(Optional.empty(), get(uploads.find(id)));
        assertEquals(1, counted("media_orphaned"));
    }

    @Test
    void a_claim_goes_where_nothing_was_stored_after_it() {
        readable = false; // and nothing has to be
        get(uploads.sweep());
        assertEquals(Optional.empty(), get(uploads.find(id)));
    }

    @Test
    void a_log_that_is_shorter_than_when_it_was_claimed_proves_nothing() {
        head = HEAD - 1;
        get(uploads.sweep());
        assertTrue(isThere());
        assertEquals(1, counted("media_failed_sweep"));
    }
}
