package io.parley.media;

import io.parley.cluster.Counters;
import io.parley.content.Octets;
import io.parley.conversation.LogSearch;
import io.parley.conversation.MediaDesk;
import io.parley.id.ConversationId;
import io.parley.id.MediaId;
import io.parley.id.UserId;
import io.parley.media.MediaStore.Appended;
import io.parley.media.MediaStore.Creation;
import io.parley.media.MediaStore.Found;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The uploads of a node: what may be uploaded, by whom it may be touched, and how it belongs to messages.
///
/// Safe from any thread.
public final class Uploads implements MediaDesk {
    /// The log, as far as it has to be searched.
    ///
    /// @param head    the `seq` of the last entry of a claim's conversation: its message stands there or
    ///                before, or nowhere. Fails where that cannot be told now
    /// @param entries what stands there
    public record Log(Function<Claim, CompletionStage<Long>> head, LogSearch.Log entries) {}

    /// What became of a wish to upload.
    public sealed interface Begun {
        /// It may begin.
        record Created(Found found) implements Begun {}

        /// It is larger than anything may be here.
        record TooLarge(long bytesMax) implements Begun {}

        /// All that the owner has would be too much.
        ///
        /// @param held how much that is, without this
        record OverQuota(long held, long quotaBytes) implements Begun {}

        /// Only these types are taken, and it is none of them, or none was declared.
        record OtherType(Set<String> types) implements Begun {}

        /// There is no place for uploads: an operator has to name one.
        record NoPlace() implements Begun {}
    }

    private static final Logger LOG = LoggerFactory.getLogger(Uploads.class);

    /// Of so many lost uploads it is remembered that the log has them.
    private static final int TOLD_MAX = 1_000;

    private final Set<MediaId> told = ConcurrentHashMap.newKeySet();
    private final Optional<MediaStore> store;
    private final MediaSettings settings;
    private final Supplier<MediaId> ids;
    private final Log log;
    private final Counters counters;
    private final InstantSource clock;

    /// @param store where they are kept; empty: there are none
    /// @param ids   gives a new one each time
    public Uploads(
            final Optional<MediaStore> store,
            final MediaSettings settings,
            final Supplier<MediaId> ids,
            final Log log,
            final Counters counters,
            final InstantSource clock) {
        this.store = store;
        this.settings = settings;
        this.ids = ids;
        this.log = log;
        this.counters = counters;
        this.clock = clock;
    }

    /// Of one upload, in bytes.
    public long bytesMax() {
        return settings.bytesMax();
    }

    /// Begins an upload.
    ///
    /// @param type as the client declares it; what it is really is nobody's business here
    public CompletionStage<Begun> create(
            final UserId owner,
            final ConversationId conversation,
            final long bytes,
            final Octets sha256,
            final Optional<String> type) {
        if (store.isEmpty()) {
            return CompletableFuture.completedStage(new Begun.NoPlace());
        }
        if (bytes > settings.bytesMax()) {
            return CompletableFuture.completedStage(new Begun.TooLarge(settings.bytesMax()));
        }
        if (!settings.takes(type)) {
            return CompletableFuture.completedStage(new Begun.OtherType(settings.types()));
        }
        final var now = Instant.ofEpochMilli(clock.millis());
        final var upload = new Upload(ids.get(), owner, conversation, bytes, sha256, now);
        return counted(store.get().create(upload, settings.quotaBytes())).thenApply(creation -> switch (creation) {
            case Creation.Created(final var found) -> {
                counters.count("media_begun");
                yield new Begun.Created(found);
            }
            case Creation.OverQuota(final long held) -> new Begun.OverQuota(held, settings.quotaBytes());
        });
    }

    /// An upload of whomever.
    public CompletionStage<Optional<Found>> find(final MediaId id) {
        return store.isEmpty()
                ? CompletableFuture.completedStage(Optional.empty())
                : counted(store.get().find(id));
    }

    /// An upload, for who uploads it; nobody else learns that there is one.
    public CompletionStage<Optional<Found>> own(final UserId owner, final MediaId id) {
        return find(id).thenApply(
                        found -> found.filter(each -> each.upload().owner().equals(owner)));
    }

    /// Adds bytes to an upload, for who uploads it.
    ///
    /// @param announced how many they will be, if that is known before they come
    public CompletionStage<Appended> append(
            final UserId owner,
            final MediaId id,
            final long offset,
            final OptionalLong announced,
            final Source<ByteString, ?> bytes) {
        return own(owner, id)
                .thenCompose(found -> {
                    if (found.isEmpty()) {
                        return CompletableFuture.completedStage(new Appended.Gone());
                    }
                    if (announced.orElse(0) > found.get().upload().bytes() - offset) {
                        return CompletableFuture.completedStage(new Appended.TooMany());
                    }
                    return counted(store.orElseThrow().append(id, offset, bytes.map(part -> {
                        counters.add("media_bytes_received", part.size());
                        return part;
                    })));
                })
                .thenApply(appended -> {
                    if (appended instanceof Appended.Grown(final var now)
                            && now.standing().isWhole()) {
                        counters.count("media_finished");
                    }
                    return appended;
                });
    }

    /// Whether the bytes of a whole upload are there, as many as there were. Where they are not it is counted,
    /// and said once in the log.
    public CompletionStage<Boolean> isSound(final Upload upload) {
        return counted(store.orElseThrow().length(upload.id())).thenApply(length -> {
            final boolean isSound = length.isPresent() && length.getAsLong() == upload.bytes();
            if (!isSound) {
                counters.count("media_failed_lost");
                if (isNews(upload.id())) {
                    LOG.error(
                            "upload {} of {} for {} is {}: it was to be downloaded, and cannot be",
                            upload.id(),
                            upload.owner(),
                            upload.conversation(),
                            length.isPresent()
                                    ? "damaged (" + length.getAsLong() + " bytes instead of " + upload.bytes() + ")"
                                    : "lost");
                }
            }
            return isSound;
        });
    }

    /// Beyond some, all may be said once more.
    private boolean isNews(final MediaId lost) {
        if (told.size() >= TOLD_MAX) {
            told.clear();
        }
        return told.add(lost);
    }

    /// The bytes of a whole upload; who asks has been looked at.
    public Source<ByteString, ?> read(final MediaId id, final long from, final long length) {
        return store.orElseThrow().read(id, from, length).map(part -> {
            counters.add("media_bytes_served", part.size());
            return part;
        });
    }

    /// Throws an upload away, for who uploads it.
    ///
    /// @return false if there is none, or a message carries it
    public CompletionStage<Boolean> delete(final UserId owner, final MediaId id) {
        return own(owner, id).thenCompose(found -> {
            if (found.isEmpty() || found.get().standing() instanceof Standing.Claimed) {
                return CompletableFuture.completedStage(false);
            }
            return counted(store.orElseThrow().delete(id)).thenApply(_ -> true);
        });
    }

    @Override
    public CompletionStage<Outcome> bind(final Claim claim, final List<MediaId> media) {
        return store.isEmpty()
                ? CompletableFuture.completedStage(new Outcome.Missing(media.getFirst()))
                : counted(store.get().bind(claim, media, clock.instant()));
    }

    @Override
    public void stored(final Claim claim, final long seq, final List<MediaId> media) {
        store.ifPresent(place -> {
            counters.add("media_sent", media.size());
            final var _ = counted(place.stored(seq, media));
        });
    }

    /// Throws away what has expired, and asks the log about messages of which nobody said where they stand.
    public CompletionStage<Done> sweep() {
        if (store.isEmpty()) {
            return CompletableFuture.completedStage(Done.getInstance());
        }
        return store.get()
                .sweep(clock.instant(), settings.unsentFor(), this::sought)
                .thenApply(swept -> {
                    counters.add("media_expired", swept.expired());
                    counters.add("media_orphaned", swept.orphaned());
                    counters.add("media_failed_sweep", swept.failed());
                    return Done.getInstance();
                });
    }

    /// Where the message stands of which nobody said it; empty: it was never stored. Fails where that is not
    /// known now.
    private CompletionStage<Optional<Long>> sought(final Claim claim) {
        return log.head()
                .apply(claim)
                .thenCompose(head -> {
                    if (head < claim.head()) {
                        throw unreadable(claim); // it was longer when this was claimed
                    }
                    return LogSearch.find(
                            log.entries(),
                            new LogSearch.Wanted(
                                    claim.conversation(), claim.author(), claim.message(), claim.head() + 1, head));
                })
                .thenApply(outcome -> switch (outcome) {
                    case LogSearch.Outcome.Stands(final var at, final long _) -> Optional.of(at.seq());
                    case LogSearch.Outcome.Absent _ -> Optional.empty();
                    case LogSearch.Outcome.Unknown _ -> throw unreadable(claim);
                });
    }

    private static CompletionException unreadable(final Claim claim) {
        return new CompletionException(new IOException("the log of " + claim.conversation() + " cannot be read now"));
    }

    private <T> CompletionStage<T> counted(final CompletionStage<T> work) {
        return work.whenComplete((_, failure) -> {
            if (failure != null) {
                counters.count("media_failed_store");
            }
        });
    }
}
