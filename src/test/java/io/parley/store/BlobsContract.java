package io.parley.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.content.Octets;
import io.parley.local.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What [Blobs] promises, whatever they are stored in.
public abstract class BlobsContract {
    /// Longer than a slow machine needs for one call.
    protected static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final int MANY = 60;

    private final Random random = new Random(4_711);

    /// What is tested: what is put there disappears soon, if it is not bound.
    protected abstract Blobs blobs();

    /// A scope that no other test has used.
    protected abstract String scope();

    /// Closes the store and opens it again.
    protected abstract void restart() throws Exception;

    /// Lets the time of everything that was put so far come to its end, or at least nearer.
    protected abstract void letTimePass();

    protected static <T> T await(final CompletionStage<T> stage) {
        return stage.toCompletableFuture()
                .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    /// Bytes that no other blob has.
    protected final byte[] bytes(final int length) {
        final var bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    protected static Octets hash(final byte[] bytes) {
        return Octets.of(Checksum.sha256().digest(bytes));
    }

    private Octets put(final String scope, final byte[] bytes) {
        await(blobs().put(scope, hash(bytes), bytes));
        return hash(bytes);
    }

    private Optional<Octets> got(final String scope, final Octets sha256) {
        return await(blobs().get(scope, sha256)).map(BlobsContract::hash);
    }

    private void assertThere(final String scope, final Octets sha256) {
        assertEquals(Optional.of(sha256), got(scope, sha256));
    }

    private void awaitGone(final String scope, final Octets sha256) {
        Waiting.until(
                PATIENCE,
                () -> {
                    letTimePass();
                    return got(scope, sha256).isEmpty();
                },
                () -> "it does not disappear");
    }

    @Test
    void what_was_put_is_got_as_it_was_from_one_byte_to_a_mebibyte() {
        final var scope = scope();
        for (final int length : List.of(1, 3_000, 4_096, 300_000, Blobs.BYTES_MAX)) {
            final var bytes = bytes(length);
            put(scope, bytes);
            assertArrayEquals(bytes, await(blobs().get(scope, hash(bytes))).orElseThrow());
        }
    }

    @Test
    void what_was_never_put_is_not_there_also_where_another_scope_has_it() {
        final var scope = scope();
        final var here = put(scope, bytes(100));
        assertEquals(Optional.empty(), got(scope, hash(bytes(100))));
        final var elsewhere = scope();
        assertEquals(Optional.empty(), got(elsewhere, here));
        assertFalse(await(blobs().bind(elsewhere, Set.of(here))));
        await(blobs().delete(elsewhere, Set.of(here)));
        assertThere(scope, here);
    }

    @Test
    void the_same_bytes_in_two_scopes_are_two_blobs() {
        final var one = scope();
        final var other = scope();
        final var bytes = bytes(5_000);
        final var sha256 = put(one, bytes);
        put(other, bytes);
        await(blobs().delete(one, Set.of(sha256)));
        assertEquals(Optional.empty(), got(one, sha256));
        assertThere(other, sha256);
    }

    @Test
    void the_same_again_changes_nothing_and_what_is_bound_stays_so() {
        final var scope = scope();
        final var bytes = bytes(2_000);
        final var sha256 = put(scope, bytes);
        put(scope, bytes);
        assertTrue(await(blobs().bind(scope, Set.of(sha256))));
        assertTrue(await(blobs().bind(scope, Set.of(sha256))));
        put(scope, bytes); // somebody's late upload
        awaitGone(scope, put(scope, bytes(2_000)));
        assertThere(scope, sha256);
    }

    @Test
    void an_unbound_blob_disappears_and_a_bound_one_does_not() {
        final var scope = scope();
        final var bound = put(scope, bytes(100));
        final var loose = put(scope, bytes(100));
        assertTrue(await(blobs().bind(scope, Set.of(bound))));
        awaitGone(scope, loose);
        assertFalse(await(blobs().bind(scope, Set.of(loose))));
        assertThere(scope, bound);
    }

    @Test
    void what_has_disappeared_can_be_put_again() {
        final var scope = scope();
        final var bytes = bytes(100);
        final var sha256 = put(scope, bytes);
        awaitGone(scope, sha256);
        put(scope, bytes);
        assertThere(scope, sha256);
        assertTrue(await(blobs().bind(scope, Set.of(sha256))));
    }

    @Test
    void none_is_bound_while_one_is_missing() {
        final var scope = scope();
        final var there = put(scope, bytes(100));
        final var missing = bytes(100);
        assertFalse(await(blobs().bind(scope, Set.of(there, hash(missing)))));
        put(scope, missing);
        assertTrue(await(blobs().bind(scope, Set.of(there, hash(missing)))));
        assertTrue(await(blobs().bind(scope, Set.of())));
    }

    @Test
    void what_was_deleted_is_gone_bound_or_not_and_can_be_put_again() {
        final var scope = scope();
        final var bytes = bytes(700_000);
        final var bound = put(scope, bytes);
        final var loose = put(scope, bytes(100));
        final var other = put(scope, bytes(100));
        assertTrue(await(blobs().bind(scope, Set.of(bound))));
        await(blobs().delete(scope, Set.of(bound, loose, hash(bytes(100)))));
        assertEquals(Optional.empty(), got(scope, bound));
        assertEquals(Optional.empty(), got(scope, loose));
        assertThere(scope, other);
        assertFalse(await(blobs().bind(scope, Set.of(bound))));
        put(scope, bytes);
        assertThere(scope, bound);
    }

    @Test
    void everything_is_there_after_a_restart() throws Exception {
        final var scope = scope();
        final var bound = put(scope, bytes(Blobs.BYTES_MAX));
        assertTrue(await(blobs().bind(scope, Set.of(bound))));
        restart();
        assertThere(scope, bound);
        final var loose = put(scope, bytes(1_000));
        restart();
        assertThere(scope, bound);
        awaitGone(scope, loose);
    }

    @Test
    void what_is_against_the_limits_is_refused() {
        final var scope = scope();
        final var good = bytes(100);
        assertRefused(blobs().put(scope, hash(new byte[0]), new byte[0]));
        final var large = bytes(Blobs.BYTES_MAX + 1);
        assertRefused(blobs().put(scope, hash(large), large));
        assertRefused(blobs().put(scope, hash(bytes(100)), good));
        assertRefused(blobs().put("", hash(good), good));
        assertRefused(blobs().put("x".repeat(Blobs.SCOPE_MAX + 1), hash(good), good));
        assertRefused(blobs().get(scope, Octets.of(new byte[31])));
        final var many = IntStream.rangeClosed(0, Blobs.HASHES_MAX)
                .mapToObj(_ -> hash(bytes(10)))
                .collect(Collectors.toSet());
        assertRefused(blobs().bind(scope, many));
        assertRefused(blobs().delete(scope, many));
        assertEquals(Optional.empty(), got(scope, hash(good)));
    }

    private static void assertRefused(final CompletionStage<?> answer) {
        final var failed = assertThrows(CompletionException.class, () -> await(answer));
        assertInstanceOf(IllegalArgumentException.class, failed.getCause());
    }

    /// Each is put by two, while others read it: they find all of it or nothing.
    @Test
    void many_at_once_do_not_disturb_each_other() {
        final var scope = scope();
        final var all =
                IntStream.range(0, MANY).mapToObj(i -> bytes(1 + i * 1_500)).toList();
        final var puts = new ArrayList<CompletionStage<?>>();
        final var reads = new ArrayList<CompletionStage<Optional<byte[]>>>();
        for (final var bytes : all) {
            puts.add(blobs().put(scope, hash(bytes), bytes));
            reads.add(blobs().get(scope, hash(bytes)));
            puts.add(blobs().put(scope, hash(bytes), bytes)
                    .thenCompose(_ -> blobs().bind(scope, Set.of(hash(bytes))))
                    .thenAccept(there -> assertTrue(there)));
        }
        puts.forEach(BlobsContract::await);
        for (int i = 0; i < all.size(); i++) {
            final var sha256 = hash(all.get(i));
            await(reads.get(i)).ifPresent(found -> assertEquals(sha256, hash(found)));
            assertThere(scope, sha256);
        }
    }
}
