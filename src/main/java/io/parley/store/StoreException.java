package io.parley.store;

/// The store cannot be opened. The message is one sentence for the person who starts the node: what is wrong
/// with which directory, and what to do.
public final class StoreException extends Exception {
    /// @param message one sentence: what is wrong, and what to do
    public StoreException(final String message) {
        super(message);
    }

    /// @param message one sentence: what is wrong, and what to do
    public StoreException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
