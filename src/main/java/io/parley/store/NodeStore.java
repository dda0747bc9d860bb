package io.parley.store;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/// Where a node's events are, once it is open: what the node needs of it beside the journal that Pekko runs.
public interface NodeStore extends AutoCloseable {
    /// Waits until it can be used, however long. Fails with [StoreException] where it never can be.
    CompletionStage<Void> usable();

    /// Whether it is this node's cluster's. One that another cluster uses must not be written to.
    boolean isOurs();

    /// Whether some cluster says that it is its own, and has said so a moment ago. Fails where the store does
    /// not answer.
    CompletionStage<Boolean> isTaken();

    /// Says, or finds out, whose it is. To be called every two seconds or so by a node of several.
    ///
    /// @param cluster who this cluster is, if that is known
    /// @param renews  whether this is the member that says it for all
    void claim(Optional<UUID> cluster, boolean renews);

    /// The last member leaves: the next cluster need not wait.
    CompletionStage<?> release(Optional<UUID> cluster);

    /// What it counts, by name. May look at its files: not to be called where nothing may wait.
    Map<String, Long> metrics();

    /// Pages of history.
    JournalReader reader();

    /// What is stored beside the events, by its hash.
    Blobs blobs();

    /// Which entities there are.
    EntityNames names();

    /// Whether it takes writes.
    WriteProbe probe();

    /// Signs of life.
    Lives lives();

    /// Where the node may keep keys of its own; empty if it must be told where they are.
    Optional<Path> directory();

    /// What a person would call it.
    String description();

    /// To be called when the actor system has ended.
    @Override
    void close() throws StoreException;
}
