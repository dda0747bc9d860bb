package io.parley.store;

import io.parley.content.Octets;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;

/// Blobs of some store behind the bounds that [Blobs] promises: what is asked for is checked, waits its turn,
/// is refused where too much waits, and is counted where it was refused or failed.
public final class BoundedBlobs implements Blobs {
    private final Blobs blobs;
    private final Failures failures;
    private final Admission writes;
    private final Admission reads;

    /// @param blobs where they are; need not check or bound anything
    public BoundedBlobs(final Blobs blobs, final BlobBounds bounds, final Failures failures) {
        this.blobs = blobs;
        this.failures = failures;
        this.writes = new Admission(bounds);
        this.reads = new Admission(bounds);
    }

    @Override
    public CompletionStage<Done> put(final String scope, final Octets sha256, final byte[] bytes) {
        if (!isScope(scope) || bytes.length == 0 || bytes.length > BYTES_MAX || !isHashOf(sha256, bytes)) {
            return wrong("a blob is 1 to " + BYTES_MAX + " bytes under their own SHA-256");
        }
        return counted(writes.admit(bytes.length, () -> blobs.put(scope, sha256, bytes)));
    }

    @Override
    public CompletionStage<Boolean> bind(final String scope, final Set<Octets> sha256s) {
        final var hashes = Set.copyOf(sha256s);
        if (!areNames(scope, hashes)) {
            return wrong("at most " + HASHES_MAX + " SHA-256 of blobs");
        }
        return counted(writes.admit(0, () -> blobs.bind(scope, hashes)));
    }

    @Override
    public CompletionStage<Optional<byte[]>> get(final String scope, final Octets sha256) {
        if (!areNames(scope, Set.of(sha256))) {
            return wrong("a blob is asked for by its SHA-256");
        }
        return counted(reads.admit(0, () -> blobs.get(scope, sha256)));
    }

    @Override
    public CompletionStage<Done> delete(final String scope, final Set<Octets> sha256s) {
        final var hashes = Set.copyOf(sha256s);
        if (!areNames(scope, hashes)) {
            return wrong("at most " + HASHES_MAX + " SHA-256 of blobs");
        }
        return counted(writes.admit(0, () -> blobs.delete(scope, hashes)));
    }

    private static boolean isScope(final String scope) {
        return !scope.isEmpty() && scope.length() <= SCOPE_MAX;
    }

    private static boolean areNames(final String scope, final Set<Octets> sha256s) {
        return isScope(scope)
                && sha256s.size() <= HASHES_MAX
                && sha256s.stream().allMatch(each -> each.length() == HASH_BYTES);
    }

    private static boolean isHashOf(final Octets sha256, final byte[] bytes) {
        return sha256.equals(Octets.of(Checksum.sha256().digest(bytes)));
    }

    private static <T> CompletionStage<T> wrong(final String how) {
        return CompletableFuture.failedStage(new IllegalArgumentException(how));
    }

    private <T> CompletionStage<T> counted(final CompletionStage<T> answer) {
        return answer.whenComplete((_, failure) -> {
            if (failure instanceof Busy) {
                failures.count("blobs_refused");
            } else if (failure != null) {
                failures.count("blobs_failed");
            }
        });
    }
}
