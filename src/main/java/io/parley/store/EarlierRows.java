package io.parley.store;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.persistence.JournalProtocol;
import org.apache.pekko.persistence.Persistence;
import org.apache.pekko.persistence.SnapshotProtocol;
import org.apache.pekko.persistence.SnapshotSelectionCriteria;
import org.apache.pekko.persistence.typed.PersistenceId;

/// Deletes what an entity has stored, where the rule for its kind would keep it: Pekko deletes behind snapshots
/// that it counts off itself, never behind one that was asked for, and leaves the last few.
public final class EarlierRows {
    private static final String OF_THE_NODE = ""; // the one that the configuration names
    private static final Config AS_CONFIGURED = ConfigFactory.empty();

    private EarlierRows() {}

    /// Orders that the entity's events and snapshots below the number `end` are deleted; there must be a
    /// snapshot at `end`. The event at `end` stays, so that whoever recovers sees what the snapshot stands on.
    /// The store answers the entity, which need not listen: what failed is to be ordered again.
    public static void delete(
            final ActorSystem<?> system, final ActorRef<?> entity, final PersistenceId id, final long end) {
        final var self = Adapter.toClassic(entity);
        final var persistence = Persistence.get(system);
        persistence
                .journalFor(OF_THE_NODE, AS_CONFIGURED)
                .tell(new JournalProtocol.DeleteMessagesTo(id.id(), end - 1, self), self);
        persistence
                .snapshotStoreFor(OF_THE_NODE, AS_CONFIGURED)
                .tell(
                        new SnapshotProtocol.DeleteSnapshots(
                                id.id(), new SnapshotSelectionCriteria(end - 1, Long.MAX_VALUE, 0, 0)),
                        self);
    }
}
