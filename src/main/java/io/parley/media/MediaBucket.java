package io.parley.media;

import static java.util.concurrent.CompletableFuture.completedStage;

import io.parley.conversation.MediaDesk;
import io.parley.id.MediaId;
import io.parley.id.UserId;
import io.parley.store.Checksum;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.japi.pf.PFBuilder;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Uploads in a bucket of an S3-compatible store, which knows neither to rename nor to append:
///
/// ```
/// pending/ID/upload.json   from the creation
/// pending/ID/end-ROUND     all bytes had come: which pieces they are, or, if it is empty, that they were not
///                          those that were promised; the first to write it decides
/// pending/ID/claim.json    the message that is to carry it, the first to write it; empty: none will
/// pending/ID/gone          it is deleted, whatever else is there
/// kept/ID.json             all of this in one, once the message's place is known
/// bytes/ID/ROUND/PIECE     the bytes, in objects that never change
/// owners/USER/ID.BYTES     an empty object for each upload: what a quota is reckoned from
/// ```
///
/// What comes is gathered to pieces of a few MiB and written piece by piece: so much of it is in memory,
/// however large it is. A piece that is not full is written when nothing more comes for a while or the
/// connection breaks.
///
/// Of the store it wants that a list shows what was written before, and `If-None-Match: *` when an object is
/// written: by that it is decided which of two nodes was first. Whether it knows that is tried before anything
/// is taken.
public final class MediaBucket implements MediaStore {
    private static final Logger LOG = LoggerFactory.getLogger(MediaBucket.class);

    /// A full piece.
    private static final int PIECE_BYTES = 4 << 20;

    /// However many connections there are, the pieces they fill become no smaller.
    private static final int SMALLEST_BYTES = 256 << 10;

    /// In pieces that are being filled or written, as long as they are not of the smallest size.
    private static final long BUFFERS_BYTES = 64L << 20;

    /// What each portion that comes counts beside its bytes.
    private static final int PORTION_BYTES = 64;

    /// After so long without more a piece is written that is not full.
    private static final Duration QUIET = Duration.ofSeconds(3);

    /// What is read at once: whoever reads slowly holds this and no connection to the store.
    private static final int READ_BYTES = 256 << 10;

    /// What is read before it is wanted, so that nobody waits for the store each time.
    private static final int READ_AHEAD = 2;

    /// So often other bytes than were promised may come; then the upload goes.
    private static final int ROUNDS_MAX = 100;

    /// Of so many unfinished uploads it is remembered how their hash goes on; others are read once more at the
    /// end.
    private static final int HASHES_MAX = 1_000;

    /// Between two looks at the same upload it may be moved.
    private static final int LOOKS_MAX = 3;

    private final Bucket bucket;
    private final Duration unsentFor;
    private final ActorSystem<?> system;
    private final SecureRandom random = new SecureRandom();
    private final Turns turns = new Turns();
    private Optional<CompletableFuture<Done>> checked = Optional.empty(); // guarded by this

    /// Why it cannot be used, as it was logged last: once is enough.
    private final AtomicReference<String> said = new AtomicReference<>("");

    /// Whole uploads that are being read once more, each by one.
    private final Map<MediaId, CompletableFuture<Boolean>> finishing = new ConcurrentHashMap<>();

    private final Map<MediaId, Hashed> hashes = new LinkedHashMap<>(16, 0.75f, true) { // guarded by itself
                @java.io.Serial
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(final Map.Entry<MediaId, Hashed> eldest) {
                    return size() > HASHES_MAX;
                }
            };

    private MediaBucket(final BucketSettings settings, final Duration unsentFor, final ActorSystem<?> system) {
        this.bucket = new Bucket(settings, system);
        this.unsentFor = unsentFor;
        this.system = system;
    }

    /// Uses a bucket, which must be there. Whether it can be used is looked at in the background, and said in
    /// the log: a node does without uploads for as long as it cannot.
    public static MediaBucket open(
            final BucketSettings settings, final Duration unsentFor, final ActorSystem<?> system) {
        final var opened = new MediaBucket(settings, unsentFor, system);
        final var _ = opened.usable();
        return opened;
    }

    // whether it can be used

    /// Fails if the store cannot be used, and looks again the next time; once it could this is not asked again.
    private synchronized CompletionStage<Done> usable() {
        final var before = checked.filter(each -> !each.isCompletedExceptionally());
        final var now = before.orElseGet(() -> check().whenComplete((_, failure) -> say(Optional.ofNullable(failure)))
                .toCompletableFuture());
        checked = Optional.of(now);
        return now;
    }

    /// Once is enough, however many wait for uploads.
    private void say(final Optional<Throwable> failure) {
        final var why = failure.map(each -> String.valueOf(rootOf(each).getMessage()));
        if (why.isEmpty()) {
            LOG.info("uploads are kept in {}", bucket);
        } else if (!why.get().equals(said.getAndSet(why.get()))) {
            LOG.error("no uploads for now: {}", why.get());
        }
    }

    /// Tries all that is needed with an object of its own.
    private CompletionStage<Done> check() {
        final var key = "probe/" + Long.toHexString(random.nextLong());
        return bucket.putNew(key, ByteString.fromString("1"))
                .thenCompose(_ -> bucket.putNew(key, ByteString.fromString("2")))
                .thenCompose(again -> bucket.list(key)
                        .thenCompose(listed -> bucket.get(key)
                                .thenCompose(read -> bucket.delete(key).thenApply(done -> {
                                    final boolean holds = read.isPresent()
                                            && read.get().utf8String().equals("1");
                                    if (again || listed.size() != 1 || !holds) {
                                        throw new CompletionException(new IOException(bucket
                                                + " cannot be used: it has to heed If-None-Match: * when an object is"
                                                + " written, and to list at once what was written"));
                                    }
                                    return done;
                                }))));
    }

    // where things are

    private static String pending(final MediaId id, final String name) {
        return "pending/" + id + "/" + name;
    }

    private static String end(final MediaId id, final int round) {
        return pending(id, END + round);
    }

    private static String kept(final MediaId id) {
        return "kept/" + id + ".json";
    }

    private static String bytes(final MediaId id) {
        return "bytes/" + id + "/";
    }

    private static String bytes(final MediaId id, final int round) {
        return bytes(id) + round + "/";
    }

    private static String owned(final UserId owner) {
        return "owners/" + owner + "/";
    }

    private static String owned(final Upload upload) {
        return owned(upload.owner()) + upload.id() + "." + upload.bytes();
    }

    private static final String UPLOAD = "upload.json";
    private static final String CLAIM = "claim.json";
    private static final String GONE = "gone";
    private static final String END = "end-";

    private static String nameIn(final String key) {
        return key.substring(key.lastIndexOf('/') + 1);
    }

    /// Makes what cannot be read an [IOException], as of what cannot be asked for.
    @FunctionalInterface
    private interface Reading<T> {
        T read() throws IOException;
    }

    private static <T> T sound(final Reading<T> record) {
        try {
            return record.read();
        } catch (final IOException damaged) {
            throw new CompletionException(damaged);
        }
    }

    private static ByteString text(final Reading<String> record) {
        return ByteString.fromString(sound(record), StandardCharsets.UTF_8);
    }

    // how far an upload has come

    /// What stands in the bucket of an upload.
    private sealed interface Look {
        record Nothing() implements Look {}

        /// @param there   all pieces of this round
        /// @param chain   those of them that count
        /// @param touched when the last of it was written
        record Growing(Upload upload, int round, List<Piece> there, List<Piece> chain, Instant touched)
                implements Look {
            long end() {
                return Piece.end(chain);
            }

            boolean isComplete() {
                return end() == upload.bytes();
            }

            Pieces pieces() {
                return new Pieces(round, chain);
            }
        }

        /// @param pieces empty: they stand in `end`
        /// @param end    the key of the object that says which they are, if that is not known
        record Whole(Upload upload, Standing standing, Optional<Pieces> pieces, String end) implements Look {}
    }

    private CompletionStage<Look> look(final MediaId id) {
        return look(id, 1);
    }

    private CompletionStage<Look> look(final MediaId id, final int looks) {
        return bucket.get(kept(id)).thenCompose(kept -> {
            if (kept.isPresent()) {
                final var all = sound(() -> MediaRecords.kept(kept.get().toArray()));
                return completedStage(new Look.Whole(all.upload(), all.claim(), Optional.of(all.pieces()), kept(id)));
            }
            return bucket.list(pending(id, "")).thenCompose(listed -> {
                final var objects = new LinkedHashMap<String, Bucket.Stored>();
                listed.forEach(each -> objects.put(nameIn(each.key()), each));
                return isDeleted(objects) ? completedStage(new Look.Nothing()) : look(id, objects, looks);
            });
        });
    }

    private static boolean isDeleted(final Map<String, Bucket.Stored> objects) {
        return objects.containsKey(GONE)
                || Optional.ofNullable(objects.get(CLAIM))
                        .filter(claim -> claim.bytes() == 0)
                        .isPresent();
    }

    private CompletionStage<Look> look(final MediaId id, final Map<String, Bucket.Stored> objects, final int looks) {
        final CompletionStage<Optional<ByteString>> there =
                objects.containsKey(UPLOAD) ? bucket.get(pending(id, UPLOAD)) : completedStage(Optional.empty());
        return there.thenCompose(record -> {
            if (record.isEmpty()) { // there is none; or it was kept between the two looks
                return looks < LOOKS_MAX && (looks == 1 || !objects.isEmpty())
                        ? look(id, looks + 1)
                        : completedStage(new Look.Nothing());
            }
            final var upload = sound(() -> MediaRecords.upload(record.get().toArray()));
            int round = 0;
            while (end(objects, round).filter(each -> each.bytes() == 0).isPresent()) {
                round++;
            }
            final var end = end(objects, round);
            if (end.isEmpty()) {
                return growing(upload, round, objects.values());
            }
            if (objects.containsKey(CLAIM)) {
                return claimed(upload, end.get().key(), looks);
            }
            final var expires = end.get().modified().plus(unsentFor);
            return completedStage(new Look.Whole(
                    upload,
                    new Standing.Finished(expires),
                    Optional.empty(),
                    end.get().key()));
        });
    }

    private static Optional<Bucket.Stored> end(final Map<String, Bucket.Stored> objects, final int round) {
        return Optional.ofNullable(objects.get(END + round));
    }

    private CompletionStage<Look> claimed(final Upload upload, final String end, final int looks) {
        return bucket.get(pending(upload.id(), CLAIM)).thenCompose(claim -> {
            if (claim.isEmpty()) { // kept between the two looks
                return looks < LOOKS_MAX ? look(upload.id(), looks + 1) : completedStage(new Look.Nothing());
            }
            final var standing = sound(() -> MediaRecords.claim(claim.get().toArray()));
            return completedStage(new Look.Whole(upload, standing, Optional.empty(), end));
        });
    }

    private CompletionStage<Look> growing(
            final Upload upload, final int round, final Collection<Bucket.Stored> objects) {
        return bucket.list(bytes(upload.id(), round)).thenApply(listed -> {
            final var there = listed.stream()
                    .flatMap(each -> Piece.parse(nameIn(each.key()))
                            .filter(piece -> piece.bytes() == each.bytes() && piece.to() <= upload.bytes())
                            .stream())
                    .toList();
            final var all = new ArrayList<>(objects);
            all.addAll(listed);
            final var touched = all.stream()
                    .map(Bucket.Stored::modified)
                    .max(Instant::compareTo)
                    .orElse(upload.created());
            return new Look.Growing(upload, round, there, Piece.chain(there), touched);
        });
    }

    private Optional<Found> found(final Look look) {
        return switch (look) {
            case Look.Nothing _ -> Optional.empty();
            case Look.Growing growing ->
                Optional.of(new Found(
                        growing.upload(),
                        new Standing.Unfinished(growing.end(), growing.touched().plus(unsentFor))));
            case Look.Whole whole -> Optional.of(new Found(whole.upload(), whole.standing()));
        };
    }

    @Override
    public CompletionStage<Optional<Found>> find(final MediaId id) {
        return settled(id).thenApply(this::found);
    }

    /// An upload; one whose node died between its last byte and the end is finished first.
    private CompletionStage<Look> settled(final MediaId id) {
        return look(id).thenCompose(
                        look -> look instanceof final Look.Growing growing && growing.isComplete() && !turns.isTaken(id)
                                ? finished(growing).thenCompose(_ -> look(id))
                                : completedStage(look));
    }

    // how much somebody has

    /// Two who begin at once are both counted before either is let in: one too many may be refused, none let
    /// in.
    @Override
    public CompletionStage<Creation> create(final Upload upload, final long quotaBytes) {
        return usable().thenCompose(_ -> bucket.put(owned(upload), ByteString.emptyByteString()))
                .thenCompose(_ -> held(upload.owner()))
                .thenCompose(held -> held <= quotaBytes
                        ? completedStage(held)
                        : forgetMissing(upload.owner(), upload.created().minus(unsentFor))
                                .thenCompose(_ -> held(upload.owner())))
                .thenCompose(held -> held <= quotaBytes
                        ? created(upload)
                        : bucket.delete(owned(upload))
                                .thenApply(_ -> new Creation.OverQuota(held - MediaFolder.counted(upload.bytes()))));
    }

    private CompletionStage<Creation> created(final Upload upload) {
        return bucket.put(pending(upload.id(), UPLOAD), text(() -> MediaRecords.print(upload)))
                .thenCompose(_ -> settled(upload.id()))
                .thenApply(look -> new Creation.Created(found(look)
                        .orElseThrow(() -> new CompletionException(
                                new NoSuchFileException(upload.id().value())))));
    }

    @Override
    public CompletionStage<Long> held(final UserId owner) {
        return bucket.list(owned(owner), 0L, (sum, each) -> sum + MediaFolder.counted(bytesOf(nameIn(each.key()))));
    }

    private static long bytesOf(final String counted) {
        return MediaFolder.bytesOf(counted);
    }

    /// What was counted when its node died before the upload was there; looked for only when it stands in the
    /// way.
    private CompletionStage<Done> forgetMissing(final UserId owner, final Instant before) {
        return bucket.list(owned(owner)).thenCompose(counted -> {
            CompletionStage<Done> done = completedStage(Done.getInstance());
            for (final var each : counted) {
                final var name = nameIn(each.key());
                final var id = MediaId.parse(name.substring(0, Math.max(0, name.indexOf('.'))));
                if (id.isPresent() && each.modified().isBefore(before)) {
                    done = done.thenCompose(_ -> look(id.get()))
                            .thenCompose(look -> look instanceof Look.Nothing
                                    ? bucket.delete(each.key())
                                    : completedStage(Done.getInstance()));
                }
            }
            return done;
        });
    }

    // bytes that come

    @Override
    public CompletionStage<Appended> append(final MediaId id, final long offset, final Source<ByteString, ?> bytes) {
        return turns.next(id, bytes, mine -> receive(id, offset, mine));
    }

    private CompletionStage<Appended> receive(final MediaId id, final long offset, final Source<ByteString, ?> bytes) {
        return look(id).thenCompose(look -> switch (look) {
            case Look.Nothing _ -> completedStage(new Appended.Gone());
            case Look.Whole whole ->
                completedStage(
                        offset == whole.upload().bytes()
                                ? new Appended.Grown(new Found(whole.upload(), whole.standing()))
                                : new Appended.NotThere(whole.upload().bytes()));
            case Look.Growing growing ->
                growing.end() == offset
                        ? new Receiving(growing).all(bytes).thenCompose(cut -> ended(growing.upload(), cut))
                        : completedStage(new Appended.NotThere(growing.end()));
        });
    }

    private CompletionStage<Appended> ended(final Upload upload, final Optional<Throwable> cut) {
        if (cut.isPresent()) {
            return cut.get() instanceof TooMuch
                    ? completedStage(new Appended.TooMany())
                    : CompletableFuture.failedStage(cut.get());
        }
        return look(upload.id()).thenCompose(look -> switch (look) {
            case Look.Nothing _ ->
                deleteAll(bytes(upload.id()), List.of()) // written after it was deleted
                        .<Appended>thenApply(_ -> new Appended.Gone());
            case Look.Whole whole -> completedStage(new Appended.Grown(new Found(whole.upload(), whole.standing())));
            case Look.Growing growing ->
                growing.isComplete()
                        ? finished(growing).thenCompose(right -> right ? whole(upload.id()) : completedStage(OTHER))
                        : completedStage(new Appended.Grown(found(growing).orElseThrow()));
        });
    }

    private static final Appended OTHER = new Appended.OtherBytes();

    private CompletionStage<Appended> whole(final MediaId id) {
        return look(id).thenApply(
                        look -> found(look).<Appended>map(Appended.Grown::new).orElseGet(Appended.Gone::new));
    }

    /// What a connection brings: bytes, and at last perhaps how it broke off.
    private sealed interface Portion {
        record Bytes(ByteString bytes) implements Portion {}

        record Cut(Throwable why) implements Portion {}
    }

    /// A connection whose bytes are on their way into pieces; one step after the other.
    private final class Receiving {
        private final Look.Growing start;
        private final Hashed hashed;
        private long left; // to come, as far as it was promised
        private long end; // behind what is written
        private Optional<Piece> tail; // the last piece, if the next is to take its place
        private ByteString tailBytes = ByteString.emptyByteString(); // once they were read

        Receiving(final Look.Growing start) {
            this.start = start;
            this.hashed = hashedTo(start);
            this.end = start.end();
            this.left = start.upload().bytes() - end;
            this.tail = start.chain().isEmpty()
                    ? Optional.empty()
                    : Optional.of(start.chain().getLast()).filter(Piece::isShort);
        }

        /// Writes all that comes.
        ///
        /// @return how it broke off, if it did; what came before is written
        CompletionStage<Optional<Throwable>> all(final Source<ByteString, ?> bytes) {
            return bytes.map(this::promised)
                    .<Portion>map(Portion.Bytes::new)
                    .recover(new PFBuilder<Throwable, Portion>()
                            .matchAny(Portion.Cut::new)
                            .build())
                    .groupedWeightedWithin(PIECE_BYTES, MediaBucket.this::weight, QUIET)
                    .mapAsync(1, this::write)
                    .runFold(Optional.<Throwable>empty(), (_, cut) -> cut, system)
                    .thenApply(cut -> {
                        remember(start.upload().id(), hashed);
                        return cut;
                    });
        }

        private ByteString promised(final ByteString portion) {
            if (portion.size() > left) {
                throw new TooMuch();
            }
            left -= portion.size();
            return portion;
        }

        private CompletionStage<Optional<Throwable>> write(final List<Portion> portions) {
            final var builder = ByteString.createBuilder();
            Optional<Throwable> cut = Optional.empty();
            for (final var portion : portions) {
                switch (portion) {
                    case Portion.Bytes(final var some) -> builder.append(some);
                    case Portion.Cut(final var why) -> cut = Optional.of(why);
                }
            }
            final var cutOff = cut;
            return write(builder.result()).thenApply(_ -> cutOff);
        }

        private CompletionStage<Done> write(final ByteString bytes) {
            if (bytes.isEmpty()) {
                return completedStage(Done.getInstance());
            }
            return tailBytes().thenCompose(before -> {
                final var piece = new Piece(end - before.size(), end + bytes.size(), random.nextLong());
                final var all = before.concat(bytes);
                return bucket.put(key(piece), all).thenCompose(_ -> {
                    final var replaced = tail;
                    hashed.add(bytes, piece.nonce() - replaced.map(Piece::nonce).orElse(0L));
                    end = piece.to();
                    tail = Optional.of(piece).filter(Piece::isShort);
                    tailBytes = tail.isPresent() ? all : ByteString.emptyByteString();
                    return replaced.isEmpty()
                            ? completedStage(Done.getInstance())
                            : bucket.delete(key(replaced.get()))
                                    .exceptionally(_ -> Done.getInstance()); // in nobody's way
                });
            });
        }

        private CompletionStage<ByteString> tailBytes() {
            return tail.isPresent() && tailBytes.isEmpty()
                    ? bucket.get(key(tail.get()), 0, (int) tail.get().bytes())
                    : completedStage(tailBytes);
        }

        private String key(final Piece piece) {
            return bytes(start.upload().id(), start.round()) + piece;
        }
    }

    /// How much of a full piece a portion is: the more connections there are, the smaller are their pieces.
    private long weight(final Portion portion) {
        return switch (portion) {
            case Portion.Cut _ -> 0L;
            case Portion.Bytes(final var bytes) -> {
                final long share = BUFFERS_BYTES / (2L * Math.max(1, turns.count())); // one filled, one written
                final long full = Math.clamp(share, SMALLEST_BYTES, PIECE_BYTES);
                yield (long) (bytes.size() + PORTION_BYTES) * PIECE_BYTES / full;
            }
        };
    }

    // hashes

    /// How far an upload has been hashed while it came.
    private static final class Hashed {
        private final MessageDigest digest = Checksum.sha256();

        /// Otherwise the digest lacks what came before, and is of no use.
        private final boolean fromStart;

        private final int round;
        private long end;

        /// Of the pieces that were hashed: others, also of the same length, have another one.
        private long mark;

        Hashed(final Look.Growing growing) {
            this.fromStart = growing.end() == 0;
            this.round = growing.round();
            this.end = growing.end();
            this.mark = Piece.mark(growing.chain());
        }

        void add(final ByteString bytes, final long marked) {
            if (fromStart) {
                bytes.getByteBuffers().forEach(digest::update);
            }
            end += bytes.size();
            mark += marked;
        }

        boolean isOf(final Look.Growing growing) {
            return round == growing.round() && end == growing.end() && mark == Piece.mark(growing.chain());
        }
    }

    /// The digest over what is there, if this node was there when all of it came, and no other came between.
    private Hashed hashedTo(final Look.Growing growing) {
        final Optional<Hashed> known;
        synchronized (hashes) {
            known = Optional.ofNullable(hashes.remove(growing.upload().id()));
        }
        return known.filter(each -> each.isOf(growing)).orElseGet(() -> new Hashed(growing));
    }

    private void remember(final MediaId id, final Hashed hashed) {
        if (hashed.fromStart) {
            synchronized (hashes) {
                hashes.put(id, hashed);
            }
        }
    }

    private CompletionStage<byte[]> digestOf(final Look.Growing growing) {
        final var hashed = hashedTo(growing);
        if (hashed.fromStart) {
            return completedStage(hashed.digest.digest());
        }
        return read(growing.upload().id(), growing.pieces(), 0, growing.end())
                .runFold(
                        Checksum.sha256(),
                        (digest, bytes) -> {
                            bytes.getByteBuffers().forEach(digest::update);
                            return digest;
                        },
                        system)
                .thenApply(MessageDigest::digest);
    }

    /// All bytes have come: they count from now on if they are the right ones, and otherwise are thrown away.
    ///
    /// @return whether they were the right ones
    private CompletionStage<Boolean> finished(final Look.Growing growing) {
        final var mine = new CompletableFuture<Boolean>();
        final var id = growing.upload().id();
        final var others = finishing.putIfAbsent(id, mine);
        if (others != null) {
            return others;
        }
        digestOf(growing)
                .thenCompose(digest ->
                        MessageDigest.isEqual(digest, growing.upload().sha256().toArray())
                                ? counts(growing)
                                : doesNotCount(growing))
                .whenComplete((right, failure) -> {
                    finishing.remove(id, mine);
                    if (failure == null) {
                        mine.complete(right);
                    } else {
                        mine.completeExceptionally(failure);
                    }
                });
        return mine;
    }

    private CompletionStage<Boolean> counts(final Look.Growing growing) {
        final var upload = growing.upload();
        return bucket.putNew(end(upload.id(), growing.round()), text(() -> MediaRecords.print(growing.pieces())))
                .thenCompose(first -> {
                    if (!first) { // another node has decided, or this one, and the answer was lost
                        return isWhole(upload.id());
                    }
                    if (growing.there().size() > growing.chain().size() || growing.round() > 0) {
                        final var _ = deleteAll(bytes(upload.id()), keys(upload.id(), growing.pieces()));
                    }
                    return completedStage(true);
                });
    }

    private CompletionStage<Boolean> doesNotCount(final Look.Growing growing) {
        final var id = growing.upload().id();
        if (growing.upload().bytes() == 0) { // nothing to throw away, and nothing to be sent again
            return completedStage(false);
        }
        if (growing.round() + 1 >= ROUNDS_MAX) {
            return delete(id).thenApply(_ -> false);
        }
        return bucket.putNew(end(id, growing.round()), ByteString.emptyByteString())
                .thenCompose(first -> first ? completedStage(false) : isWhole(id))
                .thenCompose(whole -> whole
                        ? completedStage(true)
                        : deleteAll(bytes(id, growing.round()), List.of())
                                .handle((_, _) -> false)); // what stays goes with the upload
    }

    private CompletionStage<Boolean> isWhole(final MediaId id) {
        return look(id).thenApply(Look.Whole.class::isInstance);
    }

    // reading

    @Override
    public CompletionStage<OptionalLong> length(final MediaId id) {
        return look(id).thenCompose(look -> look instanceof final Look.Whole whole
                ? pieces(whole).thenCompose(pieces -> length(id, pieces))
                : completedStage(OptionalLong.empty()));
    }

    private CompletionStage<OptionalLong> length(final MediaId id, final Pieces pieces) {
        return bucket.list(bytes(id, pieces.round())).thenApply(listed -> {
            final var there = listed.stream()
                    .collect(Collectors.toMap(each -> nameIn(each.key()), Bucket.Stored::bytes, (one, _) -> one));
            final var found = pieces.chain().stream()
                    .filter(piece -> there.getOrDefault(piece.toString(), -1L) == piece.bytes())
                    .toList();
            return found.isEmpty() && !pieces.chain().isEmpty()
                    ? OptionalLong.empty()
                    : OptionalLong.of(found.stream().mapToLong(Piece::bytes).sum());
        });
    }

    @Override
    public Source<ByteString, ?> read(final MediaId id, final long from, final long length) {
        return Source.lazySource(() ->
                Source.completionStageSource(look(id).thenCompose(look -> look instanceof final Look.Whole whole
                                ? pieces(whole)
                                : CompletableFuture.failedStage(new NoSuchFileException(id.value())))
                        .thenApply(pieces -> read(id, pieces, from, length))));
    }

    private CompletionStage<Pieces> pieces(final Look.Whole whole) {
        return whole.pieces().isPresent()
                ? completedStage(whole.pieces().get())
                : bucket.get(whole.end())
                        .thenCompose(found -> found.isPresent()
                                ? completedStage(sound(
                                        () -> MediaRecords.pieces(found.get().toArray())))
                                : kept(whole.upload()));
    }

    /// They stood where they do not stand any more, because a message was stored meanwhile.
    private CompletionStage<Pieces> kept(final Upload upload) {
        return bucket.get(kept(upload.id()))
                .thenApply(found -> found.map(json ->
                                sound(() -> MediaRecords.kept(json.toArray()).pieces()))
                        .orElseThrow(() -> new CompletionException(
                                new NoSuchFileException(upload.id().value()))));
    }

    private Source<ByteString, ?> read(final MediaId id, final Pieces pieces, final long from, final long length) {
        return Source.from(pieces.chain())
                .filter(piece -> piece.to() > from && piece.from() < from + length)
                .mapConcat(piece -> blocks(id, pieces.round(), piece, from, from + length))
                .mapAsync(READ_AHEAD, block -> bucket.get(block.key(), block.from(), block.length()));
    }

    /// A part of an object that is read at once.
    private record Block(String key, long from, int length) {}

    private static List<Block> blocks(
            final MediaId id, final int round, final Piece piece, final long from, final long to) {
        final var key = bytes(id, round) + piece;
        final long end = Math.min(to, piece.to()) - piece.from();
        final var blocks = new ArrayList<Block>();
        for (long at = Math.max(from, piece.from()) - piece.from(); at < end; at += READ_BYTES) {
            blocks.add(new Block(key, at, (int) Math.min(READ_BYTES, end - at)));
        }
        return blocks;
    }

    private static List<String> keys(final MediaId id, final Pieces pieces) {
        return pieces.chain().stream()
                .map(piece -> bytes(id, pieces.round()) + piece)
                .toList();
    }

    // the messages that carry them

    @Override
    public CompletionStage<MediaDesk.Outcome> bind(
            final MediaDesk.Claim claim, final List<MediaId> media, final Instant now) {
        CompletionStage<Optional<MediaDesk.Outcome>> obstacle = usable().thenApply(_ -> Optional.empty());
        for (final var id : media) { // all are looked at before one is claimed
            obstacle = obstacle.thenCompose(before -> before.isPresent()
                    ? completedStage(before)
                    : find(id).thenApply(found -> Claims.obstacle(id, found, claim, now, unsentFor)));
        }
        for (final var id : media) {
            obstacle =
                    obstacle.thenCompose(before -> before.isPresent() ? completedStage(before) : claim(id, claim, now));
        }
        return obstacle.thenApply(met -> met.orElseGet(MediaDesk.Outcome.Bound::new));
    }

    /// Claims one. Where another claim was first, what was claimed before this one stays claimed: it is settled
    /// by a sweep, since nobody can know who has relied on it. That takes two nodes that write one
    /// conversation, of which one is fenced off.
    private CompletionStage<Optional<MediaDesk.Outcome>> claim(
            final MediaId id, final MediaDesk.Claim claim, final Instant now) {
        return look(id).thenCompose(look -> {
            if (!(look instanceof final Look.Whole whole && whole.standing() instanceof Standing.Finished)) {
                return completedStage(Claims.obstacle(id, found(look), claim, now, unsentFor));
            }
            final var claimed = new Standing.Claimed(claim, now, OptionalLong.empty());
            return bucket.putNew(pending(id, CLAIM), text(() -> MediaRecords.print(claimed)))
                    .thenCompose(first -> first
                            ? completedStage(Optional.<MediaDesk.Outcome>empty())
                            : look(id).thenApply(now2 -> Claims.obstacle(id, found(now2), claim, now, unsentFor)));
        });
    }

    @Override
    public CompletionStage<Done> stored(final long seq, final List<MediaId> media) {
        CompletionStage<Done> done = completedStage(Done.getInstance());
        for (final var id : media) {
            done = done.thenCompose(_ -> look(id)).thenCompose(look -> keep(id, seq, look));
        }
        return done;
    }

    private CompletionStage<Done> keep(final MediaId id, final long seq, final Look look) {
        if (!(look instanceof final Look.Whole whole && whole.standing() instanceof final Standing.Claimed claimed)) {
            return completedStage(Done.getInstance()); // gone, or no message's
        }
        final CompletionStage<Done> kept = claimed.seq().isPresent()
                ? completedStage(Done.getInstance())
                : pieces(whole)
                        .thenCompose(pieces -> bucket.put(
                                kept(id),
                                text(() -> MediaRecords.print(new MediaRecords.Kept(
                                        whole.upload(),
                                        new Standing.Claimed(claimed.by(), claimed.at(), OptionalLong.of(seq)),
                                        pieces)))));
        return kept.thenCompose(_ -> deleteAll(pending(id, ""), List.of(pending(id, GONE))));
    }

    // the end

    /// First it says so, for whoever looks and for whoever goes on where this stopped.
    @Override
    public CompletionStage<Done> delete(final MediaId id) {
        turns.end(id, "the upload was deleted");
        return record(id)
                .thenCompose(upload -> upload.isEmpty()
                        ? completedStage(Done.getInstance())
                        : bucket.put(pending(id, GONE), ByteString.emptyByteString())
                                .thenCompose(_ -> bucket.putNew(pending(id, CLAIM), ByteString.emptyByteString()))
                                .thenCompose(_ -> bucket.delete(owned(upload.get())))
                                .thenCompose(_ -> clear(id)));
    }

    /// Deletes an upload unless a message has it: whoever writes the claim first, were it that there is none.
    ///
    /// @return whether it is gone
    private CompletionStage<Boolean> discard(final MediaId id) {
        return bucket.putNew(pending(id, CLAIM), ByteString.emptyByteString())
                .thenCompose(first -> first
                        ? completedStage(true)
                        : look(id).thenApply(Look.Nothing.class::isInstance)) // as one who began before said
                .thenCompose(isMine -> isMine ? delete(id).thenApply(_ -> true) : completedStage(false));
    }

    private CompletionStage<Optional<Upload>> record(final MediaId id) {
        return bucket.get(kept(id))
                .thenCompose(kept -> kept.isPresent()
                        ? completedStage(Optional.of(sound(
                                () -> MediaRecords.kept(kept.get().toArray()).upload())))
                        : bucket.get(pending(id, UPLOAD))
                                .thenApply(record ->
                                        record.map(json -> sound(() -> MediaRecords.upload(json.toArray())))));
    }

    /// All but the words that it is gone and that no message has it, which stay for a day: other nodes may be
    /// about to write a piece, or to claim it.
    private CompletionStage<Done> clear(final MediaId id) {
        return bucket.delete(kept(id))
                .thenCompose(_ -> deleteAll(bytes(id), List.of()))
                .thenCompose(_ -> deleteAll(pending(id, ""), List.of(pending(id, GONE), pending(id, CLAIM))));
    }

    private CompletionStage<Done> deleteAll(final String prefix, final Collection<String> except) {
        return bucket.list(prefix)
                .thenCompose(listed -> bucket.delete(listed.stream()
                        .map(Bucket.Stored::key)
                        .filter(key -> !except.contains(key))
                        .toList()));
    }

    @Override
    public CompletionStage<Swept> sweep(
            final Instant now,
            final Duration unsure,
            final Function<MediaDesk.Claim, CompletionStage<Optional<Long>>> sought) {
        return bucket.list("pending/", new LinkedHashMap<MediaId, Waiting>(), (before, object) -> {
                    MediaId.parse(folderIn(object.key()))
                            .ifPresent(id -> before.merge(id, Waiting.of(object), Waiting::and));
                    return before;
                })
                .thenCompose(waiting -> {
                    final var old = now.minus(unsure.compareTo(unsentFor) < 0 ? unsure : unsentFor);
                    final var due = waiting.entrySet().stream()
                            .filter(each -> !each.getValue().newest().isAfter(old))
                            .filter(each -> each.getValue().gone().isEmpty())
                            .map(Map.Entry::getKey)
                            .toList();
                    return new Sweep(this, now, unsure, this::discard, sought)
                            .over(due)
                            .thenCompose(swept -> tidied(waiting, now, swept));
                });
    }

    private static String folderIn(final String key) {
        final int from = key.indexOf('/') + 1;
        return key.substring(from, Math.max(from, key.lastIndexOf('/')));
    }

    /// What the list says of an upload that no stored message is known to carry.
    ///
    /// @param newest when the last of it was written, pieces aside
    /// @param gone   when it was deleted
    private record Waiting(int objects, Instant newest, Optional<Instant> gone) {
        static Waiting of(final Bucket.Stored object) {
            return new Waiting(
                    1,
                    object.modified(),
                    nameIn(object.key()).equals(GONE) ? Optional.of(object.modified()) : Optional.empty());
        }

        Waiting and(final Waiting other) {
            return new Waiting(
                    objects + other.objects,
                    newest.isAfter(other.newest) ? newest : other.newest,
                    gone.or(other::gone));
        }
    }

    /// Goes on with deletions that were cut off, and forgets those of which nobody can write any more.
    private CompletionStage<Swept> tidied(final Map<MediaId, Waiting> waiting, final Instant now, final Swept swept) {
        CompletionStage<Swept> done = completedStage(swept);
        for (final var each : waiting.entrySet()) {
            final var gone = each.getValue().gone();
            if (gone.isPresent()) {
                final boolean isOver = !gone.get().plus(unsentFor).isAfter(now);
                done = done.thenCompose(so -> tidy(each.getKey(), each.getValue(), isOver)
                        .thenApply(_ -> so)
                        .exceptionally(_ -> so.and(new Swept(0, 0, 0, 1))));
            }
        }
        return done;
    }

    private CompletionStage<Done> tidy(final MediaId id, final Waiting waiting, final boolean isOver) {
        final CompletionStage<Done> deleted = waiting.objects() > 2 ? delete(id) : completedStage(Done.getInstance());
        return isOver
                ? deleted.thenCompose(_ -> clear(id))
                        .thenCompose(_ -> bucket.delete(pending(id, CLAIM)))
                        .thenCompose(_ -> bucket.delete(pending(id, GONE)))
                : deleted;
    }

    private static Throwable rootOf(final Throwable failure) {
        Throwable root = failure;
        while (root instanceof CompletionException && root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
