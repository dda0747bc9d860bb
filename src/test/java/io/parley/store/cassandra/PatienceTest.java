package io.parley.store.cassandra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.DriverTimeoutException;
import io.parley.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class PatienceTest {
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger asked = new AtomicInteger();
    private final Patience patience = new Patience(Duration.ofSeconds(60), nanos::get);

    @Test
    void a_database_that_does_not_answer_is_asked_again() throws Exception {
        final var answer = patience.ask(() -> asked.incrementAndGet() < 3
                ? CompletableFuture.<String>failedStage(new DriverTimeoutException("late"))
                : CompletableFuture.completedStage("here"));
        assertEquals("here", patience.await(answer, () -> {}));
        assertEquals(3, asked.get());
        assertEquals(Optional.empty(), patience.trouble());
    }

    @Test
    void it_is_given_up_after_a_while_with_what_it_said_last() {
        final var answer = patience.<String>ask(() -> {
            nanos.addAndGet(Duration.ofSeconds(40).toNanos());
            asked.incrementAndGet();
            return CompletableFuture.failedStage(AllNodesFailedException.fromErrors(List.of()));
        });
        final var failed = assertThrows(StoreException.class, () -> patience.await(answer, () -> {}));
        assertTrue(String.valueOf(failed.getMessage()).contains("No node was available"));
        assertEquals(2, asked.get());
    }

    @Test
    void what_asking_again_does_not_mend_fails_at_once() {
        final var answer = patience.<String>ask(() -> {
            asked.incrementAndGet();
            throw new IllegalStateException("a bug");
        });
        assertThrows(StoreException.class, () -> patience.await(answer, () -> {}));
        assertEquals(1, asked.get());
    }

    @Test
    void while_waiting_somebody_looks_whether_to_wait_on() {
        final var never = new CompletableFuture<String>();
        final var stopped = assertThrows(
                StoreException.class,
                () -> patience.await(never, () -> {
                    throw new StoreException("stopped");
                }));
        assertEquals("stopped", stopped.getMessage());
    }
}
