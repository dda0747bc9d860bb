package io.parley.store;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/// When each life of a node, from one start to its end, last gave a sign: one small record for all its
/// sessions, so that after a crash everybody's last seen is right to a few seconds without a write per person.
///
/// Safe from any thread.
public interface Lives {
    /// The life of this node that goes on now.
    String life();

    /// When the life last gave a sign; empty if it is not known. Does not wait.
    Optional<Instant> lastAlive(String life);

    /// A sign of life, to be given every few seconds.
    ///
    /// @throws IOException if it could not be written; one that is written later tells of its own failure
    void alive() throws IOException;
}
