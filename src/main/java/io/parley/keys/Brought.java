package io.parley.keys;

import io.parley.content.Octets;
import java.util.List;
import java.util.Optional;

/// Key packages that a device has brought, each of them looked through: see [KeyPackageCheck].
///
/// @param signatureKey the one key that all of them are signed with
public record Brought(Octets signatureKey, List<StoredPackage> packages, Optional<StoredPackage> lastResort) {
    public Brought {
        packages = List.copyOf(packages);
    }
}
