package io.parley.store.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.typesafe.config.Config;
import io.parley.store.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/// Parley's keyspace and tables, as the scripts in `cassandra/` on the class path say: applied by an operator,
/// once and before the first node (nodes only look), with this or with `cqlsh -f`.
public final class CassandraSchema {
    /// The version this Parley reads and writes.
    static final int VERSION = 1;

    private static final Duration DDL_TIMEOUT = Duration.ofSeconds(30);

    private CassandraSchema() {}

    /// Makes the keyspace, if there is none, and brings its tables to [#VERSION]. May be repeated.
    ///
    /// @param config   the whole configuration: where Cassandra is
    /// @param replicas of each row: 1 to 9; 3 for a cluster
    /// @throws StoreException if Cassandra does not answer or refuses; the message says what
    public static void apply(final Config config, final int replicas) throws StoreException {
        final var parley = config.getConfig("parley.cassandra");
        final var contact = parley.getString("contact-points");
        try (var session = FencedSessions.builder(parley, config.getConfig("datastax-java-driver"))
                .build()) {
            for (final var statement :
                    statements(parley.getString("keyspace"), replicas, parley.getString("local-datacenter"))) {
                session.execute(SimpleStatement.newInstance(statement).setTimeout(DDL_TIMEOUT));
                session.checkSchemaAgreement();
            }
        } catch (final RuntimeException failed) {
            throw new StoreException("Cassandra at " + contact + " did not take the schema: " + reason(failed), failed);
        }
    }

    private static List<String> statements(final String keyspace, final int replicas, final String datacenter) {
        final var all = new ArrayList<String>();
        script("keyspace-replicated.cql").stream()
                .map(statement -> statement.replace("'datacenter1': 3", "'" + datacenter + "': " + replicas))
                .map(statement -> statement.replace("EXISTS parley", "EXISTS " + keyspace))
                .forEach(all::add);
        script("tables-1.cql").stream()
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

    /// The version that is in `keyspace`; 0 if there is none.
    static CompletionStage<Integer> version(final CqlSession session, final String keyspace) {
        return session.executeAsync(SimpleStatement.newInstance(
                                "SELECT version FROM " + keyspace + ".schema_version WHERE id = 'parley'")
                        .setExecutionProfileName(CassandraStore.CLAIMS))
                .thenApply(found -> {
                    final var row = found.one();
                    return row == null ? 0 : row.getInt("version");
                });
    }

    private static String reason(final Throwable failure) {
        final var cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return Objects.requireNonNullElse(cause.getMessage(), cause.getClass().getSimpleName());
    }
}
