package io.parley.mls;

import java.util.List;

/// One node of an [UpdatePath]: its new public key, and the secret behind it for those on its other side
/// (§7.6).
public record UpdatePathNode(Opaque encryptionKey, List<HpkeCiphertext> encryptedPathSecret) {
    static UpdatePathNode read(final MlsInput in) throws MlsException {
        return new UpdatePathNode(
                in.opaque("encryption_key"), in.list("encrypted_path_secret", Roster.LEAVES_MAX, HpkeCiphertext::read));
    }
}
