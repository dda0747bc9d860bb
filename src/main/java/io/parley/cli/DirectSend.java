package io.parley.cli;

import io.parley.client.ClientRuntime;
import io.parley.client.ClientStore;
import io.parley.client.MessageIds;
import io.parley.content.Body;
import io.parley.id.MediaId;
import io.parley.protocol.ServerFrame;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Sends a message by a REST call, while another command has the device's connection. The message is kept on
/// the disk before and forgotten when it is answered, like any other: killed on the way, the next command that
/// connects sends it under the same id.
final class DirectSend {
    private static final Duration WAIT_FIRST = Duration.ofMillis(250);
    private static final Duration WAIT_MOST = Duration.ofSeconds(4);

    private final Account account;
    private final ClientRuntime runtime;

    DirectSend(final Account account, final ClientRuntime runtime) {
        this.account = account;
        this.runtime = runtime;
    }

    ServerFrame.Sent send(final Whom whom, final Body body, final List<MediaId> media, final Duration timeout)
            throws Stop {
        final var store = account.home().store();
        final var after = store.progress(whom.conversation())
                .map(ClientStore.Progress::head)
                .orElse(0L);
        final var message = new ClientStore.Unsent(MessageIds.fresh(runtime), whom.target(), body, media, after);
        store.queued(message);
        final var deadlineNanos = System.nanoTime() + timeout.toNanos();
        var wait = WAIT_FIRST;
        while (true) {
            try {
                final var sent = account.call(token -> account.rest()
                        .sendMessage(token, message.id(), message.target(), body, media, OptionalLong.of(after)));
                store.settled(message.id());
                return sent;
            } catch (final Stop why) {
                if (why.code() == ExitCode.REFUSED && !why.isPassing()) {
                    store.settled(message.id());
                }
                if (!why.isPassing() || System.nanoTime() + wait.toNanos() - deadlineNanos > 0) {
                    throw why;
                }
            }
            pause(wait);
            wait = wait.multipliedBy(2).compareTo(WAIT_MOST) > 0 ? WAIT_MOST : wait.multipliedBy(2);
        }
    }

    private static void pause(final Duration wait) {
        new CompletableFuture<Void>()
                .completeOnTimeout(null, wait.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }
}
