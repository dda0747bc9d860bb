package io.parley.mls;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;

/// Ed25519 (RFC 8032) as the JDK checks it: the signatures of suite
/// [CipherSuite#X25519_AES128GCM_SHA256_ED25519].
public final class Ed25519 {
    /// The bytes of a public key.
    public static final int KEY_BYTES = CipherSuite.KEY_BYTES;

    /// The bytes of a signature.
    public static final int SIGNATURE_BYTES = 64;

    private static final String NAME = "Ed25519";
    /// What stands in front of the 32 bytes of a key in the form that the JDK takes (RFC 8410, §4).
    private static final byte[] KEY_HEADER = HexFormat.of().parseHex("302a300506032b6570032100");

    private Ed25519() {}

    /// `VerifyWithLabel` (§5.1.2); false as well for a key or a signature that is none.
    static boolean verifyWithLabel(final Opaque key, final String label, final byte[] content, final Opaque signature) {
        final var signContent =
                new MlsOutput().opaque("MLS 1.0 " + label).opaque(content).toByteArray();
        return verifies(key, signContent, signature);
    }

    /// Whether `signature` is one of `message` by `key`; false as well for a key or a signature that is none.
    /// Some 0.7 ms.
    public static boolean verifies(final Opaque key, final byte[] message, final Opaque signature) {
        if (key.length() != KEY_BYTES || signature.length() != SIGNATURE_BYTES) {
            return false;
        }
        try {
            final var verifier = Signature.getInstance(NAME);
            verifier.initVerify(KeyFactory.getInstance(NAME).generatePublic(spec(key)));
            verifier.update(message);
            return verifier.verify(signature.toByteArray());
        } catch (final GeneralSecurityException noKeyOrNoSignature) {
            return false;
        }
    }

    private static X509EncodedKeySpec spec(final Opaque key) {
        final var encoded = new byte[KEY_HEADER.length + KEY_BYTES];
        System.arraycopy(KEY_HEADER, 0, encoded, 0, KEY_HEADER.length);
        System.arraycopy(key.toByteArray(), 0, encoded, KEY_HEADER.length, KEY_BYTES);
        return new X509EncodedKeySpec(encoded);
    }
}
