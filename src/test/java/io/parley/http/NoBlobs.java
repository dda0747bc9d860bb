package io.parley.http;

import io.parley.content.Octets;
import io.parley.store.Blobs;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;

/// Where nobody uploads anything.
final class NoBlobs implements Blobs {
    @Override
    public CompletionStage<Done> put(final String scope, final Octets sha256, final byte[] bytes) {
        return CompletableFuture.failedStage(new UnsupportedOperationException());
    }

    @Override
    public CompletionStage<Boolean> bind(final String scope, final Set<Octets> sha256s) {
        return CompletableFuture.completedStage(false);
    }

    @Override
    public CompletionStage<Optional<byte[]>> get(final String scope, final Octets sha256) {
        return CompletableFuture.completedStage(Optional.empty());
    }

    @Override
    public CompletionStage<Done> delete(final String scope, final Set<Octets> sha256s) {
        return CompletableFuture.completedStage(Done.getInstance());
    }
}
