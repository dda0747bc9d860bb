package io.parley.history;

/// The design's invariants, as far as clients can see them.
public enum Invariant {
    /// What was acknowledged is in the log and with every device, exactly once; nothing else is.
    I1,
    /// Everyone sees one order, without gaps but a device's own entries.
    I2,
    /// Ticks never go back; read ⇒ delivered ⇒ sent.
    I3,
    /// ✓✓ and blue only by the word of the recipient's devices.
    I4,
    /// One message per sender, conversation and `id`.
    I5,
    /// Nothing reaches a non-member.
    I6,
    /// Last seen is never in the future.
    I7,
    /// What is replayed on reconnect is the log after the device's cursor, less what it sent.
    I8,
    /// Unread are the messages of others after the read cursor.
    I9
}
