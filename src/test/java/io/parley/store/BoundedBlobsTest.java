package io.parley.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.content.Octets;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.Done;
import org.junit.jupiter.api.Test;

/// How much waits before a store of blobs, and what becomes of the rest.
final class BoundedBlobsTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final List<String> counted = new ArrayList<>();
    private final Hanging hanging = new Hanging();

    /// Answers when it is told to.
    private static final class Hanging implements Blobs {
        final Deque<CompletableFuture<Done>> puts = new ArrayDeque<>();
        final Deque<CompletableFuture<Optional<byte[]>>> gets = new ArrayDeque<>();

        @Override
        public CompletionStage<Done> put(final String scope, final Octets sha256, final byte[] bytes) {
            puts.add(new CompletableFuture<>());
            return puts.getLast();
        }

        @Override
        public CompletionStage<Boolean> bind(final String scope, final Set<Octets> sha256s) {
            throw new IllegalStateException("the connection is closed");
        }

        @Override
        public CompletionStage<Optional<byte[]>> get(final String scope, final Octets sha256) {
            gets.add(new CompletableFuture<>());
            return gets.getLast();
        }

        @Override
        public CompletionStage<Done> delete(final String scope, final Set<Octets> sha256s) {
            return CompletableFuture.completedStage(Done.done());
        }
    }

    private Blobs bounded(final int atOnce, final int waiting, final long waitingBytes, final Duration timeLimit) {
        return new BoundedBlobs(
                hanging, new BlobBounds(Duration.ofHours(1), atOnce, waiting, waitingBytes, timeLimit), counted::add);
    }

    private static CompletableFuture<Done> put(final Blobs blobs, final String text) {
        final var bytes = text.getBytes(StandardCharsets.UTF_8);
        return blobs.put("alice~bob", Octets.of(Checksum.sha256().digest(bytes)), bytes)
                .toCompletableFuture();
    }

    private static Throwable failure(final CompletableFuture<?> answer) {
        assertThrows(CompletionException.class, answer::join);
        return answer.exceptionNow();
    }

    @Test
    void the_first_go_the_next_wait_in_order_and_the_rest_is_refused_and_counted() {
        final var blobs = bounded(2, 1, 100, LONG);
        final var first = put(blobs, "a");
        final var second = put(blobs, "b");
        final var waits = put(blobs, "c");
        assertInstanceOf(Blobs.Busy.class, failure(put(blobs, "d")));
        assertEquals(List.of("blobs_refused"), counted);
        assertEquals(2, hanging.puts.size());
        hanging.puts.removeFirst().complete(Done.done());
        assertTrue(first.isDone());
        assertFalse(second.isDone());
        assertEquals(2, hanging.puts.size());
        final var _ = put(blobs, "e");
        hanging.puts.removeLast().complete(Done.done());
        assertTrue(waits.isDone());
    }

    @Test
    void what_waits_may_hold_so_many_bytes_and_has_given_them_back_when_it_goes() {
        final var blobs = bounded(1, 10, 5, LONG);
        final var _ = put(blobs, "under way, not waiting");
        final var four = put(blobs, "four");
        assertInstanceOf(Blobs.Busy.class, failure(put(blobs, "22")));
        final var _ = put(blobs, "1");
        hanging.puts.removeFirst().complete(Done.done());
        assertFalse(four.isDone());
        final var _ = put(blobs, "four");
        assertEquals(1, counted.size());
    }

    @Test
    void reads_do_not_wait_for_writes() {
        final var blobs = bounded(1, 0, 0, LONG);
        final var _ = put(blobs, "a");
        final var got = blobs.get("alice~bob", Octets.of(new byte[32])).toCompletableFuture();
        hanging.gets.removeFirst().complete(Optional.empty());
        assertEquals(Optional.empty(), got.join());
    }

    @Test
    void who_waits_too_long_hears_so_and_is_not_begun_any_more() {
        final var blobs = bounded(1, 10, 100, Duration.ofMillis(50));
        final var hangs = put(blobs, "hangs");
        final var waits = put(blobs, "waits");
        assertInstanceOf(TimeoutException.class, failure(hangs));
        assertInstanceOf(TimeoutException.class, failure(waits));
        hanging.puts.removeFirst().complete(Done.done());
        assertEquals(0, hanging.puts.size());
        final var _ = put(blobs, "goes");
        assertEquals(1, hanging.puts.size());
        assertEquals(List.of("blobs_failed", "blobs_failed"), counted.subList(0, 2));
    }

    @Test
    void what_fails_gives_its_place_to_the_next_also_if_it_fails_at_once() {
        final var blobs = bounded(1, 10, 100, LONG);
        final var bind = blobs.bind("alice~bob", Set.of()).toCompletableFuture();
        assertInstanceOf(IllegalStateException.class, failure(bind));
        assertEquals(List.of("blobs_failed"), counted);
        final var fails = put(blobs, "fails");
        final var next = put(blobs, "next");
        hanging.puts.removeFirst().completeExceptionally(new IllegalStateException("full"));
        assertEquals("full", failure(fails).getMessage());
        hanging.puts.removeFirst().complete(Done.done());
        assertEquals(Done.done(), next.join());
    }
}
