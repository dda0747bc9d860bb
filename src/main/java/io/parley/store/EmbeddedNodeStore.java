package io.parley.store;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The embedded store, seen by its node.
public final class EmbeddedNodeStore implements NodeStore {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedNodeStore.class);
    private static final Duration SWEEP_EVERY = Duration.ofHours(1);

    private final EmbeddedStore store;
    private final JournalReader reader;
    private final EntityNames names;
    private final WriteProbe probe;
    private final Lives lives;
    private final EmbeddedBlobs ownBlobs;
    private final Blobs blobs;

    private EmbeddedNodeStore(
            final EmbeddedStore store,
            final ActorSystem<?> system,
            final Lives lives,
            final InstantSource clock,
            final Failures failures) {
        final var journal = JournalConnection.of(system);
        final var bounds = BlobBounds.of(system);
        this.store = store;
        this.reader = JournalReader.of(system);
        this.names = new EmbeddedEntityNames(store.file());
        this.probe = WriteProbe.of(journal, () -> failures.count("store_probe_failed"));
        this.lives = lives;
        this.ownBlobs = new EmbeddedBlobs(store.file(), journal, bounds.unboundFor(), clock);
        this.blobs = new BoundedBlobs(ownBlobs, bounds, failures);
    }

    /// The store that the journal of `system` writes to. As long as that runs, blobs that have expired are
    /// removed.
    ///
    /// @param life     the name of the node's life that begins
    /// @param failures counts what failed
    /// @throws IOException if the data directory cannot be written
    public static EmbeddedNodeStore of(
            final EmbeddedStore store,
            final ActorSystem<?> system,
            final String life,
            final InstantSource clock,
            final Failures failures)
            throws IOException {
        final var lives = LifeRecords.open(store.directory(), life, clock);
        final var opened = new EmbeddedNodeStore(store, system, lives, clock, failures);
        system.scheduler().scheduleWithFixedDelay(Duration.ZERO, SWEEP_EVERY, opened::sweep, system.executionContext());
        return opened;
    }

    private void sweep() {
        final var _ = ownBlobs.sweep().whenComplete((swept, failure) -> {
            if (failure != null) { // the next time
                LOG.warn("expired blobs could not be removed: {}", failure.getMessage());
            } else if (swept > 0) {
                LOG.info("{} expired blobs were removed", swept);
            }
        });
    }

    @Override
    public CompletionStage<Void> usable() {
        return CompletableFuture.completedStage(null);
    }

    /// The directory is locked.
    @Override
    public boolean isOurs() {
        return true;
    }

    @Override
    public CompletionStage<Boolean> isTaken() {
        return CompletableFuture.completedStage(false);
    }

    @Override
    public void claim(final Optional<UUID> cluster, final boolean renews) {
        // ours while the process lives
    }

    @Override
    public CompletionStage<?> release(final Optional<UUID> cluster) {
        return CompletableFuture.completedStage(true);
    }

    @Override
    public Map<String, Long> metrics() {
        return store.sizes();
    }

    @Override
    public JournalReader reader() {
        return reader;
    }

    @Override
    public Blobs blobs() {
        return blobs;
    }

    @Override
    public EntityNames names() {
        return names;
    }

    @Override
    public WriteProbe probe() {
        return probe;
    }

    @Override
    public Lives lives() {
        return lives;
    }

    @Override
    public Optional<Path> directory() {
        return Optional.of(store.directory());
    }

    @Override
    public String description() {
        return "data in " + store.directory();
    }

    @Override
    public void close() throws StoreException {
        ownBlobs.close();
        store.close();
    }
}
