package io.parley.client;

import java.time.Duration;

/// Is told how a transfer goes: about ten times a second at most, in order, on threads of the network or of the
/// transfer. Must not block.
public interface TransferListener {
    /// What is being done.
    enum Phase {
        /// The file is read once, for its SHA-256.
        HASHING,
        /// Bytes go to the node, or come from it.
        MOVING
    }

    /// Nothing is told.
    TransferListener SILENT = (_, _, _) -> {};

    /// How far it is. After a cut fewer may be done than before: only what has arrived counts.
    ///
    /// @param done  of the bytes
    /// @param total how many there are in all
    void progress(Phase phase, long done, long total);

    /// It could not go on, and tries again by itself after `wait`.
    default void waiting(final Duration wait, final String why) {}
}
