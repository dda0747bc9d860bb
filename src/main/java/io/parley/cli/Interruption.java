package io.parley.cli;

import io.parley.client.Transfer;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/// A transfer during which the process may be told to end, as by Ctrl-C: then it is ended in order, and the
/// person told how to go on.
final class Interruption {
    private static final int PATIENCE_SECONDS = 2;

    private Interruption() {}

    /// Waits for the transfer's end.
    ///
    /// @param then what to say where the process is told to end meanwhile
    static <T> T ended(final Transfer<T> transfer, final Terminal terminal, final Supplier<String> then) {
        final var atTheEnd = Thread.ofPlatform().unstarted(() -> {
            transfer.cancel();
            try {
                transfer.outcome().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (final TimeoutException | ExecutionException late) {
                // what has arrived stays in any case
            } catch (final InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
            terminal.rewrite("");
            terminal.note("parley: " + then.get());
        });
        Runtime.getRuntime().addShutdownHook(atTheEnd);
        try {
            return transfer.outcome().join();
        } finally {
            try {
                Runtime.getRuntime().removeShutdownHook(atTheEnd);
            } catch (final IllegalStateException ending) {
                // it tells
            }
        }
    }
}
