package io.parley.store.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import io.parley.content.Octets;
import io.parley.store.Blobs;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.jspecify.annotations.Nullable;

/// Blobs in Cassandra, one partition each, in two tables: what is put goes into `unbound_blobs`, whose rows end
/// by themselves, and what is bound is copied from there to `blobs`, whose rows stay. In one table a late put
/// would give a bound blob an end again: Cassandra keeps the newer of two rows, and its time to live with it.
///
/// A put and a bind need no lease for the blobs' sake. They are no events: a row's key says what its bytes are,
/// so that whoever writes it, in whatever order and however late, writes the same. A deletion does need it: of
/// a node that has been overtaken it would remove what the new owner of the conversation has bound since. And
/// nobody is served by a node without the lease, nor may one write to a keyspace that is another cluster's. So
/// all of them go through the fenced session like any write, without an exception.
///
/// Checks nothing: [io.parley.store.BoundedBlobs] stands before it.
final class CassandraBlobs implements Blobs {
    private final CompletionStage<CqlSession> session;
    private final int unboundSeconds;
    private final String put;
    private final String get;
    private final String getUnbound;
    private final String has;
    private final String hasUnbound;
    private final String keep;
    private final String delete;
    private final String deleteUnbound;

    /// @param unboundFor how long an unbound blob stays after it was put last
    CassandraBlobs(final CompletionStage<CqlSession> session, final String keyspace, final Duration unboundFor) {
        final var bound = keyspace + ".blobs";
        final var unbound = keyspace + ".unbound_blobs";
        final var named = " WHERE scope = ? AND sha256 = ?";
        this.session = session;
        this.unboundSeconds = Math.toIntExact(unboundFor.toSeconds());
        this.put = "INSERT INTO " + unbound + " (scope, sha256, bytes) VALUES (?, ?, ?) USING TTL ?";
        this.get = "SELECT bytes FROM " + bound + named;
        this.getUnbound = "SELECT bytes FROM " + unbound + named;
        this.has = "SELECT sha256 FROM " + bound + named;
        this.hasUnbound = "SELECT sha256 FROM " + unbound + named;
        this.keep = "INSERT INTO " + bound + " (scope, sha256, bytes) VALUES (?, ?, ?)";
        this.delete = "DELETE FROM " + bound + named;
        this.deleteUnbound = "DELETE FROM " + unbound + named;
    }

    /// Prepared each time, which the driver remembers: so it does not matter whether there were tables when the
    /// session began.
    private CompletionStage<AsyncResultSet> execute(final String query, final Object... values) {
        return session.thenCompose(connected -> connected
                .prepareAsync(query)
                .thenCompose(statement -> connected.executeAsync(
                        statement.bind(values).setExecutionProfileName(CassandraStore.JOURNAL))));
    }

    private static ByteBuffer key(final Octets sha256) {
        return ByteBuffer.wrap(sha256.toArray());
    }

    @Override
    public CompletionStage<Done> put(final String scope, final Octets sha256, final byte[] bytes) {
        return execute(put, scope, key(sha256), ByteBuffer.wrap(bytes), unboundSeconds)
                .thenApply(_ -> Done.done());
    }

    /// First looks whether all are there; then copies one after the other, so that one at most is in memory.
    @Override
    public CompletionStage<Boolean> bind(final String scope, final Set<Octets> sha256s) {
        final var all = List.copyOf(sha256s);
        return each(all, sha256 -> isThere(scope, sha256))
                .thenCompose(there ->
                        there ? each(all, sha256 -> kept(scope, sha256)) : CompletableFuture.completedStage(false));
    }

    private static CompletionStage<Boolean> each(
            final List<Octets> sha256s, final Function<Octets, CompletionStage<Boolean>> step) {
        CompletionStage<Boolean> soFar = CompletableFuture.completedStage(true);
        for (final var sha256 : sha256s) {
            soFar = soFar.thenCompose(well -> well ? step.apply(sha256) : CompletableFuture.completedStage(false));
        }
        return soFar;
    }

    private CompletionStage<Boolean> isThere(final String scope, final Octets sha256) {
        return isIn(has, scope, sha256)
                .thenCompose(bound -> bound ? CompletableFuture.completedStage(true) : isIn(hasUnbound, scope, sha256));
    }

    private CompletionStage<Boolean> isIn(final String query, final String scope, final Octets sha256) {
        return execute(query, scope, key(sha256)).thenApply(found -> found.one() != null);
    }

    private CompletionStage<Boolean> kept(final String scope, final Octets sha256) {
        return isIn(has, scope, sha256)
                .thenCompose(bound -> bound ? CompletableFuture.completedStage(true) : copied(scope, sha256));
    }

    private CompletionStage<Boolean> copied(final String scope, final Octets sha256) {
        return execute(getUnbound, scope, key(sha256))
                .thenCompose(found -> bytes(found.one())
                        .map(bytes -> execute(keep, scope, key(sha256), ByteBuffer.wrap(bytes))
                                .thenApply(_ -> true))
                        .orElseGet(() -> CompletableFuture.completedStage(false))); // has ended just now
    }

    @Override
    public CompletionStage<Optional<byte[]>> get(final String scope, final Octets sha256) {
        return execute(get, scope, key(sha256))
                .thenApply(found -> bytes(found.one()))
                .thenCompose(bound -> bound.isPresent()
                        ? CompletableFuture.completedStage(bound)
                        : execute(getUnbound, scope, key(sha256)).thenApply(found -> bytes(found.one())));
    }

    private static Optional<byte[]> bytes(final @Nullable Row row) {
        return Optional.ofNullable(row == null ? null : row.getByteBuffer("bytes"))
                .map(stored -> {
                    final var bytes = new byte[stored.remaining()];
                    stored.duplicate().get(bytes);
                    return bytes;
                });
    }

    @Override
    public CompletionStage<Done> delete(final String scope, final Set<Octets> sha256s) {
        CompletionStage<?> soFar = CompletableFuture.completedStage(Done.done());
        for (final var sha256 : sha256s) {
            soFar = soFar.thenCompose(_ -> execute(deleteUnbound, scope, key(sha256)))
                    .thenCompose(_ -> execute(delete, scope, key(sha256)));
        }
        return soFar.thenApply(_ -> Done.done());
    }
}
