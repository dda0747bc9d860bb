package io.parley.media;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.content.Octets;
import io.parley.conversation.MediaDesk.Claim;
import io.parley.conversation.MediaDesk.Outcome;
import io.parley.id.ConversationId;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import io.parley.local.Waiting;
import io.parley.media.MediaStore.Appended;
import io.parley.media.MediaStore.Creation;
import io.parley.media.MediaStore.Found;
import io.parley.media.MediaStore.Swept;
import io.parley.store.Checksum;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What is promised of uploads wherever they are kept: cut off and gone on with, claimed by messages, thrown
/// away. Run for each store.
abstract class MediaStoreContract {
    static final Duration UNSENT_FOR = Duration.ofHours(24);
    static final long QUOTA = 10L << 20;
    static final UserId ADA = new UserId("ada");
    static final UserId BOB = new UserId("bob");
    static final ConversationId TALK = new ConversationId("ada~bob");
    static final Claim FIRST = new Claim(TALK, ADA, new MessageId("m-1"), 7);

    final Random random = new Random(20261201);

    MediaStore store;

    /// The store as a node that starts now sees it, also beside others.
    abstract MediaStore open() throws IOException;

    abstract ActorSystem<?> system();

    /// How many are cut off at random: as many as take a few seconds.
    abstract int uploads();

    @BeforeEach
    void openFirst() throws IOException {
        store = open();
    }

    static <T> T get(final CompletionStage<T> answer) {
        return answer.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }

    byte[] bytes(final int count) {
        final var bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    MediaId id() {
        return MediaId.of(bytes(MediaId.BYTES));
    }

    MediaId begun(final byte[] bytes) {
        return begun(bytes.length, Octets.of(Checksum.sha256().digest(bytes)));
    }

    MediaId begun(final long length, final Octets sha256) {
        final var id = id();
        final var upload = new Upload(id, ADA, TALK, length, sha256, Instant.now());
        assertInstanceOf(Creation.Created.class, get(store.create(upload, QUOTA)));
        return id;
    }

    MediaId whole(final byte[] bytes) {
        final var id = begun(bytes);
        assertTrue(grown(append(id, 0, bytes)).standing().isWhole());
        return id;
    }

    Appended append(final MediaId id, final long offset, final byte[] bytes) {
        return get(store.append(id, offset, Source.single(ByteString.fromArray(bytes))));
    }

    static Found grown(final Appended appended) {
        return assertInstanceOf(Appended.Grown.class, appended).found();
    }

    byte[] read(final MediaId id, final long from, final long length) {
        return get(store.read(id, from, length).runFold(ByteString.emptyByteString(), ByteString::concat, system()))
                .toArray();
    }

    Optional<Standing> standing(final MediaId id) {
        return get(store.find(id)).map(Found::standing);
    }

    long offset(final MediaId id) {
        return assertInstanceOf(Standing.Unfinished.class, standing(id).orElseThrow())
                .offset();
    }

    @Test
    void an_upload_cut_at_any_byte_goes_on_there_also_on_another_node() throws IOException {
        for (int run = 0; run < uploads(); run++) {
            final var bytes = bytes(1 + random.nextInt(300_000));
            final var id = begun(bytes);
            int at = 0;
            while (at < bytes.length) {
                final int cut = at + random.nextInt(bytes.length - at + 1);
                final var parts = new ArrayList<ByteString>();
                for (int from = at; from < cut; ) {
                    final int to = Math.min(cut, from + 1 + random.nextInt(40_000));
                    parts.add(ByteString.fromArray(Arrays.copyOfRange(bytes, from, to)));
                    from = to;
                }
                final var source = Source.from(parts);
                if (cut < bytes.length && random.nextBoolean()) { // the connection breaks
                    final var broken = source.concat(Source.failed(new IOException("broken pipe")));
                    assertThrows(CompletionException.class, () -> get(store.append(id, offset(id), broken)));
                    at = (int) offset(id);
                    assertTrue(at <= cut, "nothing is there that did not come");
                } else {
                    final var found = grown(get(store.append(id, at, source)));
                    at = cut;
                    assertEquals(at == bytes.length, found.standing().isWhole());
                }
                if (random.nextBoolean()) {
                    store = open(); // as another node does
                }
            }
            assertInstanceOf(Standing.Finished.class, standing(id).orElseThrow());
            assertArrayEquals(bytes, read(id, 0, bytes.length));
            final int from = random.nextInt(bytes.length);
            final int length = random.nextInt(bytes.length - from);
            assertArrayEquals(Arrays.copyOfRange(bytes, from, from + length), read(id, from, length));
        }
    }

    @Test
    void an_upload_goes_on_only_where_it_stopped() {
        final var bytes = bytes(1_000);
        final var id = begun(bytes);
        append(id, 0, Arrays.copyOf(bytes, 400));
        assertEquals(new Appended.NotThere(400), append(id, 0, bytes));
        assertEquals(new Appended.NotThere(400), append(id, 500, bytes));
        grown(append(id, 400, Arrays.copyOfRange(bytes, 400, 1_000)));
        assertEquals(new Appended.NotThere(1_000), append(id, 400, bytes));
        assertTrue(grown(append(id, 1_000, new byte[0])).standing().isWhole());
        assertEquals(new Appended.Gone(), append(id(), 0, bytes));
        assertArrayEquals(bytes, read(id, 0, 1_000));
    }

    @Test
    void other_bytes_than_promised_never_count_and_can_be_sent_again() {
        final var bytes = bytes(70_000);
        final var id = begun(bytes);
        final var wrong = bytes.clone();
        wrong[69_999] ^= 1;
        assertEquals(new Appended.OtherBytes(), append(id, 0, wrong));
        assertEquals(0, offset(id));
        assertTrue(grown(append(id, 0, bytes)).standing().isWhole());
    }

    @Test
    void more_bytes_than_promised_are_refused_and_spoil_nothing() {
        final var bytes = bytes(5_000);
        final var id = begun(bytes);
        append(id, 0, Arrays.copyOf(bytes, 4_000));
        assertEquals(new Appended.TooMany(), append(id, 4_000, new byte[1_001]));
        assertTrue(grown(append(id, 4_000, Arrays.copyOfRange(bytes, 4_000, 5_000)))
                .standing()
                .isWhole());
    }

    @Test
    void how_much_of_an_upload_is_there_is_told_so_that_a_lost_one_is_not_served() {
        for (final int length : new int[] {0, 1, 100_000}) {
            final var id = whole(bytes(length));
            assertEquals(OptionalLong.of(length), get(store.length(id)));
        }
        assertEquals(OptionalLong.empty(), get(store.length(id())));
    }

    @Test
    void an_empty_file_is_a_file() {
        final var id = begun(new byte[0]);
        assertInstanceOf(Standing.Finished.class, standing(id).orElseThrow());
        assertArrayEquals(new byte[0], read(id, 0, 0));
    }

    @Test
    void a_new_connection_takes_over_from_one_that_hangs() {
        final var bytes = bytes(100_000);
        final var id = begun(bytes);
        final var half = Source.single(ByteString.fromArray(Arrays.copyOf(bytes, 50_000)));
        final var hanging = store.append(id, 0, half.concat(Source.maybe())).toCompletableFuture();
        Waiting.until(Duration.ofSeconds(10), () -> offset(id) == 50_000, () -> "the first half came");
        final var rest = Arrays.copyOfRange(bytes, 50_000, 100_000);
        assertTrue(grown(append(id, 50_000, rest)).standing().isWhole());
        assertThrows(CompletionException.class, () -> get(hanging));
        assertArrayEquals(bytes, read(id, 0, 100_000));
    }

    @Test
    void a_quota_holds_also_where_many_begin_at_once() {
        final long each = 1 << 20;
        final var none = Octets.of(new byte[32]);
        final var begun = new ArrayList<CompletableFuture<Creation>>();
        for (int n = 0; n < 40; n++) {
            final var upload = new Upload(id(), ADA, TALK, each, none, Instant.now());
            begun.add(store.create(upload, QUOTA).toCompletableFuture());
        }
        final long created = begun.stream()
                .map(MediaStoreContract::get)
                .filter(Creation.Created.class::isInstance)
                .count();
        assertTrue(created <= 10, created + " of a megabyte were let in");
        assertEquals(created * each, get(store.held(ADA)));
        final var others = new Upload(id(), BOB, TALK, each, none, Instant.now());
        assertInstanceOf(Creation.Created.class, get(store.create(others, QUOTA)));
    }

    @Test
    void what_is_thrown_away_makes_room() {
        final var id = begun(QUOTA, Octets.of(new byte[32]));
        final var more = new Upload(id(), ADA, TALK, 5_000, Octets.of(new byte[32]), Instant.now());
        assertEquals(new Creation.OverQuota(QUOTA), get(store.create(more, QUOTA)));
        get(store.delete(id));
        assertInstanceOf(Creation.Created.class, get(store.create(more, QUOTA)));
        assertEquals(Optional.empty(), standing(id));
    }

    @Test
    void an_upload_belongs_to_one_message_for_good() {
        final var id = whole(bytes(10));
        assertEquals(new Outcome.Bound(), get(store.bind(FIRST, List.of(id), Instant.now())));
        assertEquals(new Outcome.Bound(), get(store.bind(FIRST, List.of(id), Instant.now())), "said again");
        final var other = new Claim(TALK, ADA, new MessageId("m-2"), 7);
        assertEquals(new Outcome.Taken(id), get(store.bind(other, List.of(id), Instant.now())));
        get(store.stored(8, List.of(id)));
        get(store.stored(8, List.of(id)));
        assertEquals(new Outcome.Bound(), get(store.bind(FIRST, List.of(id), Instant.now())), "said again much later");
        assertEquals(new Outcome.Taken(id), get(store.bind(other, List.of(id), Instant.now())));
        final var standing =
                assertInstanceOf(Standing.Claimed.class, standing(id).orElseThrow());
        assertEquals(8, standing.seq().orElseThrow());
        assertArrayEquals(read(id, 0, 10), read(id, 0, 10));
    }

    @Test
    void only_whole_uploads_of_the_author_for_this_conversation_are_bound_all_or_none() {
        final var good = whole(bytes(10));
        final var unfinished = begun(bytes(10));
        assertEquals(new Outcome.Missing(unfinished), get(store.bind(FIRST, List.of(good, unfinished), Instant.now())));
        assertInstanceOf(Standing.Finished.class, standing(good).orElseThrow());
        final var nobodys = id();
        assertEquals(new Outcome.Missing(nobodys), get(store.bind(FIRST, List.of(nobodys), Instant.now())));
        final var bobs = new Claim(TALK, BOB, new MessageId("m-1"), 7);
        assertEquals(new Outcome.Missing(good), get(store.bind(bobs, List.of(good), Instant.now())));
        final var elsewhere = new Claim(new ConversationId("ada~eve"), ADA, new MessageId("m-1"), 7);
        assertEquals(new Outcome.Missing(good), get(store.bind(elsewhere, List.of(good), Instant.now())));
    }

    @Test
    void what_is_about_to_be_swept_away_is_not_sent_any_more() {
        final var id = whole(bytes(10));
        final var late = Instant.now().plus(UNSENT_FOR).minusSeconds(30);
        assertEquals(new Outcome.Missing(id), get(store.bind(FIRST, List.of(id), late)));
    }

    @Test
    void a_message_that_is_sent_again_after_a_day_does_not_rely_on_a_claim_that_is_about_to_be_settled() {
        final var id = whole(bytes(10));
        final var claimed = Instant.now();
        get(store.bind(FIRST, List.of(id), claimed));
        final var soon = claimed.plus(Duration.ofHours(23));
        assertEquals(new Outcome.Bound(), get(store.bind(FIRST, List.of(id), soon)));
        final var late = claimed.plus(UNSENT_FOR).minusSeconds(30);
        assertEquals(new Outcome.Missing(id), get(store.bind(FIRST, List.of(id), late)));
        get(store.stored(8, List.of(id)));
        assertEquals(new Outcome.Bound(), get(store.bind(FIRST, List.of(id), late)));
    }

    @Test
    void what_no_message_carries_goes_after_a_day_and_what_one_carries_stays() {
        final var unfinished = begun(bytes(10));
        final var unsent = whole(bytes(10));
        final var sent = whole(bytes(10));
        final var waiting = whole(bytes(10));
        final var told = new Claim(TALK, ADA, new MessageId("m-3"), 9);
        get(store.bind(FIRST, List.of(sent), Instant.now()));
        get(store.stored(8, List.of(sent)));
        get(store.bind(told, List.of(waiting), Instant.now()));
        assertEquals(new Swept(0, 0, 0, 0), swept(Instant.now().plus(Duration.ofHours(23)), _ -> Optional.of(10L)));
        assertEquals(new Swept(2, 1, 0, 0), swept(Instant.now().plus(Duration.ofHours(25)), _ -> Optional.of(10L)));
        assertEquals(Optional.empty(), standing(unfinished));
        assertEquals(Optional.empty(), standing(unsent));
        assertTrue(standing(sent).isPresent());
        assertEquals(
                10,
                assertInstanceOf(Standing.Claimed.class, standing(waiting).orElseThrow())
                        .seq()
                        .orElseThrow());
    }

    @Test
    void what_a_message_claimed_that_was_never_stored_goes_and_makes_room() {
        final var id = whole(bytes(10));
        get(store.bind(FIRST, List.of(id), Instant.now()));
        final var asked = new ArrayList<Claim>();
        final var swept = swept(Instant.now().plus(Duration.ofHours(25)), claim -> {
            asked.add(claim);
            return Optional.empty();
        });
        assertEquals(new Swept(0, 0, 1, 0), swept);
        assertEquals(List.of(FIRST), asked);
        assertEquals(0, get(store.held(ADA)));
    }

    Swept swept(final Instant now, final Function<Claim, Optional<Long>> sought) {
        return get(store.sweep(now, UNSENT_FOR, claim -> CompletableFuture.completedStage(sought.apply(claim))));
    }
}
