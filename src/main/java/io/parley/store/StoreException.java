package io.parley.store;

/// The store cannot be opened. The message is one sentence for the person who starts the node: what is wrong
/// with which directory, and what to do.
public final class StoreException extends Exception {
    StoreException(final String message) {
        super(message);
    }

    StoreException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
