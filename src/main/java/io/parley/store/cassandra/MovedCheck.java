package io.parley.store.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.parley.store.Checksum;
import io.parley.store.EmbeddedSource;
import io.parley.store.StoreException;
import io.parley.store.cassandra.JournalRows.StoredRow;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/// Reads a moved store back, as a recovery reads it, and holds it against the data directory: entity by entity,
/// a few at once.
final class MovedCheck {
    /// Entities read at once.
    private static final int AT_ONCE = 16;

    private static final int PAGE = 200;
    private static final int KEYS_PAGE = 1_000;

    /// Differences told; more are counted.
    private static final int TOLD_MAX = 10;

    /// What was compared, and what differs.
    ///
    /// @param entities by kind
    /// @param blobs    without those that had ended, or were about to
    /// @param bytes    of events, snapshots and blobs
    /// @param sha256   over the checksums of all entities and blobs
    /// @param wrong    how many differences there are
    /// @param told     the first of them
    record Totals(
            Map<String, Long> entities,
            long events,
            long snapshots,
            long blobs,
            long bytes,
            String sha256,
            long wrong,
            List<String> told) {}

    private final EmbeddedSource source;
    private final Patience patience;
    private final Progress progress;
    private final CqlSession session;
    private final String keyspace;
    private final JournalRows rows;
    private final Seals seals;
    private final PreparedStatement snapshots;

    private final Deque<Reading> readings = new ArrayDeque<>();
    private final Map<String, Long> entities = new TreeMap<>();
    private final Checksum all = new Checksum();
    private final List<String> told = new ArrayList<>();
    private long wrong;
    private long events;
    private long snapshotCount;
    private long bytes;

    /// Called with how many events were read of the directory.
    interface Progress {
        /// Looks whether to go on.
        ///
        /// @throws StoreException if not
        void compared(long events) throws StoreException;
    }

    /// @param partitionSize numbers a partition
    MovedCheck(
            final EmbeddedSource source,
            final CqlSession session,
            final String keyspace,
            final long partitionSize,
            final Patience patience,
            final Progress progress) {
        this.source = source;
        this.session = session;
        this.keyspace = keyspace;
        this.patience = patience;
        this.progress = progress;
        final var connected = CompletableFuture.<CqlSession>completedStage(session);
        this.rows = new JournalRows(connected, keyspace, partitionSize);
        this.seals = new Seals(connected, keyspace);
        this.snapshots = session.prepare("SELECT sequence_nr, ser_id, ser_manifest, snapshot_data FROM " + keyspace
                + ".snapshots WHERE persistence_id = ?");
    }

    /// The two sides of one entity: what is in the directory, and what a recovery would find.
    private record Reading(EmbeddedSource.Entity entity, Both expected, CompletionStage<Both> found) {}

    private record Both(Checksum.Sum events, Checksum.Sum snapshots) {}

    /// A recovery could not use what is there.
    private static final class Unusable extends RuntimeException {
        @java.io.Serial
        private static final long serialVersionUID = 1L;

        Unusable(final String message) {
            super(message, null, false, false);
        }
    }

    /// Compares everything.
    ///
    /// @throws StoreException if one side cannot be read
    Totals compare() throws StoreException {
        final var ids = new Keys();
        final var deleted = new Keys();
        try (var every = source.entities("")) {
            for (var next = every.next(); next.isPresent(); next = every.next()) {
                final var entity = next.get();
                ids.add(entity.persistenceId(), 0);
                if (entity.first() > 1) {
                    deleted.add(entity.persistenceId(), entity.first() - 1);
                }
                while (readings.size() >= AT_ONCE) {
                    settle(readings.removeFirst());
                }
                readings.addLast(begin(entity));
            }
        }
        while (!readings.isEmpty()) {
            settle(readings.removeFirst());
        }
        compareKeys("all_persistence_ids", "persistence_id", _ -> 0, ids);
        compareKeys("metadata", "persistence_id, deleted_to", row -> row.getLong("deleted_to"), deleted);
        final var blobs = new MovedBlobs(session, keyspace, patience, () -> progress.compared(events), all, this::tell)
                .compare(source, Instant.ofEpochMilli(System.currentTimeMillis()));
        return new Totals(
                entities,
                events,
                snapshotCount,
                blobs.count(),
                bytes + blobs.bytes(),
                all.sum().sha256(),
                wrong,
                told);
    }

    private Reading begin(final EmbeddedSource.Entity entity) throws StoreException {
        final var found = patience.ask(() -> stored(entity));
        return new Reading(entity, expected(entity), found);
    }

    private Both expected(final EmbeddedSource.Entity entity) throws StoreException {
        final var ofEvents = new Checksum();
        try (var each = source.events(entity, 1)) {
            for (var next = each.next(); next.isPresent(); next = each.next()) {
                add(ofEvents, next.get());
                events++;
                progress.compared(events);
            }
        }
        final var ofSnapshots = new Checksum();
        source.snapshots(entity.persistenceId()).forEach(each -> add(ofSnapshots, each));
        return new Both(ofEvents.sum(), ofSnapshots.sum());
    }

    private static void add(final Checksum checksum, final EmbeddedSource.Stored each) {
        checksum.add(each.seq(), each.serializerId(), each.manifest(), each.payload());
    }

    private CompletionStage<Both> stored(final EmbeddedSource.Entity entity) {
        final var persistenceId = entity.persistenceId();
        final var ofEvents = new Checksum();
        return seals.of(persistenceId)
                .thenCompose(seal -> {
                    final var log = new Log(entity.first(), seal, ofEvents);
                    return rows.read(persistenceId, entity.first(), Long.MAX_VALUE, PAGE, log)
                            .thenRun(log::end);
                })
                .thenCompose(_ -> session.executeAsync(
                        snapshots.bind(persistenceId).setExecutionProfileName(CassandraStore.JOURNAL)))
                .thenCompose(page -> gathered(page, new ArrayList<>()))
                .thenApply(found -> new Both(ofEvents.sum(), sum(found)));
    }

    /// Settles rows as a recovery does, a page at a time.
    private static final class Log implements Consumer<StoredRow> {
        private final Seal seal;
        private final Checksum checksum;
        private final List<StoredRow> page = new ArrayList<>();
        private long expected;

        Log(final long first, final Seal seal, final Checksum checksum) {
            this.expected = first;
            this.seal = seal;
            this.checksum = checksum;
        }

        @Override
        public void accept(final StoredRow row) {
            page.add(row);
            if (page.size() == PAGE) {
                end();
            }
        }

        void end() {
            final var resolved = Lineage.resolve(page, seal);
            if (!resolved.passedOver().isEmpty()) {
                throw new Unusable("number " + resolved.passedOver().getFirst().seq() + " is not in the log");
            }
            for (final var row : resolved.log()) {
                if (row.seq() != expected) {
                    throw new Unusable("number " + expected + " is missing");
                }
                expected++;
                checksum.add(row.seq(), row.serializerId(), row.manifest(), row.event());
            }
            page.clear();
        }
    }

    private static CompletionStage<List<Row>> gathered(final AsyncResultSet page, final List<Row> before) {
        page.currentPage().forEach(before::add);
        return page.hasMorePages()
                ? page.fetchNextPage().thenCompose(next -> gathered(next, before))
                : CompletableFuture.completedStage(before);
    }

    private static Checksum.Sum sum(final List<Row> snapshots) {
        final var checksum = new Checksum();
        snapshots.stream()
                .sorted(Comparator.comparingLong(row -> row.getLong("sequence_nr")))
                .forEach(row -> checksum.add(
                        row.getLong("sequence_nr"),
                        row.getInt("ser_id"),
                        Objects.requireNonNullElse(row.getString("ser_manifest"), ""),
                        Objects.requireNonNullElse(row.getByteBuffer("snapshot_data"), ByteBuffer.allocate(0))));
        return checksum.sum();
    }

    private void settle(final Reading reading) throws StoreException {
        final var persistenceId = reading.entity().persistenceId();
        final var expected = reading.expected();
        final var found = reading.found()
                .<Object>thenApply(both -> both)
                .exceptionallyCompose(failure -> Patience.cause(failure) instanceof Unusable
                                || Patience.cause(failure) instanceof Lineage.Damaged
                        ? CompletableFuture.completedStage(
                                String.valueOf(Patience.cause(failure).getMessage()))
                        : CompletableFuture.failedStage(failure));
        switch (patience.await(found, () -> progress.compared(events))) {
            case Both both -> {
                differs(persistenceId, "events", expected.events(), both.events());
                differs(persistenceId, "snapshots", expected.snapshots(), both.snapshots());
            }
            case final Object why -> tell(persistenceId + ": " + why);
        }
        entities.merge(reading.entity().kind(), 1L, Long::sum);
        snapshotCount += expected.snapshots().rows();
        bytes += expected.events().bytes() + expected.snapshots().bytes();
        all.add(persistenceId);
        all.add(expected.events().sha256());
        all.add(expected.snapshots().sha256());
    }

    private void differs(
            final String persistenceId, final String what, final Checksum.Sum expected, final Checksum.Sum found) {
        if (!expected.equals(found)) {
            tell(persistenceId + ": " + found.rows() + " " + what + " with checksum " + found.sha256() + " instead of "
                    + expected.rows() + " with " + expected.sha256());
        }
    }

    private void tell(final String difference) {
        wrong++;
        if (told.size() < TOLD_MAX) {
            told.add(difference);
        }
    }

    /// A set of keys with numbers, of which only a sum is kept: two with the same sum are the same.
    static final class Keys {
        private final long[] sum = new long[4];
        private long count;

        void add(final String key, final long number) {
            final var digest = Checksum.sha256();
            digest.update(key.getBytes(StandardCharsets.UTF_8));
            final var hash = ByteBuffer.wrap(digest.digest(
                    ByteBuffer.allocate(Long.BYTES).putLong(number).array()));
            for (int i = 0; i < sum.length; i++) {
                sum[i] += hash.getLong();
            }
            count++;
        }

        long count() {
            return count;
        }

        boolean isSame(final Keys other) {
            return count == other.count && Arrays.equals(sum, other.sum);
        }
    }

    private void compareKeys(
            final String table, final String columns, final ToLongFunction<Row> number, final Keys expected)
            throws StoreException {
        final var statement = SimpleStatement.newInstance("SELECT " + columns + " FROM " + keyspace + "." + table)
                .setPageSize(KEYS_PAGE)
                .setExecutionProfileName(CassandraStore.JOURNAL);
        final var found = patience.await(
                patience.ask(() -> session.executeAsync(statement).thenCompose(page -> keys(page, number, new Keys()))),
                () -> progress.compared(events));
        if (!found.isSame(expected)) {
            tell("table " + table + ": " + found.count + " rows instead of " + expected.count + ", or others");
        }
    }

    private static CompletionStage<Keys> keys(
            final AsyncResultSet page, final ToLongFunction<Row> number, final Keys before) {
        page.currentPage()
                .forEach(row -> before.add(
                        Objects.requireNonNullElse(row.getString("persistence_id"), ""), number.applyAsLong(row)));
        return page.hasMorePages()
                ? page.fetchNextPage().thenCompose(next -> keys(next, number, before))
                : CompletableFuture.completedStage(before);
    }
}
