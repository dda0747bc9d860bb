package io.parley.store.cassandra;

import com.typesafe.config.Config;
import io.parley.cluster.Leases;
import io.parley.store.cassandra.JournalRows.StoredRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.Terminated;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.JournalProtocol;
import org.apache.pekko.persistence.PersistentEnvelope;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.cassandra.journal.CassandraJournal;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.PartialFunction;
import scala.collection.immutable.Seq;
import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;
import scala.jdk.javaapi.FutureConverters;
import scala.runtime.BoxedUnit;
import scala.util.Try;

/// The journal of pekko-persistence-cassandra, made safe for the moment when two processes take themselves for
/// the writer of one entity (docs/adr/0011-fencing.md):
///
/// - before the first entity of a shard recovers here, an epoch is claimed for the shard ([WriterEpochs]); each
///   start of an entity is a [Term] in it, and every row says by which term it was written and behind whose row
///   it stands ([Writer]);
/// - nothing is written for a shard without a claim, nor without the node's lease;
/// - recovery reads the rows itself and settles which of them are the log ([Lineage]), where the plug-in would
///   trust whichever row of a number it sees first, and its replay filter could discard the true writer's; what
///   it has found it says durably before the entity goes on ([Seal]), once in an epoch and after each write
///   that was given up;
/// - a gap in the numbers fails the recovery instead of being passed over.
///
/// Named in `cassandra.conf`; Pekko makes it.
public final class FencedJournal extends CassandraJournal {
    private static final Logger LOG = LoggerFactory.getLogger(FencedJournal.class);

    /// Rows asked for at once while recovering: about as many as an entity has since its snapshot.
    private static final int PAGE = 500;

    /// The writer of rows that are not to be written.
    private static final String NOBODY = "";

    /// Entities whose last write may still arrive; with more than that, all are taken for such.
    private static final int DOUBTFUL_MAX = 100_000;

    private final Leases leases;
    private final Serialization serialization;
    private final CassandraStore.Shared store;
    private final long partitionSize;

    /// The newest claim of each shard that has had entities here: at most as many as there are shards.
    private final Map<String, Claim> claims = new HashMap<>();

    /// The entities that live here, as writers.
    private final Map<String, Incarnation> writers = new HashMap<>();

    /// The recoveries under way.
    private final Map<String, Incarnation> recovering = new HashMap<>();

    private final Map<ActorRef, String> persistenceIds = new HashMap<>();

    private long starts;

    /// Entities a write of which was given up, and may still arrive: the next start says again which log it has
    /// found.
    private final Set<String> doubtful = ConcurrentHashMap.newKeySet();

    /// Writes under way: an entity that failed and starts again reads only what its last write has come to.
    private final ConcurrentHashMap<String, CompletionStage<?>> writing = new ConcurrentHashMap<>();

    /// As Pekko calls it.
    public FencedJournal(final Config config, final String path) {
        super(config, path);
        this.leases = Leases.of(context().system());
        this.serialization = SerializationExtension.get(context().system());
        this.store = CassandraStore.shared(context().system());
        this.partitionSize = config.getLong("target-partition-size");
    }

    /// A claim, for one start of the shard's actor: another start is another ownership.
    private static final class Claim {
        private final int shardUid;
        private final List<JournalProtocol.ReplayMessages> waiting = new ArrayList<>();
        private Optional<Long> epoch = Optional.empty();

        Claim(final int shardUid) {
            this.shardUid = shardUid;
        }
    }

    /// One start of an entity.
    private static final class Incarnation {
        private final ActorRef entity;
        private final Term term;
        private Term last = Term.NONE; // of the newest row

        Incarnation(final ActorRef entity, final Term term) {
            this.entity = entity;
            this.term = term;
        }

        Writer next() {
            final var after = last.equals(term) ? Optional.<Term>empty() : Optional.of(last);
            last = term;
            return new Writer(term, after);
        }
    }

    /// What a recovery has come to.
    private record Recovered(
            JournalProtocol.ReplayMessages replay, Incarnation start, List<PersistentRepr> events, Term last, long head)
            implements NoSerializationVerificationNeeded {}

    private record Unrecovered(JournalProtocol.ReplayMessages replay, Incarnation start, Throwable why)
            implements NoSerializationVerificationNeeded {}

    private record Claimed(String shard, Claim claim, Optional<Long> epoch, Optional<Throwable> failure)
            implements NoSerializationVerificationNeeded {}

    @Override
    public void aroundReceive(final PartialFunction<Object, BoxedUnit> receive, final Object message) {
        switch (message) {
            case JournalProtocol.ReplayMessages replay -> replay(replay);
            case JournalProtocol.WriteMessages write -> super.aroundReceive(receive, marked(write));
            case Claimed claimed -> claimed(claimed);
            case Recovered recovered -> recovered(recovered);
            case Unrecovered(final var replay, final var start, final var why) -> {
                if (isNewest(replay, start)) {
                    refuse(replay, why);
                }
            }
            case Terminated ended -> ended(ended);
            default -> super.aroundReceive(receive, message);
        }
    }

    private void replay(final JournalProtocol.ReplayMessages replay) {
        final var shard = shardOf(replay.persistentActor());
        final int uid = shardUidOf(replay.persistentActor());
        final var known = claims.get(shard);
        if (known != null && known.shardUid == uid) {
            known.epoch.ifPresentOrElse(epoch -> recover(replay, epoch), () -> known.waiting.add(replay));
            return;
        }
        final var claim = new Claim(uid);
        claim.waiting.add(replay);
        final var overtaken = claims.put(shard, claim);
        if (overtaken != null) {
            overtaken.waiting.forEach(each -> refuse(each, new IllegalStateException("its shard was started anew")));
            overtaken.waiting.clear();
        }
        final var self = self();
        final var _ = store.epochs()
                .claim(shard)
                .whenComplete((epoch, failure) -> self.tell(
                        new Claimed(shard, claim, Optional.ofNullable(epoch), Optional.ofNullable(failure)),
                        ActorRef.noSender()));
    }

    private void claimed(final Claimed claimed) {
        final var claim = claimed.claim();
        final var waiting = List.copyOf(claim.waiting);
        claim.waiting.clear();
        if (claimed.epoch().isPresent()) {
            final long epoch = claimed.epoch().get();
            claim.epoch = Optional.of(epoch);
            waiting.forEach(each -> recover(each, epoch));
        } else {
            claims.remove(claimed.shard(), claim);
            final var why = claimed.failure().orElseGet(() -> new IllegalStateException("no epoch"));
            waiting.forEach(each -> refuse(each, why));
        }
    }

    private static void refuse(final JournalProtocol.ReplayMessages replay, final Throwable why) {
        replay.persistentActor().tell(new JournalProtocol.ReplayMessagesFailure(why), ActorRef.noSender());
    }

    /// Reads the rows behind the snapshot, and the one under it: that one says behind whose row they stand.
    private void recover(final JournalProtocol.ReplayMessages replay, final long epoch) {
        final var persistenceId = replay.persistenceId();
        final long from = Math.max(1, replay.fromSequenceNr() - 1);
        final var start = new Incarnation(replay.persistentActor(), new Term(epoch, ++starts));
        recovering.put(persistenceId, start);
        final var self = self();
        final var executor = context().dispatcher(); // rows come on the driver's threads, which have others to serve
        final CompletionStage<?> before =
                writing.getOrDefault(persistenceId, CompletableFuture.completedStage(Optional.empty()));
        final var rows = new ArrayList<StoredRow>();
        final var _ = before.handle((_, _) -> Optional.empty())
                .thenCompose(_ -> store.seals().of(persistenceId))
                .thenCompose(seal -> store.rows()
                        .read(persistenceId, from, Long.MAX_VALUE, PAGE, rows::add)
                        .thenComposeAsync(_ -> sealed(replay, start, rows, seal), executor))
                .whenComplete((recovered, failure) -> self.tell(
                        failure == null ? recovered : new Unrecovered(replay, start, failure), ActorRef.noSender()));
    }

    private CompletionStage<Recovered> sealed(
            final JournalProtocol.ReplayMessages replay,
            final Incarnation start,
            final List<StoredRow> rows,
            final Seal seal) {
        final var persistenceId = replay.persistenceId();
        final var resolved = Lineage.resolve(rows, seal);
        resolved.passedOver()
                .forEach(row -> LOG.warn(
                        "row {} of {} by {} is not the log: it came after another writer had taken over",
                        row.seq(),
                        persistenceId,
                        row.writer().text()));
        store.passedOver(resolved.passedOver().size());
        final var log = resolved.log();
        final long head =
                log.isEmpty() ? replay.fromSequenceNr() - 1 : log.getLast().seq();
        if (seal.seq() > head) {
            throw new IllegalStateException("the journal of " + persistenceId + " ends at " + head
                    + ", and an owner has found it to end at " + seal.seq());
        }
        final var last = log.isEmpty()
                ? (seal.seq() == head ? seal.last() : Term.NONE)
                : log.getLast().writer().term();
        final var recovered = new Recovered(replay, start, events(replay, log), last, head);
        final boolean doubt = doubtful.size() >= DOUBTFUL_MAX || doubtful.contains(persistenceId);
        if (head == 0 || (!doubt && seal.by().epoch() == start.term.epoch())) {
            return CompletableFuture.completedStage(recovered);
        }
        return store.seals()
                .put(persistenceId, new Seal(start.term, head, last))
                .thenApply(_ -> {
                    doubtful.remove(persistenceId);
                    return recovered;
                });
    }

    /// Those behind the snapshot, made from their bytes here and not by the journal's actor, which all entities
    /// wait for.
    private List<PersistentRepr> events(final JournalProtocol.ReplayMessages replay, final List<StoredRow> log) {
        final var events = new ArrayList<PersistentRepr>();
        long highest = replay.fromSequenceNr() - 1;
        for (final var row : log) {
            if (row.seq() <= highest) {
                continue; // in the snapshot
            }
            if (row.seq() != highest + 1) {
                throw new IllegalStateException("the journal of " + replay.persistenceId() + " lacks the events after "
                        + highest + ": the next one it has is " + row.seq());
            }
            highest = row.seq();
            events.add(event(replay.persistenceId(), row));
        }
        return events;
    }

    /// Whether the entity has not given up on this recovery and begun another, which must not be mixed with it.
    private boolean isNewest(final JournalProtocol.ReplayMessages replay, final Incarnation start) {
        return recovering.remove(replay.persistenceId(), start);
    }

    private void recovered(final Recovered recovered) {
        final var replay = recovered.replay();
        if (!isNewest(replay, recovered.start())) {
            return;
        }
        final var entity = replay.persistentActor();
        recovered.start().last = recovered.last();
        writers.put(replay.persistenceId(), recovered.start());
        persistenceIds.put(entity, replay.persistenceId());
        context().watch(entity);
        recovered
                .events()
                .forEach(event -> entity.tell(new JournalProtocol.ReplayedMessage(event), ActorRef.noSender()));
        entity.tell(new JournalProtocol.RecoverySuccess(recovered.head()), ActorRef.noSender());
    }

    private PersistentRepr event(final String persistenceId, final StoredRow row) {
        final var event = serialization
                .deserialize(row.bytes(), row.serializerId(), row.manifest())
                .get();
        return PersistentRepr.apply(
                event,
                row.seq(),
                persistenceId,
                "",
                false,
                ActorRef.noSender(),
                row.writer().text());
    }

    private void ended(final Terminated ended) {
        final var persistenceId = persistenceIds.remove(ended.actor());
        final var start = persistenceId == null ? null : writers.get(persistenceId);
        if (start != null && start.entity.equals(ended.actor())) { // else another has taken its place already
            writers.remove(persistenceId);
        }
    }

    private JournalProtocol.WriteMessages marked(final JournalProtocol.WriteMessages write) {
        final var entity = write.persistentActor();
        final var claim = claims.get(shardOf(entity));
        final boolean owned = claim != null && claim.shardUid == shardUidOf(entity);
        final var marked = new ArrayList<PersistentEnvelope>();
        for (final var envelope : CollectionConverters.asJava(write.messages())) {
            marked.add(
                    envelope instanceof AtomicWrite atomic
                            ? marked(atomic, writer(atomic, entity).filter(_ -> owned))
                            : envelope);
        }
        return new JournalProtocol.WriteMessages(
                CollectionConverters.asScala(marked).toList(), entity, write.actorInstanceId());
    }

    private Optional<Incarnation> writer(final AtomicWrite write, final ActorRef entity) {
        return Optional.ofNullable(writers.get(write.persistenceId())).filter(start -> start.entity.equals(entity));
    }

    private static AtomicWrite marked(final AtomicWrite write, final Optional<Incarnation> by) {
        final var events = new ArrayList<PersistentRepr>();
        for (final var event : CollectionConverters.asJava(write.payload())) {
            final var writer = by.map(start -> start.next().text()).orElse(NOBODY);
            events.add(
                    event.update(event.sequenceNr(), event.persistenceId(), event.deleted(), event.sender(), writer));
        }
        return AtomicWrite.apply(CollectionConverters.asScala(events).toList());
    }

    @Override
    public Future<Seq<Try<BoxedUnit>>> asyncWriteMessages(final Seq<AtomicWrite> messages) {
        final var first = messages.head();
        if (first.payload().head().writerUuid().equals(NOBODY)) {
            return refused(new IllegalStateException(
                    "nothing is written for " + first.persistenceId() + ": its shard has no claim here any more"));
        }
        if (!leases.holds()) {
            return refused(new IllegalStateException("nothing is written: no membership lease"));
        }
        final var persistenceId = first.persistenceId();
        final var written = inOnePartitionEach(messages);
        final CompletionStage<?> end = FutureConverters.asJava(written);
        writing.put(persistenceId, end);
        end.whenComplete((_, failure) -> {
            if (failure != null && doubtful.size() < DOUBTFUL_MAX) {
                doubtful.add(persistenceId);
            }
            writing.remove(persistenceId, end);
        });
        return written;
    }

    private static Future<Seq<Try<BoxedUnit>>> refused(final Exception why) {
        return FutureConverters.asScala(CompletableFuture.failedStage(why));
    }

    /// The plug-in puts a write that crosses into the next partition there as a whole; parted, its events are
    /// where their numbers say. Part after part: if the second fails the first stands, as if they had been two
    /// writes.
    private Future<Seq<Try<BoxedUnit>>> inOnePartitionEach(final Seq<AtomicWrite> messages) {
        final long from = partition(messages.head().lowestSequenceNr());
        if (from == partition(messages.last().highestSequenceNr())) {
            return super.asyncWriteMessages(messages);
        }
        final var here = new ArrayList<PersistentRepr>();
        final var next = new ArrayList<PersistentRepr>();
        for (final var write : CollectionConverters.asJava(messages)) {
            for (final var event : CollectionConverters.asJava(write.payload())) {
                (partition(event.sequenceNr()) == from ? here : next).add(event);
            }
        }
        return super.asyncWriteMessages(one(here))
                .flatMap(_ -> super.asyncWriteMessages(one(next)), context().dispatcher());
    }

    private static Seq<AtomicWrite> one(final List<PersistentRepr> events) {
        return CollectionConverters.asScala(List.of(
                        AtomicWrite.apply(CollectionConverters.asScala(events).toList())))
                .toList();
    }

    private long partition(final long sequenceNr) {
        return (sequenceNr - 1) / partitionSize;
    }

    /// An entity's parent is its shard.
    private static String shardOf(final ActorRef entity) {
        return entity.path().parent().toStringWithoutAddress();
    }

    private static int shardUidOf(final ActorRef entity) {
        return entity.path().parent().uid();
    }
}
