package io.parley.store;

import java.nio.file.Path;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;

/// Ledgers on an embedded store, for tests of other packages.
public final class EmbeddedLedgers implements AutoCloseable {
    private final StoreNode node;

    /// Opens the store in `directory`, as a node does.
    public EmbeddedLedgers(final Path directory) throws StoreException {
        node = new StoreNode(directory);
    }

    /// Enters `entry 1` and so on, one after the other.
    public void fill(final String id, final RetentionCriteria retention, final int entries) {
        final var ledger = node.ledger(id, retention);
        for (int i = 1; i <= entries; i++) {
            StoreNode.await(node.enter(ledger, "entry " + i));
        }
    }

    /// Waits until the events before that one were deleted, and it is marked as such.
    public void awaitFirst(final String id, final long seq) {
        node.awaitCount(seq, "SELECT min(sequence_number) FROM event_journal WHERE persistence_id = '" + id + "'");
    }

    @Override
    public void close() throws StoreException {
        node.close();
    }
}
