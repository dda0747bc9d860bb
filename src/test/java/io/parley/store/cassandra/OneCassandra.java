package io.parley.store.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import io.parley.local.CassandraRing;
import io.parley.local.CassandraSettings;
import io.parley.local.Lifetime;
import io.parley.store.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.concurrent.atomic.AtomicInteger;

/// One real Cassandra for all tests of this JVM that need no more.
public final class OneCassandra {
    private static final AtomicInteger IDS = new AtomicInteger();

    private OneCassandra() {}

    private static final class Holder {
        private static final CassandraRing RING = start();

        private static CassandraRing start() {
            try {
                return CassandraRing.start(
                        Files.createTempDirectory("parley-cassandra"),
                        CassandraSettings.aside(1),
                        Lifetime.WITH_THIS_JVM);
            } catch (final IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }

    /// `host:port`; starts it if it does not run yet.
    public static String contactPoint() {
        final var address = Holder.RING.contactPoints().getFirst();
        return address.getHostString() + ":" + address.getPort();
    }

    /// The keyspace of all tests of this JVM, with its tables; each test names entities of its own.
    public static String keyspace() {
        return Tables.KEYSPACE;
    }

    private static final class Tables {
        private static final String KEYSPACE = make();

        private static String make() {
            final var name = "parley_tests";
            try {
                makeTables(name);
            } catch (final StoreException failed) {
                throw new IllegalStateException(failed);
            }
            return name;
        }
    }

    /// Makes a keyspace with its tables, or adds what it lacks.
    static void makeTables(final String keyspace) throws StoreException {
        CassandraSchema.apply(JournalSystem.config(keyspace, ""), 1);
    }

    /// A name that no other test uses.
    public static String freshId() {
        return "alice~bob" + IDS.incrementAndGet();
    }

    /// A session of the test's own, with the driver's settings of a node.
    public static CqlSession session() {
        final var config = JournalSystem.config(keyspace(), "");
        return FencedSessions.builder(config.getConfig("parley.cassandra"), config.getConfig("datastax-java-driver"))
                .build();
    }
}
