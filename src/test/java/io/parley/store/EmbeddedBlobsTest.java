package io.parley.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.content.Octets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Blobs in a node's one file, written through a real journal's connection.
final class EmbeddedBlobsTest extends BlobsContract {
    private static final Duration DAY = Duration.ofHours(24);
    private static final BlobBounds BOUNDS = new BlobBounds(DAY, 1, 500, 64 << 20, Duration.ofSeconds(20));

    private final Path directory;
    private final AtomicInteger scopes = new AtomicInteger();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-30T12:00:00Z"));
    private StoreNode node;
    private EmbeddedBlobs embedded;
    private Blobs blobs;

    EmbeddedBlobsTest(@TempDir final Path directory) throws StoreException {
        this.directory = directory;
        node = new StoreNode(directory);
        embedded = open(node);
        blobs = new BoundedBlobs(embedded, BOUNDS, _ -> {});
    }

    private EmbeddedBlobs open(final StoreNode on) {
        return new EmbeddedBlobs(
                directory.resolve(EmbeddedStore.FILE), JournalConnection.of(on.system()), DAY, now::get);
    }

    @AfterEach
    void close() throws StoreException {
        embedded.close();
        node.close();
    }

    @Override
    protected void restart() throws StoreException {
        close();
        node = new StoreNode(directory);
        embedded = open(node);
        blobs = new BoundedBlobs(embedded, BOUNDS, _ -> {});
    }

    @Override
    protected Blobs blobs() {
        return blobs;
    }

    @Override
    protected String scope() {
        return "alice~bob" + scopes.incrementAndGet();
    }

    @Override
    protected void letTimePass() {
        now.set(now.get().plus(Duration.ofHours(5)));
    }

    private Octets put(final byte[] bytes) {
        await(blobs.put("alice~bob", hash(bytes), bytes));
        return hash(bytes);
    }

    @Test
    void an_unbound_blob_stays_for_a_day_after_it_was_put_last() {
        final var bytes = bytes(100);
        put(bytes);
        now.set(now.get().plus(Duration.ofHours(23)));
        final var sha256 = put(bytes);
        now.set(now.get().plus(Duration.ofHours(23)));
        assertTrue(await(blobs.get("alice~bob", sha256)).isPresent());
        now.set(now.get().plus(Duration.ofHours(1)));
        assertTrue(await(blobs.get("alice~bob", sha256)).isEmpty());
    }

    @Test
    void what_has_expired_is_swept_in_steps_and_nothing_else_is() throws Exception {
        final int expired = 2 * EmbeddedBlobs.SWEPT_AT_ONCE + 3;
        for (int i = 0; i < expired; i++) {
            put(bytes(10_000));
        }
        final var bound = put(bytes(10_000));
        assertTrue(await(blobs.bind("alice~bob", Set.of(bound))));
        now.set(now.get().plus(DAY));
        final var loose = put(bytes(10_000));
        assertEquals(expired, await(embedded.sweep()));
        assertEquals(0, await(embedded.sweep()));
        assertEquals(2, node.count("SELECT count(*) FROM blob"));
        assertEquals(2, node.count("SELECT count(*) FROM blob_bytes"));
        assertTrue(await(blobs.get("alice~bob", bound)).isPresent());
        assertTrue(await(blobs.get("alice~bob", loose)).isPresent());
    }

    @Test
    void a_blob_is_read_while_the_writing_connection_is_taken() throws Exception {
        final var sha256 = put(bytes(Blobs.BYTES_MAX));
        final CompletionStage<?> waiting;
        try (var writer = node.writer()) {
            assertFalse(writer.isReadOnly());
            final var other = bytes(100);
            waiting = blobs.put("alice~bob", hash(other), other);
            assertTrue(await(blobs.get("alice~bob", sha256)).isPresent());
            assertFalse(waiting.toCompletableFuture().isDone());
        }
        await(waiting);
    }

    @Test
    void on_a_full_disk_a_put_fails_as_a_whole_and_events_and_later_puts_do_not_suffer() throws Exception {
        final var ledger = node.ledger("ledger|a");
        assertEquals(1, await(node.enter(ledger, "before")));
        node.pagesAtMost(node.count("PRAGMA page_count") + 100);
        final var large = bytes(Blobs.BYTES_MAX);
        final var failed = assertThrows(CompletionException.class, () -> put(large));
        assertTrue(String.valueOf(failed.getMessage()).contains("SQLITE_FULL"), failed.getMessage());
        assertEquals(0, node.count("SELECT count(*) FROM blob"));
        assertEquals(2, await(node.enter(ledger, "while it is full")));
        final var small = put(bytes(1_000));
        node.pagesAtMost(1_000_000);
        assertTrue(await(blobs.get("alice~bob", put(large))).isPresent());
        assertTrue(await(blobs.get("alice~bob", small)).isPresent());
    }

    @Test
    void a_bind_that_misses_one_leaves_the_others_unbound() throws Exception {
        final var there = put(bytes(100));
        assertFalse(await(blobs.bind("alice~bob", Set.of(there, hash(bytes(100))))));
        assertEquals(1, node.count("SELECT count(*) FROM blob WHERE expires IS NOT NULL"));
    }

    @Test
    void every_statement_goes_through_an_index() throws Exception {
        for (final var sql : new String[] {
            "SELECT bytes FROM blob JOIN blob_bytes USING (id) WHERE scope = 'a' AND sha256 = x'00'",
            "SELECT id FROM blob WHERE expires <= 5 ORDER BY expires LIMIT 8",
            "DELETE FROM blob_bytes WHERE id IN (SELECT id FROM blob WHERE scope = 'a' AND sha256 = x'00')"
        }) {
            final var plan = node.plan(sql);
            assertFalse(plan.isEmpty());
            assertTrue(
                    plan.stream().noneMatch(step -> step.startsWith("SCAN") || step.contains("TEMP B-TREE")),
                    plan.toString());
        }
    }

    /// Thirty entities write one event after the other, first alone, then while one blob of 1 MiB after the
    /// other is put, which no real load does. The bound is generous: other work shares the machine.
    @Test
    @Tag("slow")
    void events_are_stored_between_blobs() {
        final var ledgers = new ArrayList<ActorRef<Ledger.Command>>();
        for (int i = 0; i < 30; i++) {
            ledgers.add(node.ledger("ledger|" + i));
        }
        rounds(ledgers, 100); // the JVM warms up
        final var alone = rounds(ledgers, 100);
        final var stored = new AtomicInteger();
        final var running = new AtomicBoolean(true);
        final var putting = Thread.ofPlatform().start(() -> {
            while (running.get()) {
                put(bytes(Blobs.BYTES_MAX));
                stored.incrementAndGet();
            }
        });
        final var beside = rounds(ledgers, 100);
        running.set(false);
        try {
            putting.join();
        } catch (final InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        System.out.printf(
                "a round of 30 events: alone p50 %.1f ms, p99 %.1f ms; beside %d blobs of 1 MiB p50 %.1f ms, p99 %.1f ms%n",
                millis(alone, 50), millis(alone, 99), stored.get(), millis(beside, 50), millis(beside, 99));
        assertTrue(stored.get() > 0);
        assertTrue(millis(beside, 50) < 1_000);
    }

    private long[] rounds(final List<ActorRef<Ledger.Command>> ledgers, final int rounds) {
        final var nanos = new long[rounds];
        for (int round = 0; round < rounds; round++) {
            final long began = System.nanoTime();
            final var entered = new ArrayList<CompletionStage<Long>>();
            for (final var ledger : ledgers) {
                entered.add(node.enter(ledger, "an event of some length, as messages have it, in a round"));
            }
            entered.forEach(BlobsContract::await);
            nanos[round] = System.nanoTime() - began;
        }
        Arrays.sort(nanos);
        return nanos;
    }

    private static double millis(final long[] sorted, final int percent) {
        return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)] / 1e6;
    }

    @Test
    void a_node_store_gives_them_and_sweeps_at_its_start() throws Exception {
        put(bytes(100));
        node.execute("UPDATE blob SET expires = 1");
        embedded.close();
        node.close();
        node = new StoreNode(directory);
        embedded = open(node);
        final var store = EmbeddedNodeStore.of(node.store(), node.system(), "life", Clock.systemUTC(), _ -> {});
        node.awaitCount(0, "SELECT count(*) FROM blob");
        final var bytes = bytes(100);
        await(store.blobs().put("alice~bob", hash(bytes), bytes));
        assertTrue(await(store.blobs().get("alice~bob", hash(bytes))).isPresent());
    }
}
