package io.parley.store;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;

/// The embedded store, seen by its node.
public final class EmbeddedNodeStore implements NodeStore {
    private final EmbeddedStore store;
    private final JournalReader reader;
    private final EntityNames names;
    private final WriteProbe probe;
    private final Lives lives;

    private EmbeddedNodeStore(
            final EmbeddedStore store, final JournalReader reader, final WriteProbe probe, final Lives lives) {
        this.store = store;
        this.reader = reader;
        this.names = new EmbeddedEntityNames(store.file());
        this.probe = probe;
        this.lives = lives;
    }

    /// The store that the journal of `system` writes to.
    ///
    /// @param life        the name of the node's life that begins
    /// @param probeFailed called for each probe that failed
    /// @throws IOException if the data directory cannot be written
    public static EmbeddedNodeStore of(
            final EmbeddedStore store,
            final ActorSystem<?> system,
            final String life,
            final InstantSource clock,
            final Runnable probeFailed)
            throws IOException {
        final var lives = LifeRecords.open(store.directory(), life, clock);
        return new EmbeddedNodeStore(store, JournalReader.of(system), WriteProbe.of(system, probeFailed), lives);
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
        store.close();
    }
}
