package io.parley.keys;

import io.parley.content.Octets;
import io.parley.id.DeviceId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.mls.TreeKEM.LeafNode;
import org.bouncycastle.mls.TreeKEM.LifeTime;
import org.bouncycastle.mls.codec.Capabilities;
import org.bouncycastle.mls.codec.Credential;
import org.bouncycastle.mls.codec.KeyPackage;
import org.bouncycastle.mls.codec.MLSInputStream;
import org.bouncycastle.mls.codec.MLSMessage;
import org.bouncycastle.mls.codec.MLSOutputStream;
import org.bouncycastle.mls.crypto.MlsCipherSuite;

/// A device whose key packages are made by another implementation of MLS than any of ours: Bouncy Castle's.
public final class MlsDevice {
    private final MlsCipherSuite suite;
    private final AsymmetricCipherKeyPair signatureKeys;
    private final String uid;
    private final DeviceId device;

    /// @param uid the account's
    public MlsDevice(final String uid, final DeviceId device) {
        this.uid = uid;
        this.device = device;
        try {
            suite = MlsCipherSuite.getSuite(MlsCipherSuite.MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519);
        } catch (final Exception unknown) {
            throw new IllegalStateException(unknown);
        }
        signatureKeys = suite.generateSignatureKeyPair();
    }

    /// What it signs with.
    public Octets signatureKey() {
        return Octets.of(suite.serializeSignaturePublicKey(signatureKeys.getPublic()));
    }

    /// A key package under its own name, good from now on for three months.
    public Octets keyPackage() {
        final var now = Instant.now();
        return keyPackage(
                new String(CredentialIdentity.of(uid, device).toArray(), StandardCharsets.UTF_8),
                now.minus(Duration.ofMinutes(1)),
                now.plus(Duration.ofDays(90)));
    }

    /// Several of them.
    public List<Octets> keyPackages(final int count) {
        final var all = new ArrayList<Octets>();
        for (int i = 0; i < count; i++) {
            all.add(keyPackage());
        }
        return all;
    }

    /// A key package under whatever name, good for however long.
    public Octets keyPackage(final String identity, final Instant notBefore, final Instant notAfter) {
        try {
            final var leafKeys = suite.getHPKE().generatePrivateKey();
            final var initKeys = suite.getHPKE().generatePrivateKey();
            final var signs = suite.serializeSignaturePrivateKey(signatureKeys.getPrivate());
            final var leaf = new LeafNode(
                    suite,
                    suite.getHPKE().serializePublicKey(leafKeys.getPublic()),
                    signatureKey().toArray(),
                    Credential.forBasic(identity.getBytes(StandardCharsets.UTF_8)),
                    new Capabilities(),
                    lifetime(notBefore, notAfter),
                    new ArrayList<>(),
                    signs);
            final var made = new KeyPackage(
                    suite, suite.getHPKE().serializePublicKey(initKeys.getPublic()), leaf, List.of(), signs);
            return Octets.of(MLSOutputStream.encode(MLSMessage.keyPackage(made)));
        } catch (final Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static LifeTime lifetime(final Instant notBefore, final Instant notAfter) throws IOException {
        final var bytes = ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(notBefore.getEpochSecond())
                .putLong(notAfter.getEpochSecond());
        return new LifeTime(new MLSInputStream(bytes.array()));
    }
}
