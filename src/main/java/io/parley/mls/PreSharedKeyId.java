package io.parley.mls;

/// Which shared key is mixed in (§8.4).
public sealed interface PreSharedKeyId {
    /// What makes two uses of one key differ.
    Opaque pskNonce();

    /// A key from outside of MLS.
    record External(Opaque pskId, Opaque pskNonce) implements PreSharedKeyId {}

    /// A key from an epoch of a group.
    ///
    /// @param pskEpoch unsigned
    record Resumption(Usage usage, Opaque pskGroupId, long pskEpoch, Opaque pskNonce) implements PreSharedKeyId {}

    /// What a resumption key is for.
    enum Usage {
        APPLICATION(1),
        REINIT(2),
        BRANCH(3);

        private final int value;

        Usage(final int value) {
            this.value = value;
        }

        /// The number that stands for it on the wire.
        public int value() {
            return value;
        }
    }
}
