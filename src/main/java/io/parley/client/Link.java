package io.parley.client;

import java.net.URI;
import java.util.concurrent.CompletableFuture;

/// One WebSocket, from its opening to its end.
interface Link {
    /// What happens on a link. Called one at a time.
    interface Events {
        /// The handshake is done.
        void opened(Link link);

        /// A text frame came; the next is read after [Link#more].
        void text(Link link, String text);

        /// The link has ended. May come more than once, also after [Link#abort].
        void ended(Link link, int code, String reason);
    }

    /// Makes links.
    interface Connector {
        /// Opens a link to the node at `base`; what becomes of it, also that it could not be made, `events`
        /// hears.
        Link open(URI base, Events events);
    }

    /// Writes a text frame; one at a time, the next when the future has completed.
    CompletableFuture<?> write(String text);

    /// Lets the next frame be read.
    void more();

    /// Says that it ends (1000) and waits for the other side to do so.
    void end();

    /// Cuts it, at once.
    void abort();
}
