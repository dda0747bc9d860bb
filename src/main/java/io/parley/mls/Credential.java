package io.parley.mls;

import java.util.List;
import java.util.Optional;

/// Who somebody says he is (§5.3).
public sealed interface Credential {
    /// How many certificates a chain may have: more than any real one needs.
    int CERTIFICATES_MAX = 16;

    /// A name and nothing that proves it; that the application must know otherwise.
    record Basic(Opaque identity) implements Credential {}

    /// A chain of certificates, unopened.
    record X509(List<Opaque> certificates) implements Credential {}

    /// The name of a basic credential; empty for certificates.
    default Optional<Opaque> basicIdentity() {
        return switch (this) {
            case Basic basic -> Optional.of(basic.identity());
            case X509 _ -> Optional.empty();
        };
    }

    /// Its number, by which capabilities name it.
    default int credentialType() {
        return switch (this) {
            case Basic _ -> 1;
            case X509 _ -> 2;
        };
    }
}
