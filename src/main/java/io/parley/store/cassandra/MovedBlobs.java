package io.parley.store.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.parley.content.Octets;
import io.parley.store.Checksum;
import io.parley.store.EmbeddedSource;
import io.parley.store.StoreException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Reads moved blobs back and holds them against the data directory. For one thread.
final class MovedBlobs {
    /// Blobs read at once, of at most 1 MiB each.
    private static final int AT_ONCE = 8;

    private static final int KEYS_PAGE = 1_000;

    /// What ends within that time may have ended here and not there.
    private static final Duration ENDS_SOON = Duration.ofMinutes(1);

    private final CqlSession session;
    private final String keyspace;
    private final Patience patience;
    private final Patience.Look look;
    private final Consumer<String> differs;
    private final PreparedStatement bound;
    private final PreparedStatement unbound;

    private final Deque<Reading> readings = new ArrayDeque<>();
    private final Checksum all;
    private long count;
    private long bytes;

    /// What was compared.
    ///
    /// @param bytes of them
    record Totals(long count, long bytes) {}

    /// One blob: where it is in the directory, and what is in its row.
    private record Reading(EmbeddedSource.StoredBlob blob, CompletionStage<AsyncResultSet> found) {}

    /// @param look    called while waiting
    /// @param all     to which each blob is added, in order
    /// @param differs is told each difference
    MovedBlobs(
            final CqlSession session,
            final String keyspace,
            final Patience patience,
            final Patience.Look look,
            final Checksum all,
            final Consumer<String> differs) {
        this.session = session;
        this.keyspace = keyspace;
        this.patience = patience;
        this.look = look;
        this.all = all;
        this.differs = differs;
        final var named = " WHERE scope = ? AND sha256 = ?";
        this.bound = session.prepare("SELECT bytes FROM " + keyspace + ".blobs" + named);
        this.unbound = session.prepare("SELECT bytes FROM " + keyspace + ".unbound_blobs" + named);
    }

    /// Compares all.
    ///
    /// @param now what ends soon after that is left out
    /// @throws StoreException if one side cannot be read
    Totals compare(final EmbeddedSource source, final Instant now) throws StoreException {
        final var keys = new MovedCheck.Keys();
        try (var blobs = source.blobs(0, now.plus(ENDS_SOON))) {
            for (var next = blobs.next(); next.isPresent(); next = blobs.next()) {
                final var blob = next.get();
                if (blob.expires().isEmpty()) {
                    keys.add(name(blob.scope(), blob.sha256()), 0);
                }
                while (readings.size() >= AT_ONCE) {
                    settle(readings.removeFirst());
                }
                readings.addLast(new Reading(blob, patience.ask(() -> read(blob))));
            }
        }
        while (!readings.isEmpty()) {
            settle(readings.removeFirst());
        }
        compareKeys(keys);
        return new Totals(count, bytes);
    }

    private static String name(final String scope, final Octets sha256) {
        return scope + " " + HexFormat.of().formatHex(sha256.toArray());
    }

    private CompletionStage<AsyncResultSet> read(final EmbeddedSource.StoredBlob blob) {
        final var statement = blob.expires().isEmpty() ? bound : unbound;
        return session.executeAsync(statement
                .bind(blob.scope(), ByteBuffer.wrap(blob.sha256().toArray()))
                .setExecutionProfileName(CassandraStore.JOURNAL));
    }

    private void settle(final Reading reading) throws StoreException {
        final var blob = reading.blob();
        final var row = patience.await(reading.found(), look).one();
        if (!isOf(blob, row)) {
            differs.accept("blob " + name(blob.scope(), blob.sha256())
                    + (row == null ? " is missing" : " has other bytes there"));
        }
        count++;
        bytes += blob.bytes().remaining();
        all.add(name(blob.scope(), blob.sha256()));
    }

    /// The directory's bytes are those of the hash: that was looked at when they were read.
    private static boolean isOf(final EmbeddedSource.StoredBlob blob, final @Nullable Row row) {
        final var found = row == null ? null : row.getByteBuffer("bytes");
        return found != null && found.equals(blob.bytes());
    }

    private void compareKeys(final MovedCheck.Keys expected) throws StoreException {
        final var statement = SimpleStatement.newInstance("SELECT DISTINCT scope, sha256 FROM " + keyspace + ".blobs")
                .setPageSize(KEYS_PAGE)
                .setExecutionProfileName(CassandraStore.JOURNAL);
        final var found = patience.await(
                patience.ask(
                        () -> session.executeAsync(statement).thenCompose(page -> keys(page, new MovedCheck.Keys()))),
                look);
        if (!found.isSame(expected)) {
            differs.accept("table blobs: " + found.count() + " rows instead of " + expected.count() + ", or others");
        }
    }

    private static CompletionStage<MovedCheck.Keys> keys(final AsyncResultSet page, final MovedCheck.Keys before) {
        for (final var row : page.currentPage()) {
            final var sha256 = Objects.requireNonNullElse(row.getByteBuffer("sha256"), ByteBuffer.allocate(0));
            final var hash = new byte[sha256.remaining()];
            sha256.duplicate().get(hash);
            before.add(name(Objects.requireNonNullElse(row.getString("scope"), ""), Octets.of(hash)), 0);
        }
        return page.hasMorePages()
                ? page.fetchNextPage().thenCompose(next -> keys(next, before))
                : CompletableFuture.completedStage(before);
    }
}
