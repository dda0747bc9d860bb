package io.parley.client;

import io.parley.protocol.ServerFrame;

/// How far a message of one's own has come, for one reader.
public enum Tick {
    /// ✓: stored durably.
    STORED,
    /// ✓✓: a device of the reader has it.
    DELIVERED,
    /// Blue: read.
    READ;

    /// What a reader's watermarks say of the entry at `seq`, which is stored.
    public static Tick of(final long seq, final ServerFrame.Receipt receipt) {
        final var withheld = receipt.not().stream().anyMatch(range -> range.first() <= seq && seq <= range.last());
        if (withheld || seq > Math.max(receipt.delivered(), receipt.read())) {
            return STORED;
        }
        return seq <= receipt.read() ? READ : DELIVERED;
    }
}
