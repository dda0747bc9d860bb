package io.parley.media;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.parley.conversation.MediaDesk.Claim;
import io.parley.id.MediaId;
import io.parley.id.UserId;
import io.parley.store.WholeFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Stream;

/// The directory of uploads, and what may be done with it in which order, so that whatever dies in between
/// leaves something that the next look understands:
///
/// ```
/// pending/ID/      upload.json   from the creation
///                  part          the bytes so far: its length is the offset
///                  bytes         all of them, once their hash is right: part, renamed
///                  claim.json    the message that is to carry it
/// kept/ab/ID/      the same directory, moved here as a whole once the message's place is known
/// owners/USER/     an empty file ID.BYTES for each upload: what a quota is reckoned from
/// gone/            what is being deleted, or was being made
/// ```
///
/// Several processes may use it at once, also over a network that keeps POSIX's promises of rename. All calls
/// block.
final class MediaFolder {
    static final String PENDING = "pending";
    static final String KEPT = "kept";
    static final String OWNERS = "owners";
    static final String UPLOAD = "upload.json";
    static final String PART = "part";
    static final String BYTES = "bytes";
    static final String CLAIM = "claim.json";

    /// What even an empty upload counts, in bytes: a directory and its files are not for nothing.
    static final long LEAST_COUNTED = 4_096;

    private final Path root;
    private final Path pending;
    private final Path owners;
    private final Path gone;
    private final Duration unsentFor;

    /// Opens it, and makes it where it is not there.
    MediaFolder(final Path root, final Duration unsentFor) throws IOException {
        this.root = root;
        this.pending = Files.createDirectories(root.resolve(PENDING));
        Files.createDirectories(root.resolve(KEPT));
        this.owners = Files.createDirectories(root.resolve(OWNERS));
        this.gone = Files.createDirectories(root.resolve("gone"));
        this.unsentFor = unsentFor;
    }

    // how much somebody has

    /// Two who begin at once are both counted before either is let in: one too many may be refused, none let
    /// in.
    MediaStore.Creation create(final Upload upload, final long quotaBytes) throws IOException {
        final var own = Files.createDirectories(owners.resolve(upload.owner().value()));
        final var counted = own.resolve(upload.id() + "." + upload.bytes());
        Files.createFile(counted);
        final long held = held(upload.owner());
        if (held > quotaBytes) {
            forgetMissing(own, upload.created().minus(unsentFor));
            final long really = held(upload.owner());
            if (really > quotaBytes) {
                Files.delete(counted);
                return new MediaStore.Creation.OverQuota(really - counted(upload.bytes()));
            }
        }
        final var aside = Files.createDirectory(gone.resolve(upload.id() + ".new"));
        WholeFile.write(aside.resolve(UPLOAD), MediaRecords.print(upload));
        Files.createFile(aside.resolve(PART));
        Files.move(aside, pending.resolve(upload.id().value()), ATOMIC_MOVE);
        return new MediaStore.Creation.Created(find(upload.id())
                .orElseThrow(() -> new NoSuchFileException(upload.id().value())));
    }

    long held(final UserId owner) throws IOException {
        long sum = 0;
        try (var counted = Files.newDirectoryStream(owners.resolve(owner.value()))) {
            for (final var each : counted) {
                sum += counted(bytesOf(each));
            }
        } catch (final NoSuchFileException nothing) {
            return 0;
        }
        return sum;
    }

    /// What an upload of this size counts.
    static long counted(final long bytes) {
        return Math.max(LEAST_COUNTED, bytes);
    }

    private static long bytesOf(final Path counted) {
        return bytesOf(counted.getFileName().toString());
    }

    /// What the name `ID.BYTES` says.
    static long bytesOf(final String name) {
        try {
            return Long.parseLong(name.substring(name.indexOf('.') + 1));
        } catch (final NumberFormatException notOurs) {
            return 0;
        }
    }

    /// What was counted when its node died before the upload was there; looked for only when it stands in the
    /// way.
    private void forgetMissing(final Path own, final Instant before) throws IOException {
        try (var counted = Files.newDirectoryStream(own)) {
            for (final var each : counted) {
                final var name = each.getFileName().toString();
                final var id = MediaId.parse(name.substring(0, Math.max(0, name.indexOf('.'))));
                if (id.isPresent()
                        && isOlder(each, before)
                        && directory(id.get()).isEmpty()) {
                    Files.deleteIfExists(each);
                }
            }
        }
    }

    private static boolean isOlder(final Path file, final Instant than) throws IOException {
        try {
            return Files.getLastModifiedTime(file).toInstant().isBefore(than);
        } catch (final NoSuchFileException gone) {
            return false; // others delete at the same time
        }
    }

    // how far it has come

    Optional<MediaStore.Found> find(final MediaId id) throws IOException {
        for (int looks = 0; looks < 3; looks++) { // it may be moved between two steps
            final var directory = directory(id);
            if (directory.isEmpty()) {
                return Optional.empty();
            }
            try {
                return Optional.of(found(directory.get()));
            } catch (final NoSuchFileException moved) {
                // look where it is now
            }
        }
        return Optional.empty();
    }

    private MediaStore.Found found(final Path directory) throws IOException {
        final var upload = MediaRecords.upload(Files.readAllBytes(directory.resolve(UPLOAD)));
        final var part = directory.resolve(PART);
        if (Files.exists(part)) {
            final long offset = Files.size(part);
            final var touched = Files.getLastModifiedTime(part).toInstant();
            return new MediaStore.Found(upload, new Standing.Unfinished(offset, touched.plus(unsentFor)));
        }
        final var claim = directory.resolve(CLAIM);
        if (Files.exists(claim)) {
            return new MediaStore.Found(upload, MediaRecords.claim(Files.readAllBytes(claim)));
        }
        final var whole = Files.getLastModifiedTime(directory.resolve(BYTES)).toInstant();
        return new MediaStore.Found(upload, new Standing.Finished(whole.plus(unsentFor)));
    }

    /// Where its bytes are written; only of an unfinished one.
    Path part(final MediaId id) {
        return pending.resolve(id.value()).resolve(PART);
    }

    /// Its bytes, if all are there.
    Optional<Path> bytes(final MediaId id) {
        return directory(id).map(each -> each.resolve(BYTES)).filter(Files::exists);
    }

    /// How many bytes of a whole upload there are; empty: none of them.
    OptionalLong length(final MediaId id) throws IOException {
        for (int looks = 0; looks < 3; looks++) { // it may be moved between two steps
            final var file = bytes(id);
            if (file.isPresent()) {
                try {
                    return OptionalLong.of(Files.size(file.get()));
                } catch (final NoSuchFileException moved) {
                    // look where it is now
                }
            }
        }
        return OptionalLong.empty();
    }

    private Optional<Path> directory(final MediaId id) {
        return places(root, id).filter(Files::isDirectory).findFirst();
    }

    /// Where an upload may be, in the order to look there: it moves from the second to the first.
    static Stream<Path> places(final Path root, final MediaId id) {
        final var place = shelf(root, id).resolve(id.value());
        return Stream.of(place, root.resolve(PENDING).resolve(id.value()), place);
    }

    /// Directories of a million entries are slow on some file systems.
    private static Path shelf(final Path root, final MediaId id) {
        return root.resolve(KEPT).resolve(id.value().substring(0, 2));
    }

    /// All bytes have come: they count from now on if they are the right ones, and otherwise are thrown away.
    ///
    /// @param digest over all of them
    /// @return whether they were the right ones
    boolean finish(final Upload upload, final MessageDigest digest) throws IOException {
        final var part = part(upload.id());
        if (!MessageDigest.isEqual(digest.digest(), upload.sha256().toArray())) {
            try (var channel = FileChannel.open(part, WRITE)) {
                channel.truncate(0);
            }
            return false;
        }
        try (var channel = FileChannel.open(part, WRITE)) {
            channel.force(true);
        }
        final var directory = pending.resolve(upload.id().value());
        sync(directory.resolve(UPLOAD));
        Files.move(part, directory.resolve(BYTES), ATOMIC_MOVE);
        sync(directory);
        sync(pending);
        return true;
    }

    // which message carries it

    /// Claims them, durably; of those that are claimed already by the same message nothing changes.
    void claim(final Claim by, final List<MediaId> media, final Instant now) throws IOException {
        for (final var id : media) {
            final var directory = pending.resolve(id.value());
            if (!Files.exists(directory.resolve(CLAIM)) && Files.isDirectory(directory)) {
                WholeFile.write(
                        directory.resolve(CLAIM),
                        MediaRecords.print(new Standing.Claimed(by, now, OptionalLong.empty())));
                sync(directory);
            }
        }
    }

    /// Their message stands at `seq`: they stay for as long as that does.
    void keep(final long seq, final List<MediaId> media) throws IOException {
        for (final var id : media) {
            final var directory = pending.resolve(id.value());
            final var claim = directory.resolve(CLAIM);
            if (!Files.exists(claim)) {
                continue; // kept already, or gone
            }
            final var claimed = MediaRecords.claim(Files.readAllBytes(claim));
            WholeFile.write(
                    claim, MediaRecords.print(new Standing.Claimed(claimed.by(), claimed.at(), OptionalLong.of(seq))));
            final var shelf = Files.createDirectories(shelf(root, id));
            Files.move(directory, shelf.resolve(id.value()), ATOMIC_MOVE);
            sync(shelf);
        }
    }

    // the end

    void delete(final MediaId id) throws IOException {
        final var directory = directory(id);
        if (directory.isEmpty()) {
            return;
        }
        final var upload =
                MediaRecords.upload(Files.readAllBytes(directory.get().resolve(UPLOAD)));
        final var away = gone.resolve(id + "." + UUID.randomUUID());
        Files.move(directory.get(), away, ATOMIC_MOVE);
        Files.deleteIfExists(owners.resolve(upload.owner().value()).resolve(id + "." + upload.bytes()));
        empty(away);
    }

    /// Those that no stored message is known to carry.
    List<MediaId> pending() throws IOException {
        final var all = new ArrayList<MediaId>();
        try (var directories = Files.newDirectoryStream(pending)) {
            directories.forEach(
                    each -> MediaId.parse(each.getFileName().toString()).ifPresent(all::add));
        }
        return all;
    }

    /// What was being deleted, or made, when its node died.
    void clear(final Instant now) throws IOException {
        try (var leftovers = Files.newDirectoryStream(gone)) {
            for (final var each : leftovers) {
                if (isOlder(each, now.minus(unsentFor))) {
                    empty(each);
                }
            }
        }
    }

    private static void empty(final Path directory) throws IOException {
        try (var files = Files.newDirectoryStream(directory)) {
            for (final var file : files) {
                Files.deleteIfExists(file);
            }
        } catch (final NoSuchFileException others) {
            return; // somebody else does the same
        }
        try {
            Files.deleteIfExists(directory);
        } catch (final DirectoryNotEmptyException notOurs) {
            throw new FileAlreadyExistsException(directory.toString(), null, "something else is in it");
        }
    }

    private static void sync(final Path file) throws IOException {
        try (var channel = FileChannel.open(file, READ)) {
            channel.force(true);
        }
    }
}
