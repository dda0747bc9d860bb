package io.parley.store;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.SpawnProtocol;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;

/// A store and an actor system on it, opened and closed in the order of a node.
final class StoreNode implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private final EmbeddedStore store;
    private final ActorSystem<SpawnProtocol.Command> system;

    StoreNode(final Path directory) throws StoreException {
        this(directory, "");
    }

    StoreNode(final Path directory, final String settings) throws StoreException {
        store = EmbeddedStore.open(directory);
        system = ActorSystem.create(SpawnProtocol.create(), "store", config(directory, settings));
    }

    private static Config config(final Path directory, final String settings) {
        return ConfigFactory.parseString(settings)
                .withFallback(ConfigFactory.parseString("""
                        pekko.loglevel = WARNING
                        pekko.stdout-loglevel = WARNING
                        pekko.actor.serialization-bindings {
                          "io.parley.store.Ledger$Entered" = jackson-cbor
                          "io.parley.store.Ledger$Sum" = jackson-cbor
                        }
                        """))
                .withFallback(ConfigFactory.empty()
                        .withValue("parley.data-dir", ConfigValueFactory.fromAnyRef(directory.toString())))
                .withFallback(ConfigFactory.parseResources("persistence.conf"))
                .withFallback(ConfigFactory.defaultReference())
                .resolve();
    }

    ActorSystem<SpawnProtocol.Command> system() {
        return system;
    }

    ActorRef<Ledger.Command> ledger(final String id) {
        return ledger(id, RetentionCriteria.disabled());
    }

    ActorRef<Ledger.Command> ledger(final String id, final RetentionCriteria retention) {
        final CompletionStage<ActorRef<Ledger.Command>> spawned = AskPattern.ask(
                system,
                replyTo -> new SpawnProtocol.Spawn<>(new Ledger(id, retention), "", Props.empty(), replyTo),
                PATIENCE,
                system.scheduler());
        return await(spawned);
    }

    CompletionStage<Long> enter(final ActorRef<Ledger.Command> ledger, final String text) {
        return AskPattern.ask(ledger, replyTo -> new Ledger.Enter(text, replyTo), PATIENCE, system.scheduler());
    }

    Ledger.Sum sum(final ActorRef<Ledger.Command> ledger) {
        return await(AskPattern.ask(ledger, Ledger.Ask::new, PATIENCE, system.scheduler()));
    }

    static <T> T await(final CompletionStage<T> stage) {
        return stage.toCompletableFuture()
                .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    @Override
    public void close() throws StoreException {
        system.terminate();
        await(system.getWhenTerminated());
        store.close();
    }
}
