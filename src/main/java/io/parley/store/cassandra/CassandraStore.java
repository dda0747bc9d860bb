package io.parley.store.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.parley.store.BlobBounds;
import io.parley.store.Blobs;
import io.parley.store.BoundedBlobs;
import io.parley.store.EntityNames;
import io.parley.store.Failures;
import io.parley.store.JournalReader;
import io.parley.store.Lives;
import io.parley.store.NodeStore;
import io.parley.store.StoreException;
import io.parley.store.WriteProbe;
import io.parley.store.cassandra.JournalRows.StoredRow;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.stream.connectors.cassandra.javadsl.CassandraSessionRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Events in Cassandra, through one fenced session that this node's journal, snapshot store and everything here
/// share. Connects when there is something to connect to: a node may start before its database.
public final class CassandraStore implements NodeStore {
    /// The driver's profile for events: `cassandra.conf` says how strongly they are written.
    static final String JOURNAL = "pekko-persistence-cassandra-profile";

    /// The driver's profile for what a node does to get to be allowed to write, lease or not.
    static final String CLAIMS = "parley-claims";

    /// The driver's profile for claims of shards.
    static final String EPOCHS = "parley-epochs";

    private static final Logger LOG = LoggerFactory.getLogger(CassandraStore.class);
    private static final String PLUGIN = "pekko.persistence.cassandra";
    private static final int PAGE_MAX = 1_000;
    private static final long SCHEMA_POLL_MILLIS = 1_000;

    private final Shared shared;
    private final JournalReader reader;
    private final EntityNames names;
    private final WriteProbe probe;
    private final Lives lives;
    private final Blobs blobs;
    private final String contactPoints;
    private final KeyspaceOwner owner;

    private CassandraStore(
            final ActorSystem<?> system, final String life, final InstantSource clock, final Failures failures) {
        this.shared = shared(system);
        final var keyspace = shared.keyspace;
        this.contactPoints = system.settings().config().getString("parley.cassandra.contact-points");
        this.reader = new JournalReader(shared::events, JournalReader.bounds(system));
        this.names = new CassandraEntityNames(shared.session, keyspace);
        final var insert = "INSERT INTO " + keyspace + ".write_probe (node, at) VALUES (?, ?)";
        this.probe = WriteProbe.by(
                () -> shared.session.thenCompose(
                        session -> session.executeAsync(SimpleStatement.newInstance(insert, life, clock.instant())
                                .setExecutionProfileName(JOURNAL))),
                () -> failures.count("store_probe_failed"));
        this.lives =
                new CassandraLives(shared.session, keyspace, life, clock, () -> failures.count("life_record_failed"));
        final var bounds = BlobBounds.of(system);
        this.blobs =
                new BoundedBlobs(new CassandraBlobs(shared.session, keyspace, bounds.unboundFor()), bounds, failures);
        this.owner = new KeyspaceOwner(new KeyspaceClaim(shared.session, keyspace), System::nanoTime);
    }

    /// Begins to connect.
    ///
    /// @param life     the name of the node's life that begins
    /// @param failures counts what failed
    public static CassandraStore connect(
            final ActorSystem<?> system, final String life, final InstantSource clock, final Failures failures) {
        return new CassandraStore(system, life, clock, failures);
    }

    @Override
    public CompletionStage<Void> usable() {
        return shared.session.thenCompose(session -> awaitSchema(session, 0).thenRun(() -> warnOfPeriodic(session)));
    }

    /// A ✓ is worth what Cassandra's answer is worth. One that does not tell, or not to this login, is not
    /// asked again.
    private static void warnOfPeriodic(final CqlSession session) {
        final var _ = CommitLogMode.of(session)
                .thenAccept(mode -> mode.filter(CommitLogMode::losesAcknowledged)
                        .ifPresent(periodic -> LOG.warn(
                                "Cassandra acknowledges before it has synced (commitlog_sync: periodic): what was acknowledged"
                                        + " last is lost where two replicas die at once. Set commitlog_sync: group"
                                        + " (docs/operations.md)")));
    }

    /// What was found in the keyspace.
    ///
    /// @param moving whether what an embedded store holds is being moved there
    private record Found(CassandraSchema.Found tables, boolean moving) {}

    private CompletionStage<Found> look(final CqlSession session) {
        return CassandraSchema.look(session, shared.keyspace)
                .thenCompose(tables -> tables.isUsable()
                        ? new Moves(session, shared.keyspace)
                                .unfinished()
                                .thenApply(unfinished -> new Found(tables, unfinished))
                        : CompletableFuture.completedStage(new Found(tables, false)));
    }

    private CompletionStage<Void> awaitSchema(final CqlSession session, final int tries) {
        return look(session)
                .handle((found, failure) -> {
                    if (failure == null && found.moving()) {
                        return CompletableFuture.<Void>failedStage(new StoreException("The keyspace " + shared.keyspace
                                + " holds a part of what is being moved there: finish that first, with the command"
                                + " `move-to-cassandra`"));
                    }
                    if (failure == null && found.tables().isUsable()) {
                        return CompletableFuture.<Void>completedStage(null);
                    }
                    if (failure == null && found.tables().lacksAdditions()) {
                        return CompletableFuture.<Void>failedStage(
                                new StoreException(
                                        "The keyspace " + shared.keyspace
                                                + " lacks tables that this Parley uses: run its command `schema` first (it only adds)"));
                    }
                    if (failure == null && found.tables().version() != 0) {
                        return CompletableFuture.<Void>failedStage(new StoreException("The keyspace " + shared.keyspace
                                + " has tables of version " + found.tables().version() + ", this Parley uses version "
                                + CassandraSchema.VERSION + ": see the upgrade order in docs/operations.md"));
                    }
                    if (tries % 10 == 0) {
                        LOG.warn(
                                "waiting for the tables of keyspace {} at {} (made with the command `schema`): {}",
                                shared.keyspace,
                                contactPoints,
                                failure == null ? "no version there" : failure.getMessage());
                    }
                    return CompletableFuture.supplyAsync(
                                    () -> tries + 1,
                                    CompletableFuture.delayedExecutor(SCHEMA_POLL_MILLIS, TimeUnit.MILLISECONDS))
                            .thenCompose(next -> awaitSchema(session, next));
                })
                .thenCompose(next -> next);
    }

    @Override
    public boolean isOurs() {
        return owner.isOurs();
    }

    @Override
    public CompletionStage<Boolean> isTaken() {
        return owner.isTaken();
    }

    @Override
    public void claim(final Optional<UUID> cluster, final boolean renews) {
        owner.look(cluster, renews);
    }

    @Override
    public CompletionStage<?> release(final Optional<UUID> cluster) {
        return owner.release(cluster);
    }

    @Override
    public Map<String, Long> metrics() {
        return Map.of("journal_rows_passed_over", passedOver());
    }

    /// Rows of the journal that did not count, because a later writer had written.
    long passedOver() {
        return shared.passedOver.sum();
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
        return Optional.empty();
    }

    @Override
    public String description() {
        return "Cassandra at " + contactPoints + ", keyspace " + shared.keyspace;
    }

    @Override
    public void close() {
        // the session ends with the actor system
    }

    /// What the parts of one actor system share, those that Pekko makes as well.
    static Shared shared(final ClassicActorSystemProvider system) {
        return Shared.ID.get(system);
    }

    static final class Shared implements Extension {
        private static final Id ID = new Id();

        private final ExtendedActorSystem system;
        private final CompletionStage<CqlSession> session;
        private final String keyspace;
        private final JournalRows rows;
        private final WriterEpochs epochs;
        private final Seals seals;
        private final LongAdder passedOver = new LongAdder();

        private Shared(final ExtendedActorSystem system) {
            this.system = system;
            final var plugin = system.settings().config().getConfig(PLUGIN);
            this.keyspace = plugin.getString("journal.keyspace");
            this.session =
                    CassandraSessionRegistry.get(system).sessionFor(PLUGIN).underlying();
            this.rows = new JournalRows(session, keyspace, plugin.getLong("journal.target-partition-size"));
            this.epochs = new WriterEpochs(session, keyspace);
            this.seals = new Seals(session, keyspace);
        }

        JournalRows rows() {
            return rows;
        }

        WriterEpochs epochs() {
            return epochs;
        }

        Seals seals() {
            return seals;
        }

        void passedOver(final long rows) {
            passedOver.add(rows);
        }

        /// Pages of history. There is a row of the log for each number up to the entity's newest, and nobody
        /// asks beyond that; so where a number has one row, that is it.
        private CompletionStage<List<JournalReader.Stored>> events(
                final String persistenceId, final long from, final long to, final int limit) {
            final var found = new ArrayList<StoredRow>();
            return rows.read(persistenceId, from, to, Math.min(limit + 1, PAGE_MAX), found::add)
                    .thenCompose(_ -> isAmbiguous(found)
                            ? settled(persistenceId, from, to)
                            : CompletableFuture.completedStage(found))
                    .thenApply(log -> log.stream().limit(limit).map(this::event).toList());
        }

        private static boolean isAmbiguous(final List<StoredRow> rows) {
            for (int i = 1; i < rows.size(); i++) {
                if (rows.get(i).seq() == rows.get(i - 1).seq()) {
                    return true;
                }
            }
            return false;
        }

        /// As recovery would settle it: from the seal, downwards or upwards, however far that is.
        private CompletionStage<List<StoredRow>> settled(final String persistenceId, final long from, final long to) {
            return seals.of(persistenceId).thenCompose(seal -> {
                final var found = new ArrayList<StoredRow>();
                final long begin = seal.seq() < from ? Math.max(1, seal.seq()) : from;
                return rows.read(persistenceId, begin, Math.max(to, seal.seq()), PAGE_MAX, found::add)
                        .thenApply(_ -> Lineage.resolve(found, seal).log().stream()
                                .filter(row -> row.seq() >= from && row.seq() <= to)
                                .toList());
            });
        }

        private JournalReader.Stored event(final StoredRow row) {
            final var event = SerializationExtension.get(system)
                    .deserialize(row.bytes(), row.serializerId(), row.manifest())
                    .get();
            return new JournalReader.Stored(row.seq(), event);
        }

        private static final class Id extends AbstractExtensionId<Shared> {
            @Override
            public Shared createExtension(final ExtendedActorSystem system) {
                return new Shared(system);
            }
        }
    }
}
