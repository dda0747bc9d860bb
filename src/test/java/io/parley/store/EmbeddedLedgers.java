package io.parley.store;

import io.parley.content.Octets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;

/// Ledgers on an embedded store, for tests of other packages.
public final class EmbeddedLedgers implements AutoCloseable {
    private final StoreNode node;
    private final EmbeddedBlobs blobs;

    /// Opens the store in `directory`, as a node does.
    public EmbeddedLedgers(final Path directory) throws StoreException {
        node = new StoreNode(directory);
        blobs = new EmbeddedBlobs(
                directory.resolve(EmbeddedStore.FILE),
                JournalConnection.of(node.system()),
                Duration.ofHours(24),
                Clock.systemUTC());
    }

    /// Puts a blob, and returns its name.
    public Octets put(final String scope, final byte[] bytes, final boolean binds) {
        final var sha256 = Octets.of(Checksum.sha256().digest(bytes));
        StoreNode.await(blobs.put(scope, sha256, bytes));
        if (binds) {
            StoreNode.await(blobs.bind(scope, Set.of(sha256)));
        }
        return sha256;
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
        blobs.close();
        node.close();
    }
}
