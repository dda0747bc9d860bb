package io.parley.store.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.servererrors.InvalidQueryException;
import com.typesafe.config.Config;
import io.parley.store.EmbeddedSource;
import io.parley.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Moves what an embedded store holds into an empty keyspace, reads it back and compares. Ended at any moment,
/// it goes on where it was when it is run again. The data directory stays as it is; when everything was found
/// equal a mark in it says where everything went, and nodes refuse it.
///
/// While it runs it holds the directory's lock and the keyspace's claim, as a node and a cluster would. Until
/// it is finished no node starts on the keyspace ([Moves]).
public final class MoveToCassandra {
    /// Writes under way at once.
    private static final int AT_ONCE = 48;

    /// Events in one write, all of one partition; and about how many bytes.
    private static final int BATCH_EVENTS = 100;

    private static final long BATCH_BYTES = 32 << 10;

    /// Blobs of which the writes are under way at once: of at most 1 MiB each.
    private static final int BLOBS_AT_ONCE = 8;

    private static final long SAVE_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long TELL_NANOS = Duration.ofSeconds(3).toNanos();

    private static final String PERSISTENCE_ID = "persistence_id";
    private static final String SCOPE = "scope";

    /// What is wanted.
    ///
    /// @param compareOnly nothing is written: what a finished move has written is compared again
    /// @param rate        events a second at most; 0: as many as can be
    public record Wish(boolean compareOnly, long rate) {}

    private final EmbeddedSource source;
    private final EmbeddedSource.Inventory inventory;
    private final Wish wish;
    private final CqlSession session;
    private final Target target;
    private final Patience patience;
    private final Consumer<String> says;
    private final Moves moves;
    private final Deque<Landing> flying = new ArrayDeque<>();

    private Move move;
    private long before; // events that earlier runs have stored
    private long sent;
    private long beganNanos;
    private long savedNanos;
    private long toldNanos;

    /// @param contact where it is, as the operator said
    private record Target(String contact, String keyspace, long partitionSize) {}

    /// A write under way.
    ///
    /// @param upTo   where everything is stored when it and all before it have landed
    /// @param events in it
    private record Landing(CompletionStage<?> write, Move.Place upTo, long events) {}

    private MoveToCassandra(
            final EmbeddedSource source,
            final EmbeddedSource.Inventory inventory,
            final Wish wish,
            final CqlSession session,
            final Target target,
            final Patience patience,
            final Consumer<String> says) {
        this.source = source;
        this.inventory = inventory;
        this.wish = wish;
        this.session = session;
        this.target = target;
        this.patience = patience;
        this.says = says;
        this.moves = new Moves(session, target.keyspace());
        this.move = Move.begin(inventory.fingerprint(), Instant.now(), inventory.events());
    }

    /// Moves, or goes on moving, or says that it is done.
    ///
    /// @param config    the whole configuration: where Cassandra is
    /// @param directory of a node that has stopped
    /// @param says      is told how it goes, line by line
    /// @throws StoreException if it could not be finished, with a sentence that says why; all can be tried
    /// again
    public static void run(final Config config, final Path directory, final Wish wish, final Consumer<String> says)
            throws StoreException {
        final var parley = config.getConfig("parley");
        final var target = new Target(
                parley.getString("cassandra.contact-points"),
                parley.getString("cassandra.keyspace"),
                config.getLong("pekko.persistence.cassandra.journal.target-partition-size"));
        final var patience = new Patience(parley.getDuration("move.patience"), System::nanoTime);
        try (var source = EmbeddedSource.open(directory)) {
            says.accept("Looking at " + source.directory());
            final var inventory = source.inventory();
            says.accept("There are " + MoveLines.inventory(inventory));
            try (var session = connect(config, target, parley.getDuration("move.patience"))) {
                new MoveToCassandra(source, inventory, wish, session, target, patience, says).claimed();
            }
        }
    }

    private static CqlSession connect(final Config config, final Target target, final Duration atMost)
            throws StoreException {
        final CompletableFuture<CqlSession> connecting;
        try {
            connecting = FencedSessions.builder(
                            config.getConfig("parley.cassandra"), config.getConfig("datastax-java-driver"))
                    .buildAsync()
                    .toCompletableFuture();
        } catch (final IllegalArgumentException wrong) {
            throw new StoreException(String.valueOf(wrong.getMessage()), wrong);
        }
        try {
            return connecting.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (final TimeoutException nobody) {
            final var _ = connecting.thenAccept(CqlSession::closeAsync);
            throw new StoreException(
                    "Cassandra at " + target.contact() + " did not answer for " + atMost.toSeconds() + " s", nobody);
        } catch (final ExecutionException failed) {
            throw new StoreException(
                    "Cassandra at " + target.contact() + ": "
                            + Patience.cause(failed).getMessage(),
                    failed);
        } catch (final InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new StoreException("Stopped while connecting to Cassandra", stopped);
        }
    }

    private void claimed() throws StoreException {
        checkTables();
        final var self = UUID.nameUUIDFromBytes(inventory.fingerprint().getBytes(StandardCharsets.UTF_8));
        final var claim = new KeyspaceClaim(CompletableFuture.completedStage(session), target.keyspace());
        final var taken = HeldClaim.take(claim, self, patience);
        if (taken.isEmpty()) {
            throw new StoreException("A cluster uses the keyspace " + target.keyspace()
                    + ": stop its nodes first. If all were killed, its claim ends within "
                    + KeyspaceClaim.TTL_SECONDS + " s");
        }
        try (var held = taken.get()) {
            decided(held);
        }
    }

    private void checkTables() throws StoreException {
        final CassandraSchema.Found tables;
        try {
            tables = patience.await(patience.ask(() -> CassandraSchema.look(session, target.keyspace())), () -> {});
            patience.await(patience.ask(moves::read), () -> {});
        } catch (final StoreException failed) {
            throw failed.getCause() instanceof InvalidQueryException ? withoutTables() : failed;
        }
        if (tables.version() == 0 || tables.lacksAdditions()) {
            throw withoutTables();
        }
        if (!tables.isUsable()) {
            throw new StoreException("The keyspace " + target.keyspace() + " has tables of version " + tables.version()
                    + ", this Parley uses version " + CassandraSchema.VERSION);
        }
    }

    private StoreException withoutTables() {
        return new StoreException("The keyspace " + target.keyspace() + " at " + target.contact()
                + " does not have all tables: run the command `schema` (it adds what is missing)");
    }

    private void decided(final HeldClaim claim) throws StoreException {
        final var found = new MoveDecision.Found(
                patience.await(patience.ask(moves::read), claim::check),
                holdsAny(claim, "messages", PERSISTENCE_ID)
                        || holdsAny(claim, "snapshots", PERSISTENCE_ID)
                        || holdsAny(claim, "all_persistence_ids", PERSISTENCE_ID)
                        || holdsAny(claim, "blobs", SCOPE)
                        || holdsAny(claim, "unbound_blobs", SCOPE),
                holdsAny(claim, "log_seals", PERSISTENCE_ID));
        switch (MoveDecision.of(found, inventory.fingerprint(), wish.compareOnly())) {
            case MoveDecision.Refuse(final var why) ->
                throw new StoreException(why + " (keyspace " + target.keyspace() + " at " + target.contact() + ")");
            case MoveDecision.Done(final var finished) -> {
                source.moved(where(finished));
                says.accept("Already done: the move was finished at " + finished + ". Nothing was changed.");
            }
            case MoveDecision.Compare(final var done) -> {
                move = done;
                compare(claim);
            }
            case MoveDecision.Begin _ -> {
                save(claim);
                move(claim);
            }
            case MoveDecision.GoOn(final var soFar) -> {
                move = soFar;
                says.accept("Going on with the move that was begun at " + soFar.begun());
                move(claim);
            }
        }
    }

    private boolean holdsAny(final HeldClaim claim, final String table, final String column) throws StoreException {
        final var statement = SimpleStatement.newInstance(
                        "SELECT " + column + " FROM " + target.keyspace() + "." + table + " LIMIT 1")
                .setExecutionProfileName(CassandraStore.CLAIMS);
        return patience.await(patience.ask(() -> session.executeAsync(statement)), claim::check)
                        .one()
                != null;
    }

    private void move(final HeldClaim claim) throws StoreException {
        write(claim);
        compare(claim);
        final var now = Instant.ofEpochMilli(System.currentTimeMillis());
        source.moved(where(now)); // before the keyspace may be used: never may nodes start on both
        move = move.finished(now);
        save(claim);
        says.accept("Finished. No node starts on " + source.directory() + " any more");
    }

    private String where(final Instant finished) {
        return "to Cassandra at " + target.contact() + ", keyspace " + target.keyspace() + ", on " + finished;
    }

    private void write(final HeldClaim claim) throws StoreException {
        begin(move.done());
        final var begun = move.begun();
        final var rows = made(claim, () -> new MovedRows(session, target.keyspace(), target.partitionSize(), begun));
        try (var entities = source.entities(move.at().persistenceId())) {
            for (var next = entities.next(); next.isPresent(); next = entities.next()) {
                writeEntity(claim, rows, next.get());
            }
        }
        for (final var life : source.lives().entrySet()) {
            fly(claim, patience.ask(() -> rows.life(life.getKey(), life.getValue())), last(), 0);
        }
        while (!flying.isEmpty()) {
            land(claim);
        }
        writeBlobs(claim, rows);
        save(claim);
        says.accept(progress("moved", move.done()));
    }

    /// What asks Cassandra while it is made.
    private <T> T made(final HeldClaim claim, final Supplier<T> maker) throws StoreException {
        return patience.await(patience.ask(() -> CompletableFuture.completedStage(maker.get())), claim::check);
    }

    private Move.Place last() {
        return flying.isEmpty() ? move.at() : flying.getLast().upTo();
    }

    private void writeEntity(final HeldClaim claim, final MovedRows rows, final EmbeddedSource.Entity entity)
            throws StoreException {
        final var id = entity.persistenceId();
        final long from = move.at().next(id);
        final var start = move.at().entity(id, from - 1);
        fly(claim, patience.ask(() -> rows.entity(id)), start, 0);
        if (entity.first() > 1) {
            fly(claim, patience.ask(() -> rows.deletedTo(id, entity.first() - 1)), start, 0);
        }
        for (final var snapshot : source.snapshots(id)) {
            fly(claim, patience.ask(() -> rows.snapshot(id, snapshot)), start, 0);
        }
        try (var events = source.events(entity, from)) {
            var batch = new ArrayList<EmbeddedSource.Stored>();
            long bytes = 0;
            for (var next = events.next(); next.isPresent(); next = events.next()) {
                final var event = next.get();
                final boolean crosses =
                        !batch.isEmpty() && rows.partition(batch.getFirst().seq()) != rows.partition(event.seq());
                if (crosses || batch.size() == BATCH_EVENTS || bytes >= BATCH_BYTES) {
                    send(claim, rows, id, batch);
                    batch = new ArrayList<>();
                    bytes = 0;
                }
                batch.add(event);
                bytes += event.payload().remaining();
            }
            if (!batch.isEmpty()) {
                send(claim, rows, id, batch);
            }
        }
    }

    private void send(
            final HeldClaim claim, final MovedRows rows, final String id, final List<EmbeddedSource.Stored> batch)
            throws StoreException {
        keepPace();
        sent += batch.size();
        fly(
                claim,
                patience.ask(() -> rows.events(id, batch)),
                move.at().entity(id, batch.getLast().seq()),
                batch.size());
    }

    private void writeBlobs(final HeldClaim claim, final MovedRows rows) throws StoreException {
        final var now = Instant.ofEpochMilli(System.currentTimeMillis());
        try (var blobs = source.blobs(move.at().blob(), now)) {
            for (var next = blobs.next(); next.isPresent(); next = blobs.next()) {
                final var blob = next.get();
                while (flying.size() >= BLOBS_AT_ONCE) {
                    land(claim);
                }
                fly(
                        claim,
                        patience.ask(() -> rows.blob(blob, Instant.ofEpochMilli(System.currentTimeMillis()))),
                        move.at().blob(blob.number()),
                        0);
            }
        }
        while (!flying.isEmpty()) {
            land(claim);
        }
    }

    private void keepPace() {
        if (wish.rate() == 0) {
            return;
        }
        final long due = beganNanos + (long) (sent * 1e9 / wish.rate());
        for (long early = due - System.nanoTime(); early > 0; early = due - System.nanoTime()) {
            LockSupport.parkNanos(early);
        }
    }

    private void fly(final HeldClaim claim, final CompletionStage<?> write, final Move.Place upTo, final long events)
            throws StoreException {
        flying.addLast(new Landing(write, upTo, events));
        while (flying.size() > AT_ONCE
                || (!flying.isEmpty()
                        && flying.getFirst().write().toCompletableFuture().isDone())) {
            land(claim);
        }
    }

    private void land(final HeldClaim claim) throws StoreException {
        final var first = flying.removeFirst();
        patience.await(first.write(), () -> look(claim, "moved", move.done()));
        move = move.at(first.upTo(), move.done() + first.events());
        look(claim, "moved", move.done());
        if (System.nanoTime() - savedNanos >= SAVE_NANOS) {
            save(claim);
        }
    }

    private void save(final HeldClaim claim) throws StoreException {
        final var now = move;
        patience.await(patience.ask(() -> moves.write(now)), claim::check);
        savedNanos = System.nanoTime();
    }

    /// Reads everything back.
    ///
    /// @throws StoreException if something differs
    private void compare(final HeldClaim claim) throws StoreException {
        begin(0);
        final var totals = made(
                        claim,
                        () -> new MovedCheck(
                                source,
                                session,
                                target.keyspace(),
                                target.partitionSize(),
                                patience,
                                events -> look(claim, "compared", events)))
                .compare();
        says.accept(progress("compared", totals.events()));
        if (totals.wrong() > 0) {
            if (!wish.compareOnly()) {
                move = move.at(Move.Place.BEGIN, 0);
                save(claim);
            }
            totals.told().forEach(each -> says.accept("differs: " + each));
            throw new StoreException(totals.wrong() + " differences between the data directory and the keyspace"
                    + (wish.compareOnly() ? "" : ": run the command again, it writes everything once more"));
        }
        says.accept("Read back and found equal: " + MoveLines.compared(totals));
    }

    private void begin(final long doneBefore) {
        before = doneBefore;
        beganNanos = System.nanoTime();
        toldNanos = beganNanos;
    }

    private void look(final HeldClaim claim, final String verb, final long done) throws StoreException {
        claim.check();
        if (System.nanoTime() - toldNanos >= TELL_NANOS) {
            toldNanos = System.nanoTime();
            says.accept(progress(verb, done)
                    + patience.trouble()
                            .map(why -> "; Cassandra does not answer well, trying again: " + why)
                            .orElse(""));
        }
    }

    private String progress(final String verb, final long done) {
        return MoveLines.progress(
                verb, done, inventory.events(), before, Duration.ofNanos(System.nanoTime() - beganNanos));
    }
}
