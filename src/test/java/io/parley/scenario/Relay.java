package io.parley.scenario;

import io.parley.local.Waiting;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// A network between a program and the node that can be made worse: what comes from the node may vanish on the
/// way, and every connection may break.
final class Relay implements AutoCloseable {
    private final int to;
    private final ServerSocket listening;
    private final List<Socket> open = new ArrayList<>(); // guarded by this
    private volatile boolean losingAnswers;
    private volatile boolean cut;
    private final AtomicLong left = new AtomicLong(Long.MAX_VALUE);
    private final AtomicLong leftOfAnswers = new AtomicLong(Long.MAX_VALUE);
    private final AtomicLong sent = new AtomicLong();

    /// A relay to a port of this machine.
    Relay(final int to) {
        this.to = to;
        try {
            this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (final IOException failed) {
            throw new UncheckedIOException(failed);
        }
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    /// What the node says does not arrive any more, on the connections there are.
    void losesAnswers() {
        losingAnswers = true;
    }

    /// Breaks every connection, and lets no new one through.
    void cuts() {
        cut = true;
        breakAll();
    }

    /// The same as [#cuts], when so many bytes more have gone to the node.
    void cutsAfter(final long bytes) {
        left.set(bytes);
    }

    /// The same when so many bytes more have come from the node.
    void cutsAnswersAfter(final long bytes) {
        leftOfAnswers.set(bytes);
    }

    /// Waits until it has cut.
    void awaitCut() {
        Waiting.until(Duration.ofSeconds(60), () -> cut, () -> "not so many bytes went through");
    }

    /// How many bytes have gone to the node in all.
    long sent() {
        return sent.get();
    }

    /// Breaks every connection; new ones are fine.
    void breaksOnce() {
        breakAll();
        losingAnswers = false;
    }

    /// All is well again, for new connections.
    void heals() {
        losingAnswers = false;
        left.set(Long.MAX_VALUE);
        leftOfAnswers.set(Long.MAX_VALUE);
        cut = false;
    }

    private void breakAll() {
        final List<Socket> broken;
        synchronized (this) {
            broken = List.copyOf(open);
            open.clear();
        }
        broken.forEach(Relay::end);
    }

    private void accept() {
        try {
            while (true) {
                final var near = listening.accept();
                if (cut) {
                    end(near);
                } else {
                    connect(near);
                }
            }
        } catch (final IOException closed) {
            // that is its end
        }
    }

    private void connect(final Socket near) {
        try {
            final var far = new Socket(InetAddress.getLoopbackAddress(), to);
            synchronized (this) {
                open.add(near);
                open.add(far);
            }
            Thread.ofVirtual().start(() -> copy(near, far, false));
            Thread.ofVirtual().start(() -> copy(far, near, true));
        } catch (final IOException nobodyThere) {
            end(near);
        }
    }

    private void copy(final Socket from, final Socket into, final boolean answers) {
        final var buffer = new byte[16_384];
        try {
            final InputStream in = from.getInputStream();
            final OutputStream out = into.getOutputStream();
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                if (!answers || !losingAnswers) {
                    out.write(buffer, 0, length);
                }
                if (!answers) {
                    sent.addAndGet(length);
                }
                if ((answers ? leftOfAnswers : left).addAndGet(-length) < 0) {
                    cuts();
                }
            }
        } catch (final IOException broken) {
            // both ends hear of it below
        } finally {
            end(from);
            end(into);
        }
    }

    private static void end(final Socket socket) {
        try {
            socket.close();
        } catch (final IOException already) {
            // that is what was wanted
        }
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (final IOException failed) {
            throw new UncheckedIOException(failed);
        }
        breakAll();
    }
}
