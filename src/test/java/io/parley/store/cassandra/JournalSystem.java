package io.parley.store.cassandra;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.parley.cluster.Leases;
import io.parley.store.EarlierRows;
import io.parley.store.JournalReader;
import io.parley.store.Ledger;
import io.parley.store.Ledgers;
import io.parley.store.StoreException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.SpawnProtocol;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;
import org.slf4j.LoggerFactory;

/// An actor system on the settings with which a node of a cluster stores, without the rest of the node.
final class JournalSystem implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ActorSystem<SpawnProtocol.Command> system;
    private final Ledgers ledgers;
    private final CassandraStore store;
    volatile boolean lease = true;

    JournalSystem(final String keyspace, final String settings) throws StoreException {
        ((Logger) LoggerFactory.getLogger("ROOT")).setLevel(Level.WARN);
        system = ActorSystem.create(SpawnProtocol.create(), "store", config(keyspace, settings));
        ledgers = new Ledgers(system, PATIENCE);
        Leases.of(system).grant(() -> lease);
        store = CassandraStore.connect(system, "life", Clock.systemUTC(), _ -> {});
        try {
            await(store.usable());
        } catch (final CompletionException unusable) {
            close();
            throw unusable;
        }
    }

    /// As a node's, but for one thing: a session that is closed does not wait for two seconds whether somebody
    /// still wants something of it.
    static Config config(final String keyspace, final String settings) {
        return ConfigFactory.parseString(settings)
                .withFallback(ConfigFactory.parseString("""
                        pekko.loglevel = WARNING
                        pekko.stdout-loglevel = WARNING
                        datastax-java-driver.advanced.netty {
                          io-group.shutdown.quiet-period = 0
                          admin-group.shutdown.quiet-period = 0
                        }
                        pekko.actor.serialization-bindings {
                          "io.parley.store.Ledger$Entered" = jackson-cbor
                          "io.parley.store.Ledger$Sum" = jackson-cbor
                        }
                        """))
                .withFallback(ConfigFactory.parseMap(Map.of(
                        "parley.cassandra.keyspace",
                        keyspace,
                        "parley.cassandra.contact-points",
                        OneCassandra.contactPoint())))
                .withFallback(ConfigFactory.parseResources("cassandra.conf"))
                .withFallback(ConfigFactory.parseResources("persistence.conf"))
                .withFallback(ConfigFactory.parseString("parley.data-dir = unused"))
                .withFallback(ConfigFactory.defaultReferenceUnresolved())
                .resolve();
    }

    CassandraStore store() {
        return store;
    }

    JournalReader reader() {
        return store.reader();
    }

    ActorRef<Ledger.Command> ledger(final String id) {
        return ledger(id, RetentionCriteria.disabled());
    }

    ActorRef<Ledger.Command> ledger(final String id, final RetentionCriteria retention) {
        return ledgers.open(id, retention);
    }

    CompletionStage<Long> enter(final ActorRef<Ledger.Command> ledger, final String text) {
        return ledgers.enter(ledger, text);
    }

    /// Has what the ledger stored before the snapshot at `end` deleted.
    void deleteEarlier(final ActorRef<Ledger.Command> ledger, final String id, final long end) {
        EarlierRows.delete(system, ledger, PersistenceId.ofUniqueId(id), end);
    }

    Ledger.Sum sum(final ActorRef<Ledger.Command> ledger) {
        return ledgers.sum(ledger);
    }

    static <T> T await(final CompletionStage<T> stage) {
        return stage.toCompletableFuture()
                .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    @Override
    public void close() {
        system.terminate();
        await(system.getWhenTerminated());
    }
}
