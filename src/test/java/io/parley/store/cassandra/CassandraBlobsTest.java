package io.parley.store.cassandra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.datastax.oss.driver.api.core.CqlSession;
import io.parley.store.BlobBounds;
import io.parley.store.Blobs;
import io.parley.store.BlobsContract;
import io.parley.store.BoundedBlobs;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/// Blobs in a real Cassandra, where time passes as it does.
@Tag("slow")
@DisabledIfSystemProperty(named = "parley.cassandra.skip", matches = "true")
@Order(8)
final class CassandraBlobsTest extends BlobsContract {
    /// Longer than a slow machine needs from a put to a look at what was put.
    private static final Duration SOON = Duration.ofSeconds(5);

    private static final BlobBounds BOUNDS = new BlobBounds(SOON, 16, 500, 64 << 20, Duration.ofSeconds(20));

    private CqlSession session = OneCassandra.session();
    private volatile boolean lease = true;
    private Blobs blobs = open();

    private Blobs open() {
        final CqlSession fenced = new FencedSession(session, () -> lease);
        return new BoundedBlobs(
                new CassandraBlobs(CompletableFuture.completedStage(fenced), OneCassandra.keyspace(), SOON),
                BOUNDS,
                _ -> {});
    }

    @AfterEach
    void close() {
        session.close();
    }

    @Override
    protected void restart() {
        session.close();
        session = OneCassandra.session();
        blobs = open();
    }

    @Override
    protected Blobs blobs() {
        return blobs;
    }

    @Override
    protected String scope() {
        return "blobs " + OneCassandra.freshId();
    }

    @Override
    protected void letTimePass() {
        // it does
    }

    private long rows(final String table, final String scope, final byte[] bytes) {
        return session.execute(
                        "SELECT sha256 FROM " + OneCassandra.keyspace() + "." + table
                                + " WHERE scope = ? AND sha256 = ?",
                        scope,
                        ByteBuffer.wrap(hash(bytes).toArray()))
                .all()
                .size();
    }

    @Test
    void what_is_put_stands_in_one_table_and_what_is_bound_in_the_other_too() {
        final var scope = scope();
        final var bytes = bytes(100);
        await(blobs.put(scope, hash(bytes), bytes));
        assertEquals(0, rows("blobs", scope, bytes));
        assertEquals(1, rows("unbound_blobs", scope, bytes));
        assertTrue(await(blobs.bind(scope, Set.of(hash(bytes)))));
        assertEquals(1, rows("blobs", scope, bytes));
        await(blobs.delete(scope, Set.of(hash(bytes))));
        assertEquals(0, rows("blobs", scope, bytes));
        assertEquals(0, rows("unbound_blobs", scope, bytes));
    }

    @Test
    void without_its_lease_a_node_writes_and_deletes_nothing_and_still_reads() {
        final var scope = scope();
        final var bytes = bytes(100);
        await(blobs.put(scope, hash(bytes), bytes));
        assertTrue(await(blobs.bind(scope, Set.of(hash(bytes)))));
        lease = false;
        final var other = bytes(100);
        assertFenced(blobs.put(scope, hash(other), other));
        assertFenced(blobs.delete(scope, Set.of(hash(bytes))));
        assertTrue(await(blobs.get(scope, hash(bytes))).isPresent());
        lease = true;
        await(blobs.put(scope, hash(other), other));
        lease = false;
        assertFenced(blobs.bind(scope, Set.of(hash(other))));
    }

    private static void assertFenced(final CompletionStage<?> answer) {
        final var failed = assertThrows(CompletionException.class, () -> await(answer));
        assertInstanceOf(FencedSession.NoLease.class, failed.getCause());
    }
}
