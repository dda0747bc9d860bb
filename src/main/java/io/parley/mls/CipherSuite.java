package io.parley.mls;

/// The cipher suite that Parley's groups use (§17.1). Others are read, as they are only numbers here, but their
/// hashes and signatures are not known.
public final class CipherSuite {
    /// `MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519`
    public static final int X25519_AES128GCM_SHA256_ED25519 = 1;

    /// The bytes of its public keys, those for encryption and those for signatures alike.
    static final int KEY_BYTES = 32;

    private CipherSuite() {}
}
