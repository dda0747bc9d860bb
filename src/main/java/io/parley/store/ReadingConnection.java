package io.parley.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;

/// A connection to the embedded store's file that can only read, with a thread of its own: it works beside the
/// writer and holds up neither that nor those who read history. Connects when it is first used.
///
/// Safe from any thread. The queue before the thread has no bound: who calls has one.
final class ReadingConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReadingConnection.class);
    private static final long CLOSE_SECONDS = 5;

    private final Path file;
    private final ExecutorService thread;
    private Optional<Connection> connected = Optional.empty(); // on the thread alone

    /// @param name of the thread
    ReadingConnection(final Path file, final String name) {
        this.file = file;
        this.thread = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name(name).factory());
    }

    /// Does `work` when it is its turn. Fails with what it throws, and with [RejectedExecutionException] when
    /// this was closed.
    <T> CompletionStage<T> run(final JournalConnection.Work<T> work) {
        final var answer = new CompletableFuture<T>();
        try {
            thread.execute(() -> {
                try {
                    answer.complete(work.with(connection()));
                } catch (final SQLException | RuntimeException failed) {
                    disconnect(); // so that the next one does not meet what was wrong with this one
                    answer.completeExceptionally(failed);
                }
            });
        } catch (final RejectedExecutionException closed) {
            answer.completeExceptionally(closed);
        }
        return answer.minimalCompletionStage();
    }

    private Connection connection() throws SQLException {
        if (connected.isEmpty()) {
            final var settings = new SQLiteConfig();
            settings.setReadOnly(true);
            settings.setBusyTimeout(2_000); // the moments when the log is started anew
            connected = Optional.of(settings.createConnection("jdbc:sqlite:" + file));
        }
        return connected.get();
    }

    private void disconnect() {
        try {
            if (connected.isPresent()) {
                connected.get().close();
            }
        } catch (final SQLException failed) {
            LOG.debug("a connection that reads was not closed cleanly", failed);
        }
        connected = Optional.empty();
    }

    @Override
    public void close() {
        thread.execute(this::disconnect);
        thread.shutdown();
        try {
            if (!thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("a connection that reads is not closed: a read takes too long");
            }
        } catch (final InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
