package io.parley.faults;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.Row;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import io.parley.local.CassandraRing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/// What stands of conversations in Cassandra, as it was written: rows and their bytes, read past Parley.
final class StoredConversations implements AutoCloseable {
    private static final CBORMapper CBOR = new CBORMapper();
    private static final String PREFIX = "conversation|";

    private final CqlSession session;

    StoredConversations(final CassandraRing ring) {
        this.session = CqlSession.builder()
                .addContactPoints(ring.contactPoints())
                .withLocalDatacenter(CassandraRing.DATACENTER)
                .withConfigLoader(DriverConfigLoader.programmaticBuilder()
                        .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, Duration.ofSeconds(20))
                        .build())
                .build();
    }

    /// A row of the journal.
    ///
    /// @param writer who wrote it, and behind whom
    record Written(String writer, JsonNode event) {
        /// Of the writer: each start of an entity has another.
        String term() {
            final int after = writer.indexOf('<');
            return after < 0 ? writer : writer.substring(0, after);
        }
    }

    /// All events of each conversation by their numbers.
    record Logs(SortedMap<String, SortedMap<Long, Written>> byConversation) {
        Written at(final String conversation, final long seq) {
            return of(of(byConversation, conversation), seq);
        }

        Written last(final String conversation) {
            return of(byConversation, conversation).sequencedValues().getLast();
        }

        private static <K, V> V of(final SortedMap<K, V> all, final K key) {
            return Objects.requireNonNull(all.get(key), () -> key + " is not stored");
        }
    }

    /// Nobody may have fought for an entity: then a number has one row.
    Logs logs() {
        final SortedMap<String, SortedMap<Long, Written>> all = new TreeMap<>();
        for (final var row :
                session.execute("SELECT persistence_id, sequence_nr, writer_uuid, event FROM parley.messages")) {
            if (isConversation(row)) {
                final var earlier = all.computeIfAbsent(conversation(row), _ -> new TreeMap<>())
                        .put(row.getLong("sequence_nr"), new Written(text(row, "writer_uuid"), tree(row, "event")));
                if (earlier != null) {
                    throw new IllegalStateException("two rows of one number in " + conversation(row));
                }
            }
        }
        return new Logs(all);
    }

    /// The newest snapshot of each conversation that has one.
    SortedMap<String, JsonNode> snapshots() {
        final SortedMap<String, JsonNode> newest = new TreeMap<>();
        final SortedMap<String, Long> numbers = new TreeMap<>();
        for (final var row :
                session.execute("SELECT persistence_id, sequence_nr, snapshot_data FROM parley.snapshots")) {
            final long number = row.getLong("sequence_nr");
            if (isConversation(row) && number > numbers.getOrDefault(conversation(row), 0L)) {
                numbers.put(conversation(row), number);
                newest.put(conversation(row), tree(row, "snapshot_data"));
            }
        }
        return newest;
    }

    /// As a keyspace was before there were moves.
    void dropMoves() {
        session.execute("DROP TABLE IF EXISTS parley.moves");
    }

    private static boolean isConversation(final Row row) {
        return text(row, "persistence_id").startsWith(PREFIX);
    }

    private static String conversation(final Row row) {
        return text(row, "persistence_id").substring(PREFIX.length());
    }

    private static String text(final Row row, final String column) {
        return Objects.requireNonNullElse(row.getString(column), "");
    }

    private static JsonNode tree(final Row row, final String column) {
        final ByteBuffer stored = Objects.requireNonNull(row.getByteBuffer(column), column);
        final var bytes = new byte[stored.remaining()];
        stored.get(bytes);
        try {
            return CBOR.readTree(bytes);
        } catch (final IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    @Override
    public void close() {
        session.close();
    }
}
