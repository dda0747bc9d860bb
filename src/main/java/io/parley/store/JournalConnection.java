package io.parley.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.persistence.jdbc.db.SlickExtension;
import org.apache.pekko.persistence.jdbc.db.SlickExtensionImpl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.concurrent.Future;
import scala.jdk.javaapi.FutureConverters;
import slick.dbio.DBIOAction;
import slick.jdbc.JdbcBackend;
import slick.jdbc.SimpleJdbcAction;

/// The one connection that the embedded journal writes with. What else is to be written stands in line with the
/// events here: a connection of its own would wait for the same lock of SQLite's, but by trying again now and
/// then instead of in turn.
///
/// Safe from any thread.
final class JournalConnection {
    private static final Logger LOG = LoggerFactory.getLogger(JournalConnection.class);

    private final JdbcBackend.JdbcDatabaseDef database;

    private JournalConnection(final JdbcBackend.JdbcDatabaseDef database) {
        this.database = database;
    }

    /// That of the journal of `system`.
    static JournalConnection of(final ActorSystem<?> system) {
        final var journal = system.settings().config().getConfig("jdbc-journal");
        final var extension = (SlickExtensionImpl) SlickExtension.get(system.classicSystem());
        return new JournalConnection(extension.database(journal).database());
    }

    /// Something to be done with a connection.
    @FunctionalInterface
    interface Work<T> {
        /// Does it.
        T with(Connection connection) throws SQLException;
    }

    /// Does `work` on the connection's thread when it is its turn: short, since all events behind it wait.
    /// Fails with what it throws, an [SQLException] being the cause of an [IllegalStateException], and with
    /// [java.util.concurrent.RejectedExecutionException] where too much waits.
    @SuppressWarnings({"rawtypes", "unchecked"}) // Java cannot name the effects that Scala lets every action have
    <T> CompletionStage<T> run(final Work<T> work) {
        final DBIOAction action = new SimpleJdbcAction<>(context -> {
            try {
                return work.with(context.connection());
            } catch (final SQLException refused) {
                throw new IllegalStateException(refused);
            }
        });
        try {
            return FutureConverters.asJava((Future<T>) database.run(action));
        } catch (final RuntimeException refused) { // the queue before the connection is full, or it is closed
            return CompletableFuture.failedStage(refused);
        }
    }

    /// The same in one transaction, which is durable when this completes.
    <T> CompletionStage<T> transact(final Work<T> work) {
        return run(connection -> {
            try (var statement = connection.createStatement()) {
                statement.execute("BEGIN IMMEDIATE");
                boolean committed = false;
                try {
                    final var done = work.with(connection);
                    statement.execute("COMMIT");
                    committed = true;
                    return done;
                } finally { // whatever it was: events cannot be written into a transaction that was left open
                    if (!committed) {
                        rollBack(statement);
                    }
                }
            }
        });
    }

    private static void rollBack(final Statement statement) {
        try {
            statement.execute("ROLLBACK");
        } catch (final SQLException already) {
            LOG.debug("on a full disk SQLite has rolled back itself", already);
        }
    }
}
