package io.parley.store;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;

/// Entities of a node on the store of a node, without the rest of it.
public final class StoredEntities implements AutoCloseable {
    private static final String EVENTS = "SELECT event_payload FROM event_journal WHERE persistence_id = ?";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final EmbeddedStore store;
    private final ActorTestKit kit;

    /// Opens the store in `directory`, as a node does.
    public StoredEntities(final Path directory) throws StoreException {
        StoreNode.quiet();
        store = EmbeddedStore.open(directory);
        kit = ActorTestKit.create(
                "stored",
                ConfigFactory.parseString("pekko.loglevel = WARNING")
                        .withValue("parley.data-dir", ConfigValueFactory.fromAnyRef(directory.toString()))
                        .withFallback(ConfigFactory.parseResources("persistence.conf"))
                        .withFallback(ConfigFactory.parseResources("serialization.conf"))
                        .withFallback(ConfigFactory.parseResources("account.conf"))
                        .withFallback(ConfigFactory.defaultReference())
                        .resolve());
    }

    public ActorTestKit kit() {
        return kit;
    }

    /// Waits until so many rows of an entity's events are left, or fewer.
    public void awaitRowsAtMost(final long rows, final String persistenceId) {
        kit.createTestProbe().awaitAssert(PATIENCE, () -> {
            final int now = payloads(EVENTS, persistenceId).size();
            assertTrue(now <= rows, now + " rows");
            return Done.done();
        });
    }

    /// Whether the text, in ASCII, stands in any row of an entity's, event or snapshot, also in those that are
    /// only marked as deleted.
    public boolean holds(final String persistenceId, final String text) {
        return Stream.of(EVENTS, "SELECT snapshot_payload FROM snapshot WHERE persistence_id = ?")
                .flatMap(query -> payloads(query, persistenceId).stream())
                .anyMatch(payload -> new String(payload, StandardCharsets.ISO_8859_1).contains(text));
    }

    /// Waits until no row of an entity's holds any of the texts.
    public void awaitNone(final String persistenceId, final List<String> texts) {
        kit.createTestProbe().awaitAssert(PATIENCE, () -> {
            texts.forEach(text -> assertFalse(holds(persistenceId, text), text));
            return Done.done();
        });
    }

    private List<byte[]> payloads(final String query, final String persistenceId) {
        final var payloads = new ArrayList<byte[]>();
        try (var connection = DriverManager.getConnection(
                        "jdbc:sqlite:" + store.directory().resolve("parley.db"));
                var statement = connection.prepareStatement(query)) {
            statement.setString(1, persistenceId);
            try (var result = statement.executeQuery()) {
                while (result.next()) {
                    payloads.add(result.getBytes(1));
                }
            }
        } catch (final SQLException failed) {
            throw new AssertionError(failed);
        }
        return payloads;
    }

    @Override
    public void close() throws StoreException {
        kit.shutdownTestKit();
        store.close();
    }
}
