package io.parley.scenario;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.client.ClientRuntime;
import io.parley.client.ClientSettings;
import io.parley.client.FetchOutcome;
import io.parley.client.FileTransfers;
import io.parley.client.TokenSource;
import io.parley.client.Transfer;
import io.parley.client.TransferListener;
import io.parley.client.UploadOutcome;
import io.parley.content.Octets;
import io.parley.id.ConversationId;
import io.parley.id.MediaId;
import io.parley.id.UserId;
import io.parley.protocol.ErrorCode;
import io.parley.store.Checksum;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The Java client's files over a network that breaks, to a real node.
final class FileTransfersTest {
    private static final int BYTES = 24 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final ClientSettings QUICK =
            ClientSettings.DEFAULTS.withBackoff(Duration.ofMillis(20), Duration.ofMillis(200));

    private final World world = SharedNode.world();
    private final Device ada = world.person("ada");
    private final Relay relay = new Relay(world.port());
    private final ConversationId notes = new ConversationId(ada.user() + "~" + ada.user());

    @TempDir
    private Path directory;

    private Path file;
    private byte[] bytes = new byte[BYTES];

    @BeforeEach
    void write() throws IOException {
        new Random(11).nextBytes(bytes);
        file = Files.write(directory.resolve("harbour.jpg"), bytes);
    }

    @AfterEach
    void close() {
        relay.close();
        world.close();
    }

    private FileTransfers files(final Duration patience, final int... ports) {
        return new FileTransfers(
                Arrays.stream(ports)
                        .mapToObj(port -> URI.create("http://127.0.0.1:" + port))
                        .toList(),
                TokenSource.fixed(new UserId(ada.user()), ada.token()),
                directory.resolve("state"),
                patience,
                QUICK,
                ClientRuntime.shared());
    }

    private FileTransfers files() {
        return files(PATIENCE, relay.port());
    }

    private static <T> T ended(final Transfer<T> transfer) {
        return transfer.outcome().orTimeout(60, TimeUnit.SECONDS).join();
    }

    private Transfer<UploadOutcome> upload(final FileTransfers by, final TransferListener listener) {
        return by.upload(file, notes, Optional.of("image/jpeg"), listener);
    }

    private UploadOutcome.Uploaded uploaded() {
        return assertInstanceOf(UploadOutcome.Uploaded.class, ended(upload(files(), TransferListener.SILENT)));
    }

    private Transfer<FetchOutcome> fetch(final MediaId media, final Path into, final TransferListener listener) {
        return files().fetch(media, into, OptionalLong.of(BYTES), Optional.empty(), false, listener);
    }

    /// Does something each time another part of a file has moved.
    private static TransferListener at(final int parts, final Runnable what) {
        final var next = new AtomicLong(BYTES / parts);
        return (phase, done, total) -> {
            if (phase == TransferListener.Phase.MOVING && done < total && done >= next.get()) {
                next.addAndGet(total / parts);
                what.run();
            }
        };
    }

    @Test
    void an_upload_goes_on_over_cuts_and_arrives_as_it_is() throws IOException {
        final var cuts = new AtomicInteger();
        final var outcome = ended(upload(files(), at(6, () -> {
            cuts.incrementAndGet();
            relay.breaksOnce();
        })));
        final var uploaded = assertInstanceOf(UploadOutcome.Uploaded.class, outcome);
        assertTrue(cuts.get() >= 3, cuts + " cuts");
        assertEquals(Octets.of(Checksum.sha256().digest(bytes)), uploaded.sha256());
        assertEquals(BYTES, uploaded.bytes());
        final var back = new Uploader(world, ada).downloads(uploaded.media().value(), Map.of());
        assertArrayEquals(bytes, back.expect(200).body());
        assertEquals(uploaded, uploaded(), "begun again it is the same");
        files().forget(file, notes);
        assertFalse(uploaded.media().equals(uploaded().media()), "until it is forgotten");
    }

    @Test
    void a_cancelled_upload_goes_on_in_another_process_where_it_was() {
        final var first =
                new java.util.concurrent.atomic.AtomicReference<Optional<Transfer<UploadOutcome>>>(Optional.empty());
        final var begun = new java.util.concurrent.CountDownLatch(1);
        first.set(Optional.of(upload(files(), at(2, () -> {
            try {
                begun.await();
            } catch (final InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
            first.get().orElseThrow().cancel();
        }))));
        begun.countDown();
        assertInstanceOf(UploadOutcome.Cancelled.class, ended(first.get().orElseThrow()));
        final var lowest = new AtomicLong(Long.MAX_VALUE);
        final var hashed = new AtomicLong();
        final var outcome = ended(upload(files(), (phase, done, _) -> {
            if (phase == TransferListener.Phase.MOVING) {
                lowest.accumulateAndGet(done, Math::min);
            } else {
                hashed.set(done);
            }
        }));
        assertInstanceOf(UploadOutcome.Uploaded.class, outcome);
        assertTrue(lowest.get() > 0, "it began anew");
        assertEquals(0, hashed.get(), "its hash was known");
    }

    @Test
    void a_file_that_is_written_to_meanwhile_is_refused_and_so_is_nothing_else() throws IOException {
        final var outcome = ended(upload(files(), at(3, () -> {
            try {
                Files.write(file, new byte[] {1}, StandardOpenOption.WRITE);
                Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(5)));
            } catch (final IOException failed) {
                throw new UncheckedIOException(failed);
            }
        })));
        assertEquals(new UploadOutcome.Changed(file), outcome);
        bytes = Files.readAllBytes(file);
        assertEquals(Octets.of(Checksum.sha256().digest(bytes)), uploaded().sha256(), "as it is now");
    }

    @Test
    void a_change_that_leaves_length_and_time_as_they_were_is_found_by_the_server() throws IOException {
        final var before = Files.getLastModifiedTime(file);
        final var done = new AtomicInteger();
        final var outcome = ended(upload(files(), at(4, () -> {
            if (done.getAndIncrement() == 0) {
                try {
                    final var other = bytes.clone();
                    other[BYTES - 1] ^= 1;
                    Files.write(file, other);
                    Files.setLastModifiedTime(file, before);
                } catch (final IOException failed) {
                    throw new UncheckedIOException(failed);
                }
            }
        })));
        assertEquals(new UploadOutcome.Changed(file), outcome);
    }

    @Test
    void another_node_of_the_list_is_found_and_none_is_told_of_with_patience() {
        final int gone;
        try (var closed = new Relay(world.port())) {
            gone = closed.port();
        }
        assertInstanceOf(
                UploadOutcome.Uploaded.class,
                ended(upload(files(PATIENCE, gone, relay.port()), TransferListener.SILENT)));
        files().forget(file, notes);
        final var waits = new AtomicInteger();
        final var outcome = ended(upload(files(Duration.ofMillis(700), gone), new TransferListener() {
            @Override
            public void progress(final Phase phase, final long done, final long total) {}

            @Override
            public void waiting(final Duration wait, final String why) {
                waits.incrementAndGet();
            }
        }));
        assertInstanceOf(UploadOutcome.Unreachable.class, outcome);
        assertTrue(waits.get() > 2, "it tried again");
    }

    @Test
    void what_the_server_does_not_take_is_told_with_its_reason() {
        final var outcome =
                ended(files().upload(file, new ConversationId("bo~eve"), Optional.empty(), TransferListener.SILENT));
        final var refused = assertInstanceOf(UploadOutcome.Refused.class, outcome);
        assertEquals(ErrorCode.FORBIDDEN, refused.code());
        assertInstanceOf(
                UploadOutcome.Unreadable.class,
                ended(files().upload(directory.resolve("none"), notes, Optional.empty(), TransferListener.SILENT)));
        final var stranger = new FileTransfers(
                List.of(URI.create("http://127.0.0.1:" + relay.port())),
                TokenSource.fixed(new UserId(ada.user()), "no-token"),
                directory.resolve("stranger"),
                PATIENCE,
                QUICK,
                ClientRuntime.shared());
        assertEquals(new UploadOutcome.LoginEnded(), ended(upload(stranger, TransferListener.SILENT)));
    }

    @Test
    void a_file_is_fetched_over_cuts_and_nothing_is_written_over() throws IOException {
        final var media = uploaded().media();
        final var into = directory.resolve("copy.jpg");
        final var cuts = new AtomicInteger();
        final var outcome = ended(fetch(media, into, at(5, () -> {
            cuts.incrementAndGet();
            relay.breaksOnce();
        })));
        assertEquals(new FetchOutcome.Fetched(into, BYTES), outcome);
        assertTrue(cuts.get() >= 2, cuts + " cuts");
        assertArrayEquals(bytes, Files.readAllBytes(into));
        assertEquals(List.of("copy.jpg", "harbour.jpg", "state"), names(), "nothing else is left");
        Files.writeString(into, "mine");
        assertEquals(new FetchOutcome.Exists(into), ended(fetch(media, into, TransferListener.SILENT)));
        assertEquals("mine", Files.readString(into));
        assertEquals(
                new FetchOutcome.Fetched(into, BYTES),
                ended(files().fetch(
                                media, into, OptionalLong.empty(), Optional.empty(), true, TransferListener.SILENT)));
        assertArrayEquals(bytes, Files.readAllBytes(into));
    }

    private List<String> names() throws IOException {
        try (var all = Files.list(directory)) {
            return all.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void fetching_goes_on_with_a_part_of_the_same_and_begins_anew_on_one_of_another() throws IOException {
        final var media = uploaded().media();
        final var into = directory.resolve("copy.jpg");
        final var part = directory.resolve("copy.jpg.part");
        final var tag = "\"" + Octets.of(Checksum.sha256().digest(bytes)).base64url() + "\"";
        Files.write(part, Arrays.copyOf(bytes, BYTES / 2));
        Files.writeString(directory.resolve("copy.jpg.part.of"), media + " " + tag);
        final var lowest = new AtomicLong(Long.MAX_VALUE);
        final TransferListener watching = (phase, done, _) -> {
            if (phase == TransferListener.Phase.MOVING) {
                lowest.accumulateAndGet(done, Math::min);
            }
        };
        assertEquals(new FetchOutcome.Fetched(into, BYTES), ended(fetch(media, into, watching)));
        assertTrue(lowest.get() > BYTES / 2, "from the middle on");
        Files.delete(into);
        Files.write(part, new byte[BYTES / 2]); // of something else
        Files.writeString(directory.resolve("copy.jpg.part.of"), "0".repeat(32) + " " + tag);
        assertEquals(new FetchOutcome.Fetched(into, BYTES), ended(fetch(media, into, TransferListener.SILENT)));
        assertArrayEquals(bytes, Files.readAllBytes(into));
        Files.delete(into);
        Files.write(part, bytes); // all of it, and the process ended
        Files.writeString(directory.resolve("copy.jpg.part.of"), media + " " + tag);
        assertEquals(new FetchOutcome.Fetched(into, BYTES), ended(fetch(media, into, TransferListener.SILENT)));
    }

    @Test
    void what_is_not_what_it_should_be_is_not_kept() throws IOException {
        final var media = uploaded().media();
        final var into = directory.resolve("copy.jpg");
        final var tag = "\"" + Octets.of(Checksum.sha256().digest(bytes)).base64url() + "\"";
        Files.write(directory.resolve("copy.jpg.part"), new byte[BYTES / 2]); // spoilt on this disk
        Files.writeString(directory.resolve("copy.jpg.part.of"), media + " " + tag);
        assertInstanceOf(FetchOutcome.Damaged.class, ended(fetch(media, into, TransferListener.SILENT)));
        assertEquals(List.of("harbour.jpg", "state"), names());
        final var small =
                files().fetch(media, into, OptionalLong.of(10), Optional.empty(), false, TransferListener.SILENT);
        assertInstanceOf(FetchOutcome.Damaged.class, ended(small), "larger than it was said to be");
        final var none = ended(fetch(new MediaId("0".repeat(32)), into, TransferListener.SILENT));
        assertEquals(
                ErrorCode.NOT_FOUND,
                assertInstanceOf(FetchOutcome.Refused.class, none).code());
        assertEquals(List.of("harbour.jpg", "state"), names());
    }
}
