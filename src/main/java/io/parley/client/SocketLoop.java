package io.parley.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ConcurrentLinkedQueue;

/// The one thread that waits for all sockets of a [ClientRuntime] and calls their links.
final class SocketLoop implements AutoCloseable {
    private static final Logger LOG = System.getLogger(SocketLoop.class.getName());

    /// What is called when its socket is ready.
    interface Ready {
        void ready(SelectionKey key) throws IOException;

        void failed(Throwable why);
    }

    private final Selector selector;
    private final Thread thread;
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>(); // a few for each link

    SocketLoop() {
        try {
            selector = Selector.open();
        } catch (final IOException broken) {
            throw new UncheckedIOException(broken);
        }
        thread = Thread.ofPlatform().daemon().name("parley-client-sockets").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    boolean isMine() {
        return Thread.currentThread() == thread;
    }

    /// Runs `task` on the loop's thread.
    void execute(final Runnable task) {
        tasks.add(task);
        selector.wakeup();
    }

    /// Only on the loop's thread.
    SelectionKey register(final SocketChannel channel, final int operations, final Ready link) throws IOException {
        return channel.register(selector, operations, link);
    }

    /// Lets the selector see that channels were closed: only then are their sockets.
    void wakeUp() {
        selector.wakeup();
    }

    private void run() {
        try {
            while (selector.isOpen()) {
                selector.select(SocketLoop::ready);
                for (var task = tasks.poll(); task != null; task = tasks.poll()) {
                    guarded(task);
                }
            }
        } catch (final IOException | ClosedSelectorException ended) {
            if (selector.isOpen()) {
                LOG.log(Level.ERROR, "the client's sockets cannot be waited for any more", ended);
            }
        }
    }

    private static void ready(final SelectionKey key) {
        final var link = (Ready) key.attachment();
        try {
            link.ready(key);
        } catch (final IOException | CancelledKeyException gone) {
            link.failed(gone);
        } catch (final RuntimeException bug) { // of one link, which must not end the others
            LOG.log(Level.ERROR, "a link failed", bug);
            link.failed(bug);
        }
    }

    private static void guarded(final Runnable task) {
        try {
            task.run();
        } catch (final RuntimeException bug) {
            LOG.log(Level.ERROR, "a task of a link failed", bug);
        }
    }

    @Override
    public void close() {
        try {
            selector.close();
        } catch (final IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
