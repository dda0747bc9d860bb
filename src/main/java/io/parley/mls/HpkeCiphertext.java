package io.parley.mls;

/// Something encrypted to one public key (§7.6).
public record HpkeCiphertext(Opaque kemOutput, Opaque ciphertext) {
    static HpkeCiphertext read(final MlsInput in) throws MlsException {
        return new HpkeCiphertext(in.opaque("kem_output"), in.opaque("ciphertext"));
    }
}
