package io.parley.websocket;

/// Who a connection's messages are for. Called from the connection's stream, one call at a time; must not
/// block.
public interface Owner {
    /// A text message. At most as many are handed over as were granted.
    void text(String message);

    /// A binary message, whose contents have been dropped.
    void binary();

    /// The connection has ended; nothing comes any more.
    void ended();

    /// Makes the owner of a new connection.
    @FunctionalInterface
    interface Factory {
        /// The owner of the connection behind `socket`.
        Owner own(Socket socket);
    }
}
