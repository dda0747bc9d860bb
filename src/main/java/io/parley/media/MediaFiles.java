package io.parley.media;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.parley.conversation.MediaDesk;
import io.parley.id.MediaId;
import io.parley.id.UserId;
import io.parley.store.Checksum;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.javadsl.FileIO;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/// Uploads in a directory ([MediaFolder]). Bytes go from the socket to the file and back in pieces of the size
/// they come in; memory does not grow with what is uploaded.
public final class MediaFiles implements MediaStore {
    /// What is read from a file at once.
    private static final int READ_BYTES = 64 << 10;

    /// Portions between the network and the disk, each of up to 128 KiB: Pekko's usual 16 are 2 MiB for each
    /// connection.
    private static final Attributes LITTLE_AHEAD = Attributes.inputBuffer(1, 2);

    /// Of so many unfinished uploads it is remembered how their hash goes on; others are read once more at the
    /// end.
    private static final int HASHES_MAX = 1_000;

    private final MediaFolder folder;
    private final ActorSystem<?> system;
    private final Duration unsentFor;
    private final Executor blocking;
    private final Turns turns = new Turns();
    private final Map<MediaId, Hashed> hashes = new LinkedHashMap<>(16, 0.75f, true) { // guarded by itself
                @java.io.Serial
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(final Map.Entry<MediaId, Hashed> eldest) {
                    return size() > HASHES_MAX;
                }
            };

    /// How far an upload has been hashed while it came.
    private static final class Hashed {
        private final MessageDigest digest = Checksum.sha256();

        /// Otherwise the digest lacks what came before, and is of no use.
        private final boolean fromStart;

        private long bytes;

        /// When this node was last seen to write the file.
        private FileTime left = FileTime.fromMillis(0);

        Hashed(final long offset) {
            this.fromStart = offset == 0;
            this.bytes = offset;
        }

        void add(final ByteString part) {
            if (fromStart) {
                part.getByteBuffers().forEach(digest::update);
            }
            bytes += part.size();
        }
    }

    private MediaFiles(final MediaFolder folder, final Duration unsentFor, final ActorSystem<?> system) {
        this.folder = folder;
        this.unsentFor = unsentFor;
        this.system = system;
        this.blocking = system.dispatchers().lookup(DispatcherSelector.blocking());
    }

    /// Opens a directory, or makes it.
    ///
    /// @throws IOException if it cannot be used
    public static MediaFiles open(final Path directory, final Duration unsentFor, final ActorSystem<?> system)
            throws IOException {
        return new MediaFiles(new MediaFolder(directory, unsentFor), unsentFor, system);
    }

    /// What blocks.
    @FunctionalInterface
    private interface Blocking<T> {
        T run() throws IOException;
    }

    private <T> CompletionStage<T> blocking(final Blocking<T> work) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return work.run();
                    } catch (final IOException failed) {
                        throw new CompletionException(failed);
                    }
                },
                blocking);
    }

    @Override
    public CompletionStage<Creation> create(final Upload upload, final long quotaBytes) {
        return blocking(() -> {
            final var creation = folder.create(upload, quotaBytes);
            return creation instanceof Creation.Created && upload.bytes() == 0
                    ? new Creation.Created(settled(upload.id()).orElseThrow())
                    : creation;
        });
    }

    @Override
    public CompletionStage<Optional<Found>> find(final MediaId id) {
        return blocking(() -> settled(id));
    }

    /// An upload; one whose node died between its last byte and its name is finished first.
    private Optional<Found> settled(final MediaId id) throws IOException {
        final var found = folder.find(id);
        if (found.isPresent()
                && found.get().standing() instanceof Standing.Unfinished(final long offset, final var _)
                && offset == found.get().upload().bytes()
                && !turns.isTaken(id)) {
            finish(found.get().upload());
            return folder.find(id);
        }
        return found;
    }

    @Override
    public CompletionStage<Appended> append(final MediaId id, final long offset, final Source<ByteString, ?> bytes) {
        return turns.next(id, bytes, mine -> receive(id, offset, mine));
    }

    private CompletionStage<Appended> receive(final MediaId id, final long offset, final Source<ByteString, ?> bytes) {
        return blocking(() -> opened(id, offset)).thenCompose(opened -> switch (opened) {
            case Opened.No(final var why) -> CompletableFuture.completedStage(why);
            case Opened.Yes(final var upload, final var lock) ->
                written(upload, offset, bytes)
                        .thenCompose(end -> blocking(() -> end(upload, end)))
                        .whenComplete((_, _) -> release(lock));
        });
    }

    /// Whether bytes may be written.
    private sealed interface Opened {
        record Yes(Upload upload, FileLock lock) implements Opened {}

        record No(Appended why) implements Opened {}
    }

    private Opened opened(final MediaId id, final long offset) throws IOException {
        final var found = folder.find(id);
        if (found.isEmpty()) {
            return new Opened.No(new Appended.Gone());
        }
        final var upload = found.get().upload();
        if (!(found.get().standing() instanceof Standing.Unfinished)) {
            return new Opened.No(
                    offset == upload.bytes() ? new Appended.Grown(found.get()) : new Appended.NotThere(upload.bytes()));
        }
        final var channel = FileChannel.open(folder.part(id), CREATE, WRITE);
        final var lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            return new Opened.No(new Appended.Busy());
        }
        if (channel.size() != offset) {
            final long there = channel.size();
            release(lock);
            return new Opened.No(new Appended.NotThere(there));
        }
        return new Opened.Yes(upload, lock);
    }

    private static void release(final FileLock lock) {
        try {
            lock.acquiredBy().close();
        } catch (final IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// How the bytes ended.
    private enum End {
        WELL,
        TOO_MANY
    }

    private CompletionStage<End> written(final Upload upload, final long offset, final Source<ByteString, ?> bytes) {
        final var hashed = hashedTo(upload.id(), offset);
        return bytes.map(part -> {
                    if (part.size() > upload.bytes() - hashed.bytes) {
                        throw new TooMuch();
                    }
                    hashed.add(part);
                    return part;
                })
                .runWith(
                        FileIO.toPath(folder.part(upload.id()), Set.of(WRITE), offset)
                                .addAttributes(LITTLE_AHEAD),
                        system)
                .handle((_, failure) -> {
                    remember(upload.id(), hashed);
                    if (failure == null) {
                        return End.WELL;
                    }
                    if (rootOf(failure) instanceof TooMuch) {
                        return End.TOO_MANY;
                    }
                    throw failure instanceof CompletionException known ? known : new CompletionException(failure);
                });
    }

    private Appended end(final Upload upload, final End end) throws IOException {
        if (end == End.TOO_MANY) {
            return new Appended.TooMany();
        }
        final var found = folder.find(upload.id());
        if (found.isEmpty()) {
            return new Appended.Gone();
        }
        if (found.get().standing() instanceof Standing.Unfinished(final long offset, final var _)
                && offset == upload.bytes()) {
            return finish(upload)
                    ? folder.find(upload.id())
                            .<Appended>map(Appended.Grown::new)
                            .orElseGet(Appended.Gone::new)
                    : new Appended.OtherBytes();
        }
        return new Appended.Grown(found.get());
    }

    // hashes

    /// The digest over what is there, if this node was there when it came. What was hashed and is not in the
    /// file, because writing failed, shows in the two lengths; what another node has written since, also in
    /// place of it, in the file's time.
    private Hashed hashedTo(final MediaId id, final long offset) {
        final Hashed known;
        synchronized (hashes) {
            known = hashes.remove(id);
        }
        return known != null && known.bytes == offset && known.left.equals(writtenAt(id)) ? known : new Hashed(offset);
    }

    private void remember(final MediaId id, final Hashed hashed) {
        if (hashed.fromStart) {
            hashed.left = writtenAt(id);
            synchronized (hashes) {
                hashes.put(id, hashed);
            }
        }
    }

    private FileTime writtenAt(final MediaId id) {
        try {
            return Files.getLastModifiedTime(folder.part(id));
        } catch (final IOException gone) {
            return FileTime.fromMillis(-1); // of no file
        }
    }

    private boolean finish(final Upload upload) throws IOException {
        final var hashed = hashedTo(upload.id(), upload.bytes());
        return folder.finish(
                upload, hashed.fromStart || upload.bytes() == 0 ? hashed.digest : digestOf(folder.part(upload.id())));
    }

    private static MessageDigest digestOf(final Path file) throws IOException {
        final var digest = Checksum.sha256();
        final var buffer = ByteBuffer.allocate(READ_BYTES);
        try (var channel = FileChannel.open(file, READ)) {
            while (channel.read(buffer.clear()) >= 0) {
                digest.update(buffer.flip());
            }
        }
        return digest;
    }

    // reading

    @Override
    public CompletionStage<OptionalLong> length(final MediaId id) {
        return blocking(() -> folder.length(id));
    }

    @Override
    public Source<ByteString, ?> read(final MediaId id, final long from, final long length) {
        return Source.lazySource(() -> folder.bytes(id)
                        .<Source<ByteString, ?>>map(file -> FileIO.fromPath(file, READ_BYTES, from))
                        .orElseGet(() -> Source.failed(new NoSuchFileException(id.value()))))
                .statefulMap(
                        () -> length,
                        (left, part) -> Pair.create(
                                left - part.size(), left >= part.size() ? part : part.take(left.intValue())),
                        _ -> Optional.empty())
                .takeWhile(part -> part.nonEmpty())
                .addAttributes(LITTLE_AHEAD);
    }

    // the messages that carry them

    @Override
    public CompletionStage<MediaDesk.Outcome> bind(
            final MediaDesk.Claim claim, final List<MediaId> media, final Instant now) {
        return blocking(() -> {
            for (final var id : media) {
                final var obstacle = Claims.obstacle(id, settled(id), claim, now, unsentFor);
                if (obstacle.isPresent()) {
                    return obstacle.get();
                }
            }
            folder.claim(claim, media, now);
            return new MediaDesk.Outcome.Bound();
        });
    }

    @Override
    public CompletionStage<Done> stored(final long seq, final List<MediaId> media) {
        return blocking(() -> {
            folder.keep(seq, media);
            return Done.getInstance();
        });
    }

    // the end

    @Override
    public CompletionStage<Done> delete(final MediaId id) {
        turns.end(id, "the upload was deleted");
        return blocking(() -> {
            folder.delete(id);
            return Done.getInstance();
        });
    }

    @Override
    public CompletionStage<Long> held(final UserId owner) {
        return blocking(() -> folder.held(owner));
    }

    @Override
    public CompletionStage<Swept> sweep(
            final Instant now,
            final Duration unsure,
            final Function<MediaDesk.Claim, CompletionStage<Optional<Long>>> sought) {
        return blocking(() -> {
                    folder.clear(now);
                    return folder.pending();
                })
                .thenCompose(new Sweep(this, now, unsure, id -> delete(id).thenApply(_ -> true), sought)::over);
    }

    private static Throwable rootOf(final Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
