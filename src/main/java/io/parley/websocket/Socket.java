package io.parley.websocket;

/// What the owner of a connection can do with it, from any thread. What is done after the end does nothing.
public interface Socket {
    /// Sends a text message. What is written while the network is busy goes out together.
    void write(String message);

    /// Sends what has been written, then closes.
    ///
    /// @param code a close code of RFC 6455 §7.4
    void close(int code, String reason);

    /// The owner has dealt with so many messages and may be handed as many more.
    void grant(int messages);

    /// Bytes written and not yet taken by the network.
    long pendingBytes();
}
