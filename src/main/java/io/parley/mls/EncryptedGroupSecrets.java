package io.parley.mls;

/// The part of a [Welcome] that one of those who are added can open (§12.4.3.1).
///
/// @param newMember the hash of the key package by which he was added
public record EncryptedGroupSecrets(Opaque newMember, HpkeCiphertext encryptedGroupSecrets) {
    static EncryptedGroupSecrets read(final MlsInput in) throws MlsException {
        return new EncryptedGroupSecrets(in.opaque("new_member"), HpkeCiphertext.read(in));
    }
}
