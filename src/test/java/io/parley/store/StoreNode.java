package io.parley.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.SpawnProtocol;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.persistence.jdbc.db.SlickExtension;
import org.apache.pekko.persistence.jdbc.db.SlickExtensionImpl;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;
import org.slf4j.LoggerFactory;
import slick.jdbc.JdbcBackend;

/// A store and an actor system on it, opened and closed in the order of a node.
final class StoreNode implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private final EmbeddedStore store;
    private final ActorSystem<SpawnProtocol.Command> system;
    private final Ledgers ledgers;
    private final JournalReader reader;
    private final List<Runnable> pools = new ArrayList<>();

    StoreNode(final Path directory) throws StoreException {
        this(directory, "");
    }

    StoreNode(final Path directory, final String settings) throws StoreException {
        store = EmbeddedStore.open(directory);
        system = ActorSystem.create(SpawnProtocol.create(), "store", config(directory, settings));
        ledgers = new Ledgers(system, PATIENCE);
        reader = JournalReader.of(system);
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

    /// Without the DEBUG of Slick and the connection pool.
    static void quiet() {
        ((Logger) LoggerFactory.getLogger("ROOT")).setLevel(Level.WARN);
    }

    EmbeddedStore store() {
        return store;
    }

    ActorSystem<SpawnProtocol.Command> system() {
        return system;
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

    Ledger.Sum sum(final ActorRef<Ledger.Command> ledger) {
        return ledgers.sum(ledger);
    }

    JournalReader reader() {
        return reader;
    }

    /// The connection that writes, taken out of its pool: until it is closed, no event and no snapshot is
    /// stored.
    Connection writer() throws SQLException {
        return database("jdbc-journal").source().createConnection();
    }

    /// A connection with the settings of those that read history.
    Connection historyConnection() throws SQLException {
        final var database = database("jdbc-read-journal");
        pools.add(database::close);
        return database.source().createConnection();
    }

    private JdbcBackend.JdbcDatabaseDef database(final String plugin) {
        final var slick = (SlickExtensionImpl) SlickExtension.get(Adapter.toClassic(system));
        return slick.database(system.settings().config().getConfig(plugin)).database();
    }

    /// Lets the file grow to so many pages: a disk that is full, or has space again.
    void pagesAtMost(final long pages) throws SQLException {
        try (var writer = writer()) {
            assertEquals(Long.toString(pages), pragma(writer, "max_page_count = " + pages));
        }
    }

    /// One number from the file, on a connection of its own.
    long count(final String sql) throws SQLException {
        try (var connection = another();
                var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            return result.next() ? result.getLong(1) : 0;
        }
    }

    /// Waits until `sql` answers `count`.
    void awaitCount(final long count, final String sql) {
        TestProbe.create(system).awaitAssert(PATIENCE, () -> {
            assertEquals(count, count(sql), sql);
            return Done.done();
        });
    }

    void execute(final String sql) throws SQLException {
        try (var connection = another();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /// How SQLite would go about a statement.
    List<String> plan(final String sql) throws SQLException {
        final var steps = new ArrayList<String>();
        try (var connection = another();
                var statement = connection.prepareStatement("EXPLAIN QUERY PLAN " + sql);
                var result = statement.executeQuery()) {
            while (result.next()) {
                steps.add(result.getString("detail"));
            }
        }
        return steps;
    }

    static String pragma(final Connection connection, final String pragma) throws SQLException {
        try (var statement = connection.createStatement();
                var result = statement.executeQuery("PRAGMA " + pragma)) {
            return result.next() ? result.getString(1) : "";
        }
    }

    private Connection another() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + store.directory().resolve("parley.db"));
    }

    static <T> T await(final CompletionStage<T> stage) {
        return stage.toCompletableFuture()
                .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    @Override
    public void close() throws StoreException {
        pools.forEach(Runnable::run);
        system.terminate();
        await(system.getWhenTerminated());
        store.close();
    }
}
