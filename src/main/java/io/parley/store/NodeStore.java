package io.parley.store;

import java.nio.file.Path;
import java.util.Optional;

/// Where a node's events are, once it is open: what the node needs of it beside the journal that Pekko runs.
public interface NodeStore extends AutoCloseable {
    /// Pages of history.
    JournalReader reader();

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
