package io.parley.cli;

import io.parley.client.ClientListener;
import io.parley.client.ClientRuntime;
import io.parley.client.ClientSettings;
import io.parley.client.ParleyClient;
import java.io.IOException;
import java.time.Duration;

/// The device's connection while a command runs, with its lock. Ends in order also when the process is told to
/// end: what was taken is acknowledged, the device goes offline at once.
final class Live implements AutoCloseable {
    /// Somebody sits before it, or waits for it: nobody wants to look at a lost connection for half a minute.
    static final ClientSettings SETTINGS =
            ClientSettings.DEFAULTS.withBackoff(Duration.ofMillis(250), Duration.ofSeconds(8));

    private final ParleyClient client;
    private final DeviceLock.Held lock;
    private final Thread atTheEnd = Thread.ofPlatform().unstarted(this::end);

    private Live(final ParleyClient client, final DeviceLock.Held lock) {
        this.client = client;
        this.lock = lock;
    }

    /// Connects; the lock is `held` already, and released with the connection.
    static Live connect(
            final Account account,
            final DeviceLock.Held held,
            final ClientListener listener,
            final ClientRuntime runtime)
            throws IOException {
        try {
            final var client = ParleyClient.connect(
                    account.nodes().addresses(),
                    account.tokens(),
                    listener,
                    SETTINGS,
                    account.home().store(),
                    runtime);
            final var live = new Live(client, held);
            Runtime.getRuntime().addShutdownHook(live.atTheEnd);
            return live;
        } catch (final RuntimeException broken) {
            held.close();
            throw broken;
        }
    }

    ParleyClient client() {
        return client;
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(atTheEnd);
        } catch (final IllegalStateException ending) {
            // it runs already
        }
        end();
    }

    private void end() {
        client.close();
        lock.close();
    }
}
