package io.parley.media;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.parley.content.Octets;
import io.parley.conversation.MediaDesk.Claim;
import io.parley.conversation.MediaDesk.Outcome;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.local.S3Server;
import io.parley.local.Waiting;
import io.parley.media.MediaStore.Appended;
import io.parley.media.MediaStore.Creation;
import io.parley.media.MediaStore.Swept;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Uploads in a bucket of a real S3-compatible server, which is a process of its own.
final class MediaBucketTest extends MediaStoreContract {
    private static final ActorTestKit KIT =
            ActorTestKit.create("bucket", ConfigFactory.load(ConfigFactory.parseResources("media.conf")));
    private static final AtomicInteger BUCKETS = new AtomicInteger();

    @TempDir
    static Path directory;

    private static S3Server server;

    private final String bucket = "bucket-" + BUCKETS.incrementAndGet();

    MediaBucketTest() {
        server.makeBucket(bucket);
    }

    @BeforeAll
    static void start() {
        server = S3Server.start(directory);
    }

    @AfterAll
    static void close() {
        KIT.shutdownTestKit();
        server.kill();
    }

    @Override
    MediaStore open() {
        return open(settings(bucket, S3Server.SECRET_KEY, server.endpoint()));
    }

    private static MediaStore open(final BucketSettings settings) {
        return MediaBucket.open(settings, UNSENT_FOR, KIT.system());
    }

    private static BucketSettings settings(final String bucket, final String secret, final URI endpoint) {
        return new BucketSettings(bucket, Optional.of(endpoint), "us-east-1", S3Server.ACCESS_KEY, secret, true);
    }

    @Override
    ActorSystem<?> system() {
        return KIT.system();
    }

    @Override
    int uploads() {
        return 3;
    }

    private Bucket objects() {
        return new Bucket(settings(bucket, S3Server.SECRET_KEY, server.endpoint()), KIT.system());
    }

    private List<String> keys(final String prefix) {
        return get(objects().list(prefix)).stream().map(Bucket.Stored::key).toList();
    }

    private static ByteString text(final String text) {
        return ByteString.fromString(text);
    }

    private static Source<ByteString, ?> portions(final byte[] bytes, final int each) {
        return Source.fromIterator(() -> Stream.iterate(0, at -> at < bytes.length, at -> at + each)
                .map(at -> ByteString.fromArray(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + each))))
                .iterator());
    }

    // pieces

    @Test
    void an_upload_that_lost_its_pieces_is_not_taken_for_whole() {
        final var bytes = bytes(9_500_000);
        final var id = begun(bytes);
        assertTrue(grown(get(store.append(id, 0, portions(bytes, 60_000))))
                .standing()
                .isWhole());
        final var pieces = keys("bytes/" + id + "/");
        get(objects().delete(pieces.getFirst()));
        assertTrue(get(store.length(id)).orElseThrow() < bytes.length);
        pieces.forEach(piece -> get(objects().delete(piece)));
        assertEquals(OptionalLong.empty(), get(store.length(id)));
    }

    @Test
    void a_large_upload_is_cut_to_pieces_and_read_from_any_byte() {
        final var bytes = bytes(9_500_000);
        final var id = begun(bytes);
        final var cut = portions(Arrays.copyOf(bytes, 5_000_000), 60_000)
                .concat(Source.lazySource(() -> Source.failed(new IOException("broken pipe"))));
        assertThrows(CompletionException.class, () -> get(store.append(id, 0, cut)));
        assertEquals(5_000_000, offset(id), "what came before the connection broke is there");
        final var rest = portions(Arrays.copyOfRange(bytes, 5_000_000, bytes.length), 60_000);
        assertTrue(grown(get(store.append(id, 5_000_000, rest))).standing().isWhole());
        assertEquals(4, keys("bytes/" + id + "/").size());
        assertArrayEquals(bytes, read(id, 0, bytes.length));
        assertArrayEquals(Arrays.copyOfRange(bytes, 4_100_000, 5_100_000), read(id, 4_100_000, 1_000_000));
        for (int run = 0; run < 20; run++) {
            final int from = random.nextInt(bytes.length);
            final int length = random.nextInt(Math.min(700_000, bytes.length - from));
            assertArrayEquals(Arrays.copyOfRange(bytes, from, from + length), read(id, from, length));
        }
        assertThrows(CompletionException.class, () -> read(id(), 0, 1));
    }

    @Test
    void an_upload_that_comes_in_small_portions_does_not_become_many_objects() {
        final var bytes = bytes(400_000);
        final var id = begun(bytes);
        for (int at = 0; at < bytes.length; at += 10_000) {
            grown(append(id, at, Arrays.copyOfRange(bytes, at, at + 10_000)));
            assertTrue(keys("bytes/" + id + "/").size() <= 1 + at / Piece.LEAST_BYTES + 1);
        }
        assertInstanceOf(Standing.Finished.class, standing(id).orElseThrow());
        assertArrayEquals(bytes, read(id, 0, bytes.length));
    }

    @Test
    void an_upload_whose_node_died_after_the_last_byte_is_whole() {
        final var bytes = bytes(50_000);
        final var id = begun(bytes);
        get(objects().put("bytes/" + id + "/0/0-50000-0123456789abcdef", ByteString.fromArray(bytes)));
        final var asked = Stream.generate(() -> store.find(id).toCompletableFuture())
                .limit(5)
                .toList();
        asked.forEach(each -> assertInstanceOf(
                Standing.Finished.class, get(each).orElseThrow().standing()));
        assertArrayEquals(bytes, read(id, 0, bytes.length));
        final var wrong = begun(bytes);
        get(objects().put("bytes/" + wrong + "/0/0-50000-0123456789abcdef", ByteString.fromArray(new byte[50_000])));
        assertEquals(0, offset(wrong));
        assertEquals(List.of(), keys("bytes/" + wrong + "/"));
    }

    @Test
    void what_another_node_wrote_at_the_same_time_is_never_mixed_in() {
        final var bytes = bytes(2_000);
        final var id = begun(bytes);
        append(id, 0, Arrays.copyOf(bytes, 1_000));
        get(objects().put("bytes/" + id + "/0/0-1000-ffffffffffffffff", ByteString.fromArray(bytes(1_000))));
        append(id, 1_000, Arrays.copyOfRange(bytes, 1_000, 2_000));
        // which of the two thousands counts is open; only if it is ours may the upload be whole
        if (standing(id).orElseThrow() instanceof Standing.Unfinished) {
            assertTrue(grown(append(id, 0, bytes)).standing().isWhole());
        }
        assertArrayEquals(bytes, read(id, 0, 2_000));
    }

    @Test
    void two_nodes_that_receive_the_same_upload_at_once_end_with_one_of_them() {
        for (int run = 0; run < 10; run++) {
            final var bytes = bytes(200_000 + random.nextInt(200_000));
            final var id = begun(bytes);
            final var other = open();
            final var here = store.append(id, 0, portions(bytes, 20_000)).toCompletableFuture();
            final var there = other.append(id, 0, portions(bytes, 30_000)).toCompletableFuture();
            for (final var each : List.of(here, there)) {
                final var appended = get(each);
                assertTrue(
                        appended instanceof Appended.Grown || appended instanceof Appended.NotThere,
                        appended.toString());
            }
            assertInstanceOf(Standing.Finished.class, standing(id).orElseThrow());
            assertArrayEquals(bytes, read(id, 0, bytes.length));
            assertArrayEquals(
                    bytes,
                    get(other.read(id, 0, bytes.length)
                                    .runFold(ByteString.emptyByteString(), ByteString::concat, system()))
                            .toArray());
        }
    }

    @Test
    void what_is_begun_at_one_node_is_finished_at_another_and_bound_at_a_third() throws IOException {
        final var bytes = bytes(300_000);
        final var id = begun(bytes);
        append(id, 0, Arrays.copyOf(bytes, 150_000));
        store = open();
        assertEquals(150_000, offset(id));
        assertTrue(grown(append(id, 150_000, Arrays.copyOfRange(bytes, 150_000, 300_000)))
                .standing()
                .isWhole());
        store = open();
        assertEquals(new Outcome.Bound(), get(store.bind(FIRST, List.of(id), Instant.now())));
        store = open();
        get(store.stored(8, List.of(id)));
        assertEquals(List.of(), keys("pending/"));
        assertArrayEquals(bytes, read(id, 0, bytes.length));
    }

    // deciding

    @Test
    void of_two_messages_that_claim_an_upload_at_once_one_gets_it() {
        for (int run = 0; run < 10; run++) {
            final var id = whole(bytes(10));
            final var claims = new ArrayList<CompletableFuture<Outcome>>();
            for (int n = 0; n < 4; n++) {
                final var claim = new Claim(TALK, ADA, new MessageId("c-" + n), 7);
                claims.add(open().bind(claim, List.of(id), Instant.now()).toCompletableFuture());
            }
            final var outcomes = claims.stream().map(MediaStoreContract::get).toList();
            assertEquals(
                    1, outcomes.stream().filter(new Outcome.Bound()::equals).count(), outcomes.toString());
            assertEquals(
                    3, outcomes.stream().filter(new Outcome.Taken(id)::equals).count(), outcomes.toString());
        }
    }

    @Test
    void what_is_deleted_while_it_is_claimed_is_the_one_or_the_other() {
        for (int run = 0; run < 20; run++) {
            final var id = whole(bytes(10));
            final var bound = store.bind(FIRST, List.of(id), Instant.now()).toCompletableFuture();
            final var deleted = open().delete(id).toCompletableFuture();
            final var outcome = get(bound);
            get(deleted);
            assertTrue(
                    outcome.equals(new Outcome.Bound()) || outcome.equals(new Outcome.Missing(id)), outcome.toString());
            assertEquals(Optional.empty(), standing(id));
            assertEquals(new Outcome.Missing(id), get(store.bind(FIRST, List.of(id), Instant.now())));
        }
        assertEquals(0, get(store.held(ADA)));
    }

    @Test
    void what_was_claimed_at_the_last_moment_is_not_swept_away() {
        for (int run = 0; run < 10; run++) {
            final var id = whole(bytes(10));
            final var late = Instant.now().plus(UNSENT_FOR).plusSeconds(60); // of a node whose clock is ahead
            final var swept = open().sweep(late, UNSENT_FOR, _ -> CompletableFuture.completedStage(Optional.of(8L)))
                    .toCompletableFuture();
            final var bound = store.bind(FIRST, List.of(id), Instant.now()).toCompletableFuture();
            get(swept);
            assertEquals(get(bound).equals(new Outcome.Bound()), standing(id).isPresent());
        }
    }

    @Test
    void what_is_listed_in_several_pages_is_all_counted() throws IOException {
        final var markers =
                Files.createDirectories(server.objects().resolve(bucket).resolve("owners/ada"));
        for (int n = 0; n < 2_300; n++) {
            Files.createFile(markers.resolve(id() + ".10"));
        }
        assertEquals(2_300 * MediaFolder.LEAST_COUNTED, get(store.held(ADA)));
    }

    @Test
    void other_bytes_again_and_again_leave_nothing_behind() {
        final var bytes = bytes(1_000);
        final var id = begun(bytes);
        for (int round = 0; round < 99; round++) {
            assertEquals(new Appended.OtherBytes(), append(id, 0, bytes(1_000)));
        }
        assertEquals(List.of(), keys("bytes/"));
        assertEquals(new Appended.OtherBytes(), append(id, 0, bytes(1_000)));
        assertEquals(new Appended.Gone(), append(id, 0, bytes), "enough is enough");
    }

    // deaths in between

    @Test
    void what_was_counted_by_a_node_that_died_does_not_count_for_ever() {
        get(objects().put("owners/ada/" + id() + "." + QUOTA, ByteString.emptyByteString()));
        final var now = new Upload(id(), ADA, TALK, 5_000, Octets.of(new byte[32]), Instant.now());
        assertInstanceOf(Creation.OverQuota.class, get(store.create(now, QUOTA)), "it may just have begun");
        final var tomorrow = Instant.now().plus(Duration.ofHours(25));
        final var later = new Upload(id(), ADA, TALK, 5_000, Octets.of(new byte[32]), tomorrow);
        assertInstanceOf(Creation.Created.class, get(store.create(later, QUOTA)));
    }

    @Test
    void a_damaged_record_is_reported_and_keeps_nothing_else_from_being_swept() {
        final var damaged = whole(bytes(10));
        get(objects().put("pending/" + damaged + "/upload.json", text("{\"id\":")));
        whole(bytes(10));
        assertEquals(new Swept(1, 0, 0, 1), swept(Instant.now().plus(Duration.ofHours(25)), _ -> Optional.empty()));
        final var failure = assertThrows(CompletionException.class, () -> get(store.find(damaged)));
        assertInstanceOf(IOException.class, failure.getCause());
    }

    @Test
    void a_deletion_that_was_cut_off_goes_on_and_its_trace_goes_after_a_day() {
        final var id = whole(bytes(10));
        get(objects().put("pending/" + id + "/gone", ByteString.emptyByteString()));
        assertEquals(Optional.empty(), standing(id));
        swept(Instant.now(), _ -> Optional.empty());
        assertEquals(List.of("pending/" + id + "/claim.json", "pending/" + id + "/gone"), keys("pending/"));
        assertEquals(List.of(), keys("bytes/"));
        assertEquals(List.of(), keys("owners/"));
        get(objects().put("bytes/" + id + "/0/0-1-0123456789abcdef", text("x"))); // by a connection that was late
        swept(Instant.now().plus(Duration.ofHours(25)), _ -> Optional.empty());
        assertEquals(List.of(), keys(""));
    }

    @Test
    void a_move_that_was_cut_off_goes_on() {
        final var id = whole(bytes(10));
        get(store.bind(FIRST, List.of(id), Instant.now()));
        final var pending = keys("pending/").stream()
                .map(key -> get(objects().get(key)).orElseThrow())
                .toList();
        final var names = keys("pending/");
        get(store.stored(8, List.of(id)));
        for (int n = 0; n < names.size(); n++) { // as if the node had died before it deleted them
            get(objects().put(names.get(n), pending.get(n)));
        }
        final var standing =
                assertInstanceOf(Standing.Claimed.class, standing(id).orElseThrow());
        assertEquals(8, standing.seq().orElseThrow());
        assertEquals(new Swept(0, 1, 0, 0), swept(Instant.now().plus(Duration.ofHours(25)), _ -> Optional.empty()));
        assertEquals(List.of(), keys("pending/"));
        assertEquals(10, read(id, 0, 10).length);
    }

    // a store that cannot be used

    @Test
    void what_cannot_be_used_says_why() {
        final var upload = new Upload(id(), ADA, TALK, 10, Octets.of(new byte[32]), Instant.now());
        assertFails(
                "refuses the key",
                open(settings(bucket, "another", server.endpoint())).create(upload, QUOTA));
        final var nowhere = settings("no-such-bucket", S3Server.SECRET_KEY, server.endpoint());
        assertFails(
                "no-such-bucket at " + server.endpoint() + " does not exist",
                open(nowhere).create(upload, QUOTA));
        final var nobody = URI.create("http://127.0.0.1:1");
        assertFails(
                "cannot be reached",
                open(settings(bucket, S3Server.SECRET_KEY, nobody)).create(upload, QUOTA));
    }

    @Test
    void a_store_that_forgets_the_condition_takes_no_uploads() throws IOException {
        try (var forgetful = new ForgetfulStore()) {
            final var settings = settings(bucket, S3Server.SECRET_KEY, forgetful.endpoint());
            assertFails("If-None-Match", open(settings).create(upload(), QUOTA));
            assertFails("If-None-Match", open(settings).bind(FIRST, List.of(id()), Instant.now()));
            forgetful.remembers();
            assertInstanceOf(Creation.Created.class, get(open(settings).create(upload(), QUOTA)));
        }
    }

    private static void assertFails(final String why, final CompletionStage<?> work) {
        final var failure = assertThrows(CompletionException.class, () -> get(work));
        final var cause = assertInstanceOf(IOException.class, failure.getCause(), failure.toString());
        final var said = String.valueOf(cause.getMessage());
        assertTrue(said.contains(why), said);
        assertTrue(!said.contains(S3Server.SECRET_KEY), "keys are no messages");
    }

    @Test
    @Tag("slow")
    void a_server_that_is_killed_in_the_middle_of_an_upload_loses_nothing(@TempDir final Path own) throws IOException {
        final var fragile = S3Server.start(own);
        try {
            final var settings = settings(S3Server.BUCKET, S3Server.SECRET_KEY, fragile.endpoint());
            store = open(settings);
            final var bytes = bytes(9_000_000);
            final var kept = whole(Arrays.copyOf(bytes, 100_000));
            final var id = begun(bytes);
            final var first = portions(Arrays.copyOf(bytes, 5_000_000), 50_000).concatLazy(Source.maybe());
            final var running = store.append(id, 0, first).toCompletableFuture();
            Waiting.until(Duration.ofSeconds(15), () -> offset(id) == 5_000_000, () -> "the first half came");
            fragile.kill();
            assertFails("cannot be reached", store.find(id));
            assertFails("cannot be reached", store.create(upload(), QUOTA));
            assertFails("cannot be reached", store.bind(FIRST, List.of(kept), Instant.now()));
            assertFails("cannot be reached", store.append(id, 5_000_000, Source.single(text("x"))));
            assertTrue(running.isCompletedExceptionally(), "the connection before was ended by the last");
            fragile.startAndWait();
            assertEquals(5_000_000, offset(id));
            final var rest = portions(Arrays.copyOfRange(bytes, 5_000_000, bytes.length), 50_000);
            assertTrue(grown(get(store.append(id, 5_000_000, rest))).standing().isWhole());
            assertArrayEquals(bytes, read(id, 0, bytes.length));
            assertEquals(new Outcome.Bound(), get(store.bind(FIRST, List.of(kept, id), Instant.now())));
            assertArrayEquals(Arrays.copyOf(bytes, 100_000), read(kept, 0, 100_000));
        } finally {
            fragile.kill();
        }
    }

    private Upload upload() {
        return new Upload(id(), ADA, TALK, 10, Octets.of(new byte[32]), Instant.now());
    }

    @Test
    @Tag("slow")
    void a_server_that_is_killed_while_bytes_come_ends_the_connection_and_keeps_what_was_written(
            @TempDir final Path own) throws IOException {
        final var fragile = S3Server.start(own);
        try {
            store = open(settings(S3Server.BUCKET, S3Server.SECRET_KEY, fragile.endpoint()));
            final var bytes = bytes(9_000_000);
            final var id = begun(bytes);
            final var killed = new AtomicInteger();
            final var source = portions(bytes, 50_000).map(portion -> {
                if (killed.incrementAndGet() == 110) { // the first piece is written or about to be
                    fragile.kill();
                }
                return portion;
            });
            assertFails("cannot be reached", store.append(id, 0, source));
            fragile.startAndWait();
            final int at = (int) offset(id);
            assertTrue(at < bytes.length, "it is not whole");
            assertTrue(grown(get(store.append(id, at, portions(Arrays.copyOfRange(bytes, at, bytes.length), 50_000))))
                    .standing()
                    .isWhole());
            assertArrayEquals(bytes, read(id, 0, bytes.length));
        } finally {
            fragile.kill();
        }
    }

    @Test
    void objects_are_where_the_manual_says() throws IOException {
        final var id = whole(bytes(10));
        get(store.bind(FIRST, List.of(id), Instant.now()));
        get(store.stored(8, List.of(id)));
        assertTrue(Files.exists(server.objects().resolve(bucket).resolve("kept/" + id + ".json")));
        assertEquals(List.of("owners/ada/" + id + ".10"), keys("owners/"));
        final MediaId unknown = id();
        get(store.delete(unknown));
        get(store.delete(id));
        assertEquals(Optional.empty(), standing(id));
        assertEquals(List.of(), keys("kept/"));
        assertEquals(List.of(), keys("owners/"));
    }
}
