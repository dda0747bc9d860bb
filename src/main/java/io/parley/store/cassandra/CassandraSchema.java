package io.parley.store.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.metadata.NodeState;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.parley.store.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Parley's keyspace and tables, as the scripts in `cassandra/` on the class path say: applied by an operator,
/// once and before the first node (nodes only look), with this or with `cqlsh -f`.
public final class CassandraSchema {
    /// The version this Parley reads and writes. Nodes of another one cannot use the tables.
    static final int VERSION = 1;

    /// Up to which script of that version tables must have been added. Nodes that need fewer do not mind more:
    /// so they can be applied while those of the version before run, and stay if one goes back to it.
    static final int ADDITIONS = 2;

    /// What there is.
    ///
    /// @param version   0 for no tables
    /// @param additions the last script that was applied
    record Found(int version, int additions) {
        /// Whether this Parley can use it.
        boolean isUsable() {
            return version == VERSION && additions >= ADDITIONS;
        }

        /// Whether the command `schema` makes it usable.
        boolean lacksAdditions() {
            return version == VERSION && additions < ADDITIONS;
        }
    }

    private static final Duration DDL_TIMEOUT = Duration.ofSeconds(30);

    private static final Duration AGREEMENT_WITHIN = Duration.ofSeconds(30);
    private static final Duration AGREEMENT_EVERY = Duration.ofMillis(50);
    private static final String SCHEMA_VERSION = "schema_version";

    /// After each new table the driver would wait for a second and then read all tables, for nobody: twenty
    /// seconds in all.
    private static final Config UNWATCHED = ConfigFactory.parseString("advanced.metadata.schema.enabled = false");

    private CassandraSchema() {}

    /// Makes the keyspace, if there is none, and brings its tables to [#VERSION] and [#ADDITIONS]. May be
    /// repeated.
    ///
    /// @param config   the whole configuration: where Cassandra is
    /// @param replicas of each row: 1 to 9; 3 for a cluster
    /// @throws StoreException if Cassandra does not answer or refuses; the message says what
    public static void apply(final Config config, final int replicas) throws StoreException {
        final var parley = config.getConfig("parley.cassandra");
        final var contact = parley.getString("contact-points");
        try (var session = FencedSessions.builder(
                        parley, UNWATCHED.withFallback(config.getConfig("datastax-java-driver")))
                .build()) {
            final var coordinator = coordinator(session);
            for (final var statement :
                    statements(parley.getString("keyspace"), replicas, parley.getString("local-datacenter"))) {
                session.execute(SimpleStatement.newInstance(statement)
                        .setNode(coordinator)
                        .setTimeout(DDL_TIMEOUT));
                awaitAgreement(session, coordinator);
            }
        } catch (final RuntimeException failed) {
            throw new StoreException("Cassandra at " + contact + " did not take the schema: " + reason(failed), failed);
        }
    }

    /// A replica that answers. It is told everything: another one may not have heard of a table yet.
    private static Node coordinator(final CqlSession session) {
        final var answer = session.execute("SELECT key FROM system.local");
        return Objects.requireNonNull(answer.getExecutionInfo().getCoordinator(), "who has answered is known");
    }

    /// Waits until all replicas that are up have the tables as `coordinator` has them. The driver's own
    /// question goes to whichever replica it listens to, which may not have heard of the last table, and finds
    /// that all are as they were.
    private static void awaitAgreement(final CqlSession session, final Node coordinator) {
        final long deadline = System.nanoTime() + AGREEMENT_WITHIN.toNanos();
        while (!isAgreed(session, coordinator)) {
            if (System.nanoTime() >= deadline) {
                throw new IllegalStateException("its replicas have not agreed on the tables for "
                        + AGREEMENT_WITHIN.toSeconds() + " s: is one of them on its way up or down? Run it again");
            }
            LockSupport.parkNanos(AGREEMENT_EVERY.toNanos());
        }
    }

    private static boolean isAgreed(final CqlSession session, final Node coordinator) {
        final var own = session.execute(SimpleStatement.newInstance("SELECT " + SCHEMA_VERSION + " FROM system.local")
                        .setNode(coordinator))
                .one();
        final var nodes = session.getMetadata().getNodes();
        return own != null
                && session
                        .execute(SimpleStatement.newInstance("SELECT host_id, " + SCHEMA_VERSION + " FROM system.peers")
                                .setNode(coordinator))
                        .all()
                        .stream()
                        .filter(peer -> isUp(nodes.get(peer.getUuid("host_id"))))
                        .allMatch(peer -> Objects.equals(peer.getUuid(SCHEMA_VERSION), own.getUuid(SCHEMA_VERSION)));
    }

    private static boolean isUp(final @Nullable Node node) {
        return node != null && node.getState() != NodeState.DOWN && node.getState() != NodeState.FORCED_DOWN;
    }

    private static List<String> statements(final String keyspace, final int replicas, final String datacenter) {
        final var all = new ArrayList<String>();
        script("keyspace-replicated.cql").stream()
                .map(statement -> statement.replace("'datacenter1': 3", "'" + datacenter + "': " + replicas))
                .map(statement -> statement.replace("EXISTS parley", "EXISTS " + keyspace))
                .forEach(all::add);
        Stream.of("tables-1.cql", "tables-2.cql")
                .flatMap(name -> script(name).stream())
                .map(statement -> statement.replace(" parley.", " " + keyspace + "."))
                .forEach(all::add);
        return all;
    }

    /// A script's statements, without its comments.
    private static List<String> script(final String name) {
        try (var in = Objects.requireNonNull(CassandraSchema.class.getResourceAsStream("/cassandra/" + name), name)) {
            final var text = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("--"))
                    .toList();
            return List.of(String.join("\n", text).split(";\n|;$")).stream()
                    .map(String::strip)
                    .filter(statement -> !statement.isEmpty())
                    .toList();
        } catch (final IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /// What there is in `keyspace`.
    static CompletionStage<Found> look(final CqlSession session, final String keyspace) {
        return session.executeAsync(SimpleStatement.newInstance("SELECT id, version FROM " + keyspace
                                + ".schema_version WHERE id IN ('parley', 'parley-additions')")
                        .setExecutionProfileName(CassandraStore.CLAIMS))
                .thenApply(found -> {
                    final var versions = new HashMap<String, Integer>();
                    found.currentPage()
                            .forEach(row -> versions.put(
                                    Objects.requireNonNullElse(row.getString("id"), ""), row.getInt("version")));
                    return new Found(
                            versions.getOrDefault("parley", 0),
                            versions.getOrDefault("parley-additions", 1)); // there was no such row at first
                });
    }

    private static String reason(final Throwable failure) {
        final var cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return Objects.requireNonNullElse(cause.getMessage(), cause.getClass().getSimpleName());
    }
}
