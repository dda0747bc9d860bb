package io.parley.keys;

import io.parley.content.Octets;
import io.parley.id.DeviceId;
import io.parley.mls.Ed25519;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;

/// An Ed25519 key of the JDK's, such as an account's identity key.
public final class Signer {
    private final KeyPair pair;

    public Signer() {
        try {
            pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (final GeneralSecurityException missing) {
            throw new IllegalStateException("every JDK has Ed25519", missing);
        }
    }

    /// The public half.
    public Octets key() {
        final var encoded = pair.getPublic().getEncoded();
        return Octets.of(Arrays.copyOfRange(encoded, encoded.length - Ed25519.KEY_BYTES, encoded.length));
    }

    /// Says that the device is the account's.
    public Octets crossSign(final String uid, final DeviceId device, final Octets signatureKey) {
        return sign(CrossSignature.content(uid, device, signatureKey));
    }

    private Octets sign(final byte[] content) {
        try {
            final var signature = Signature.getInstance("Ed25519");
            signature.initSign(pair.getPrivate());
            signature.update(content);
            return Octets.of(signature.sign());
        } catch (final GeneralSecurityException failed) {
            throw new IllegalStateException(failed);
        }
    }
}
