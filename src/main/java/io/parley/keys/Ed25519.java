package io.parley.keys;

import io.parley.content.Octets;
import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;

/// Ed25519 (RFC 8032) as it travels here: keys of 32 bytes, signatures of 64.
final class Ed25519 {
    static final int KEY_BYTES = 32;
    static final int SIGNATURE_BYTES = 64;

    /// What stands before the 32 bytes in a SubjectPublicKeyInfo (RFC 8410 §4).
    private static final byte[] X509_HEAD = HexFormat.of().parseHex("302a300506032b6570032100");

    private Ed25519() {}

    /// Whether `signature` is one of `message` by `key`. Anything of the wrong length or form is not. About
    /// 0.2 ms.
    static boolean verifies(final Octets key, final byte[] message, final Octets signature) {
        if (key.length() != KEY_BYTES || signature.length() != SIGNATURE_BYTES) {
            return false;
        }
        try {
            final var verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(publicKey(key));
            verifier.update(message);
            return verifier.verify(signature.toArray());
        } catch (final GeneralSecurityException malformed) {
            return false;
        }
    }

    /// Whether these bytes are a key at all: a point of the curve.
    static boolean isKey(final Octets key) {
        if (key.length() != KEY_BYTES) {
            return false;
        }
        try {
            publicKey(key);
            return true;
        } catch (final GeneralSecurityException notOnTheCurve) {
            return false;
        }
    }

    private static PublicKey publicKey(final Octets key) throws GeneralSecurityException {
        final var encoded = new ByteArrayOutputStream(X509_HEAD.length + KEY_BYTES);
        encoded.writeBytes(X509_HEAD);
        encoded.writeBytes(key.toArray());
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded.toByteArray()));
    }
}
