package io.parley.protocol;

import java.util.Arrays;
import java.util.Optional;

/// Whether conversations are to be encrypted, as a client is told in its `welcome`.
public enum EncryptionPolicy {
    /// The server takes nothing else.
    REQUIRED("required"),
    /// Clients encrypt where the devices of all can.
    DEFAULT("default"),
    /// No conversation becomes encrypted.
    OFF("off");

    private final String wire;

    EncryptionPolicy(final String wire) {
        this.wire = wire;
    }

    /// The policy that is written `wire`; empty for a word of a later server.
    static Optional<EncryptionPolicy> of(final String wire) {
        return Arrays.stream(values())
                .filter(policy -> policy.wire.equals(wire))
                .findFirst();
    }

    /// The word in a frame.
    public String wire() {
        return wire;
    }
}
