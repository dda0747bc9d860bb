package io.parley.media;

import static java.nio.file.StandardOpenOption.READ;

import io.parley.id.MediaId;
import io.parley.store.Checksum;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Looks at every upload of a directory ([MediaFolder]) and says which are lost or damaged. Changes nothing,
/// and may run beside nodes that use the directory: what they move or throw away meanwhile is no damage. Holds
/// one upload at a time in memory.
public final class MediaCheck {
    private static final int READ_BYTES = 1 << 20;
    private static final long TELL_NANOS = Duration.ofSeconds(3).toNanos();

    /// How long ago an upload must have been counted for it to have to be there: a node that begins one counts
    /// first.
    private static final Duration BEGUN = Duration.ofMinutes(1);

    /// An upload may be moved between two looks, and then once more be finished.
    private static final int LOOKS_MAX = 4;

    /// What came of it.
    ///
    /// @param uploads    how many were looked at
    /// @param bytes      of the whole ones among them, that were there
    /// @param unfinished how many of them have not come whole yet
    /// @param damaged    how many were reported
    public record Result(long uploads, long bytes, long unfinished, long damaged) {}

    /// What is found to be wrong with an upload.
    private sealed interface Look {
        record Good(long bytes) implements Look {}

        record Unfinished() implements Look {}

        /// @param certain whether no second look can say otherwise
        record Damaged(long bytes, String what, boolean certain) implements Look {
            Damaged(final String what) {
                this(0, what, false);
            }
        }
    }

    private final Path root;
    private final Path kept;
    private final boolean quick;
    private final Consumer<String> says;
    private final LongSupplier nanos;
    private long uploads;
    private long bytes;
    private long unfinished;
    private long damaged;
    private long allUploads;
    private long allBytes;
    private long toldNanos;

    private MediaCheck(final Path root, final boolean quick, final Consumer<String> says, final LongSupplier nanos) {
        this.root = root;
        this.kept = root.resolve(MediaFolder.KEPT);
        this.quick = quick;
        this.says = says;
        this.nanos = nanos;
    }

    /// Looks at all of them.
    ///
    /// @param root  of the uploads
    /// @param quick only at their lengths, and not at each byte
    /// @param says  is told of each that is lost or damaged, and every few seconds how far it is, line by line
    /// @param nanos a clock that never goes back
    /// @throws IOException if the directory itself cannot be read: then it is not known what is in it
    public static Result run(
            final Path root, final boolean quick, final Consumer<String> says, final LongSupplier nanos)
            throws IOException {
        final var directory = root.toAbsolutePath().normalize();
        if (!Files.isDirectory(directory.resolve(MediaFolder.KEPT))
                || !Files.isDirectory(directory.resolve(MediaFolder.PENDING))) {
            throw new IOException("there are no uploads in " + directory + ": name the directory with PARLEY_MEDIA_DIR"
                    + " (of one node: PARLEY_DATA_DIR)");
        }
        try {
            return new MediaCheck(directory, quick, says, nanos).all();
        } catch (final DirectoryIteratorException broken) {
            throw broken.getCause();
        }
    }

    /// Looks at one place.
    @FunctionalInterface
    private interface Visit {
        void at(Path place) throws IOException;
    }

    private Result all() throws IOException {
        says.accept("Looking at " + root);
        each(place -> {
            allUploads++;
            allBytes += sizeOf(place.resolve(MediaFolder.BYTES)).orElse(0L);
        });
        says.accept("There are " + allUploads + " uploads with " + allBytes + " bytes");
        toldNanos = nanos.getAsLong();
        each(this::look);
        each(root.resolve(MediaFolder.OWNERS), owner -> each(owner, mark -> counted(owner, mark)));
        return new Result(uploads, bytes, unfinished, damaged);
    }

    /// First those that wait: one that is moved meanwhile is seen where it goes to.
    private void each(final Visit visit) throws IOException {
        each(root.resolve(MediaFolder.PENDING), visit);
        each(kept, shelf -> each(shelf, visit));
    }

    private static void each(final Path directory, final Visit visit) throws IOException {
        try (var places = Files.newDirectoryStream(directory)) {
            for (final var place : places) {
                visit.at(place);
            }
        } catch (final NoSuchFileException | NotDirectoryException none) {
            // thrown away since its name was read, or a file that somebody put there
        }
    }

    private static Optional<Long> sizeOf(final Path file) throws IOException {
        try {
            return Optional.of(Files.size(file));
        } catch (final NoSuchFileException none) {
            return Optional.empty();
        }
    }

    private void look(final Path place) {
        final var id = MediaId.parse(place.getFileName().toString());
        if (id.isEmpty()) {
            report(place.getFileName().toString(), "this is no upload; nothing of Parley's makes it", Optional.empty());
            return;
        }
        Look look = new Look.Damaged("");
        for (int looks = 0; looks < LOOKS_MAX; looks++) {
            look = lookOnce(id.get(), place);
            if (!(look instanceof final Look.Damaged damage) || damage.certain()) {
                break;
            }
            if (!Files.isDirectory(place)) {
                return; // it was moved, or thrown away
            }
        }
        uploads++;
        switch (look) {
            case Look.Good(final long there) -> bytes += there;
            case Look.Unfinished _ -> unfinished++;
            case Look.Damaged(final long there, final var what, final boolean _) -> {
                bytes += there;
                report(id.get().value(), what, Optional.of(place));
            }
        }
        progress(bytes);
    }

    private Look lookOnce(final MediaId id, final Path place) {
        final Upload upload;
        try {
            upload = MediaRecords.upload(Files.readAllBytes(place.resolve(MediaFolder.UPLOAD)));
            if (!upload.id().equals(id)) {
                return new Look.Damaged("its record is that of " + upload.id());
            }
            final var claim = place.resolve(MediaFolder.CLAIM);
            if (Files.exists(claim) || isKept(place)) {
                final var claimed = MediaRecords.claim(Files.readAllBytes(claim));
                if (isKept(place) && claimed.seq().isEmpty()) {
                    return new Look.Damaged("it is kept, and its record does not say for which message");
                }
            }
        } catch (final NoSuchFileException missing) {
            return new Look.Damaged("its record is missing: " + name(missing));
        } catch (final IOException unreadable) {
            return new Look.Damaged("its record cannot be read: " + unreadable.getMessage());
        }
        if (isKept(place) && MediaFolder.places(root, id).noneMatch(place::equals)) {
            return new Look.Damaged("it stands in the wrong place, where no node looks for it");
        }
        try {
            return bytes(upload, place);
        } catch (final IOException unreadable) {
            return new Look.Damaged("its bytes cannot be read: " + unreadable.getMessage());
        }
    }

    private Look bytes(final Upload upload, final Path place) throws IOException {
        final var size = sizeOf(place.resolve(MediaFolder.BYTES));
        if (size.isEmpty()) {
            return !isKept(place) && Files.exists(place.resolve(MediaFolder.PART))
                    ? new Look.Unfinished()
                    : new Look.Damaged("its bytes are missing: " + upload.bytes() + " of them");
        }
        if (size.get() != upload.bytes()) {
            return new Look.Damaged(size.get(), "it has " + size.get() + " bytes instead of " + upload.bytes(), false);
        }
        return quick || isRight(upload, place.resolve(MediaFolder.BYTES))
                ? new Look.Good(size.get())
                : new Look.Damaged(size.get(), "its bytes have another SHA-256 than they had when they came", true);
    }

    private boolean isRight(final Upload upload, final Path file) throws IOException {
        final var digest = Checksum.sha256();
        final var buffer = ByteBuffer.allocate(READ_BYTES);
        long read = 0;
        try (var channel = FileChannel.open(file, READ)) {
            while (channel.read(buffer.clear()) >= 0) {
                read += buffer.position();
                digest.update(buffer.flip());
                progress(bytes + read);
            }
        }
        return MessageDigest.isEqual(digest.digest(), upload.sha256().toArray());
    }

    /// Whether an upload that counts for its owner is there: of one that is lost with its record nothing else
    /// is left.
    private void counted(final Path owner, final Path mark) throws IOException {
        final var words = mark.getFileName().toString().split("\\.", 2);
        final var id = MediaId.parse(words[0]);
        if (id.isEmpty() || words.length < 2 || isThere(id.get())) {
            return;
        }
        final Instant since;
        try {
            since = Files.getLastModifiedTime(mark).toInstant();
        } catch (final NoSuchFileException thrownAway) {
            return;
        }
        if (since.isBefore(Instant.now().minus(BEGUN)) && !isThere(id.get()) && Files.exists(mark)) {
            uploads++;
            report(
                    id.get().value(),
                    "it is not there, and counts " + words[1] + " bytes for "
                            + owner.getFileName()
                            + ": it is lost, or a node died while it was begun",
                    Optional.empty());
        }
    }

    private boolean isThere(final MediaId id) {
        return MediaFolder.places(root, id).anyMatch(Files::exists);
    }

    private boolean isKept(final Path place) {
        return place.startsWith(kept);
    }

    private static String name(final NoSuchFileException missing) {
        return Path.of(missing.getFile()).getFileName().toString();
    }

    private void report(final String id, final String what, final Optional<Path> place) {
        damaged++;
        says.accept(id + ": " + what + place.map(MediaCheck::whose).orElse(""));
    }

    /// As much of it as its records still tell.
    private static String whose(final Path place) {
        return recordOf(place)
                        .map(upload -> "; from " + upload.owner() + ", for " + upload.conversation())
                        .orElse("")
                + claimOf(place)
                        .flatMap(claimed -> claimed.seq().isPresent()
                                ? Optional.of("; carried by " + claimed.by().conversation() + " #"
                                        + claimed.seq().getAsLong())
                                : Optional.empty())
                        .orElse("");
    }

    private static Optional<Upload> recordOf(final Path place) {
        try {
            return Optional.of(MediaRecords.upload(Files.readAllBytes(place.resolve(MediaFolder.UPLOAD))));
        } catch (final IOException unreadable) {
            return Optional.empty();
        }
    }

    private static Optional<Standing.Claimed> claimOf(final Path place) {
        try {
            return Optional.of(MediaRecords.claim(Files.readAllBytes(place.resolve(MediaFolder.CLAIM))));
        } catch (final IOException unreadable) {
            return Optional.empty();
        }
    }

    private void progress(final long bytesNow) {
        final long now = nanos.getAsLong();
        if (now - toldNanos >= TELL_NANOS) {
            toldNanos = now;
            says.accept(uploads + " of " + allUploads + " uploads, " + bytesNow + " of " + allBytes + " bytes");
        }
    }
}
