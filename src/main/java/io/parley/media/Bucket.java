package io.parley.media;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.headers.ByteRange;
import org.apache.pekko.stream.connectors.s3.AccessStyle;
import org.apache.pekko.stream.connectors.s3.ApiVersion;
import org.apache.pekko.stream.connectors.s3.MemoryBufferType;
import org.apache.pekko.stream.connectors.s3.RetrySettings;
import org.apache.pekko.stream.connectors.s3.S3Attributes;
import org.apache.pekko.stream.connectors.s3.S3Exception;
import org.apache.pekko.stream.connectors.s3.S3Headers;
import org.apache.pekko.stream.connectors.s3.S3Settings;
import org.apache.pekko.stream.connectors.s3.javadsl.S3;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.collection.immutable.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;

/// The few things that are done with objects in a bucket. What fails, fails with an [IOException] that says
/// what an operator has to know, and after a bounded time: it was tried again by then.
///
/// Safe from any thread.
final class Bucket {
    private static final Logger LOG = LoggerFactory.getLogger(Bucket.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /// Refused because another conditional write of the same object is on its way: which of them wins is not
    /// known yet.
    private static final int CONFLICT = 409;

    private static final int CONFLICTS_MAX = 5;
    private static final S3Headers IF_ABSENT =
            S3Headers.empty().withCustomHeaders(new Map.Map1<>("If-None-Match", "*"));
    private static final String NO_BUCKET = "NoSuchBucket";
    private static final int PRECONDITION_FAILED = 412;
    private static final int NOT_FOUND = 404;

    /// Objects that are deleted at once.
    private static final int DELETES = 4;

    private final BucketSettings settings;
    private final S3Settings connection;
    private final ActorSystem<?> system;
    private final AtomicBoolean isAway = new AtomicBoolean();

    /// An object in a list.
    record Stored(String key, long bytes, Instant modified) {}

    Bucket(final BucketSettings settings, final ActorSystem<?> system) {
        this.settings = settings;
        this.system = system;
        final var keys = StaticCredentialsProvider.create(
                AwsBasicCredentials.create(settings.accessKey(), settings.secretKey()));
        final var region = Region.of(settings.region());
        final var amazon = S3Settings.create(
                        MemoryBufferType.getInstance(), keys, () -> region, ApiVersion.getListBucketVersion2())
                .withRetrySettings(RetrySettings.create(2, Duration.ofMillis(200), Duration.ofSeconds(1), 0.2))
                .withAccessStyle(
                        settings.pathStyle() ? AccessStyle.pathAccessStyle() : AccessStyle.virtualHostAccessStyle());
        this.connection = settings.endpoint()
                .map(endpoint -> amazon.withEndpointUrl(
                        settings.pathStyle()
                                ? endpoint.toString()
                                : endpoint.toString().replace("://", "://{bucket}.")))
                .orElse(amazon);
    }

    /// Writes an object, in place of what was there.
    CompletionStage<Done> put(final String key, final ByteString bytes) {
        return put(key, bytes, S3Headers.empty());
    }

    /// Writes an object unless there is one: of several who do this at once one succeeds.
    ///
    /// @return false if there is one, which may be our own where an answer was lost
    CompletionStage<Boolean> putNew(final String key, final ByteString bytes) {
        return putNew(key, bytes, 1);
    }

    private CompletionStage<Boolean> putNew(final String key, final ByteString bytes, final int tried) {
        return put(key, bytes, IF_ABSENT)
                .thenApply(_ -> CompletableFuture.completedStage(true))
                .exceptionally(failure -> switch (statusOf(failure)) {
                    case PRECONDITION_FAILED -> CompletableFuture.completedStage(false);
                    case CONFLICT ->
                        tried < CONFLICTS_MAX
                                ? putNew(key, bytes, tried + 1)
                                : CompletableFuture.<Boolean>failedStage(failure);
                    default -> CompletableFuture.<Boolean>failedStage(failure);
                })
                .thenCompose(stage -> stage);
    }

    private CompletionStage<Done> put(final String key, final ByteString bytes, final S3Headers headers) {
        return asked(S3.putObject(
                        settings.bucket(),
                        key,
                        Source.single(bytes),
                        bytes.size(),
                        ContentTypes.APPLICATION_OCTET_STREAM,
                        headers)
                .map(_ -> Done.getInstance())
                .completionTimeout(PATIENCE));
    }

    /// A small object, whole; empty: there is none.
    CompletionStage<Optional<ByteString>> get(final String key) {
        return whole(S3.getObject(settings.bucket(), key))
                .thenApply(Optional::of)
                .exceptionally(failure -> {
                    if (refusal(failure).filter(Refused::isForLackOfObject).isPresent()) {
                        return Optional.empty();
                    }
                    throw asCompletion(failure);
                });
    }

    /// Some bytes of an object, all of which must be there.
    CompletionStage<ByteString> get(final String key, final long from, final int length) {
        return whole(S3.getObject(settings.bucket(), key, ByteRange.createSlice(from, from + length - 1)))
                .thenApply(bytes -> {
                    if (bytes.size() != length) {
                        throw new CompletionException(
                                new IOException("of " + key + " in " + settings + " some bytes are missing"));
                    }
                    return bytes;
                });
    }

    private CompletionStage<ByteString> whole(final Source<ByteString, ?> bytes) {
        return asked(
                bytes.fold(ByteString.emptyByteString(), ByteString::concat).completionTimeout(PATIENCE));
    }

    /// Looks at all objects whose key begins so, one after the other, in the order of their keys.
    <T> CompletionStage<T> list(final String prefix, final T first, final BiFunction<T, Stored, T> next) {
        return asked(S3.listBucket(settings.bucket(), Optional.of(prefix))
                .idleTimeout(PATIENCE)
                .fold(
                        first,
                        (before, object) -> next.apply(
                                before, new Stored(object.getKey(), object.getSize(), object.getLastModified()))));
    }

    /// All objects whose key begins so.
    CompletionStage<List<Stored>> list(final String prefix) {
        return list(prefix, new ArrayList<Stored>(), (before, object) -> {
                    before.add(object);
                    return before;
                })
                .thenApply(List::copyOf);
    }

    /// Deletes an object; one that is not there is not missed.
    CompletionStage<Done> delete(final String key) {
        return asked(S3.deleteObject(settings.bucket(), key).completionTimeout(PATIENCE));
    }

    /// Deletes these, in no order.
    CompletionStage<Done> delete(final Collection<String> keys) {
        return Source.from(keys).mapAsyncUnordered(DELETES, this::delete).runWith(Sink.ignore(), system);
    }

    // what fails

    /// The store's own words, where it said no.
    private static final class Refused extends IOException {
        @java.io.Serial
        private static final long serialVersionUID = 1L;

        private final int status;
        private final String code;

        Refused(final String message, final S3Exception cause) {
            super(message, cause);
            this.status = cause.statusCode().intValue();
            this.code = cause.code();
        }

        boolean isForLackOfObject() {
            return status == NOT_FOUND && !code.equals(NO_BUCKET);
        }
    }

    /// What comes of a request: the one element of its stream.
    private <T> CompletionStage<T> asked(final Source<T, ?> request) {
        return request.withAttributes(S3Attributes.settings(connection))
                .runWith(Sink.head(), system)
                .handle((answer, failure) -> {
                    if (failure == null) {
                        answers();
                        return answer;
                    }
                    throw new CompletionException(failure(rootOf(failure)));
                });
    }

    private IOException failure(final Throwable root) {
        return switch (root) {
            case final S3Exception no -> new Refused(refusal(no), no);
            case final TimeoutException late -> away(new IOException(settings + " does not answer", late));
            default -> away(new IOException(settings + " cannot be reached: " + root, root));
        };
    }

    private IOException away(final IOException failure) {
        if (!isAway.getAndSet(true)) { // once, however many requests fail
            LOG.warn("{}", failure.getMessage());
        }
        return failure;
    }

    private void answers() {
        if (isAway.get() && isAway.compareAndSet(true, false)) {
            LOG.info("{} answers again", settings);
        }
    }

    private String refusal(final S3Exception no) {
        return switch (no.code()) {
            case NO_BUCKET -> settings + " does not exist";
            case "InvalidAccessKeyId", "SignatureDoesNotMatch" ->
                settings + " refuses the key (" + no.code()
                        + "): look at parley.media.s3.access-key, secret-key and region";
            case "AccessDenied" -> settings + " does not allow this key what it has to do: " + no.message();
            default -> settings + " answers " + no.statusCode().intValue() + " " + no.code() + ": " + no.message();
        };
    }

    private static int statusOf(final Throwable failure) {
        return refusal(failure).map(no -> no.status).orElse(0);
    }

    private static Optional<Refused> refusal(final Throwable failure) {
        final var cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof final Refused no ? Optional.of(no) : Optional.empty();
    }

    private static CompletionException asCompletion(final Throwable failure) {
        return failure instanceof final CompletionException known ? known : new CompletionException(failure);
    }

    private static Throwable rootOf(final Throwable failure) {
        Throwable root = failure;
        while (root instanceof CompletionException && root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    @Override
    public String toString() {
        return settings.toString();
    }
}
