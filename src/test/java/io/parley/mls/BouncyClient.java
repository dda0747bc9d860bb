package io.parley.mls;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.mls.TreeKEM.LeafNode;
import org.bouncycastle.mls.TreeKEM.LifeTime;
import org.bouncycastle.mls.codec.Capabilities;
import org.bouncycastle.mls.codec.Credential;
import org.bouncycastle.mls.codec.KeyPackage;
import org.bouncycastle.mls.codec.MLSMessage;
import org.bouncycastle.mls.codec.MLSOutputStream;
import org.bouncycastle.mls.codec.WireFormat;
import org.bouncycastle.mls.crypto.MlsCipherSuite;
import org.bouncycastle.mls.protocol.Group;

/// One client of Bouncy Castle's MLS: real keys, a real state.
final class BouncyClient {
    static final MlsCipherSuite SUITE = suite(MlsCipherSuite.MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519);

    private final AsymmetricCipherKeyPair leafKeys = SUITE.getHPKE().generatePrivateKey();
    private final AsymmetricCipherKeyPair initKeys = SUITE.getHPKE().generatePrivateKey();
    private final AsymmetricCipherKeyPair signatureKeys = SUITE.generateSignatureKeyPair();
    private final String name;
    private final LeafNode leaf;
    private final KeyPackage keyPackage;

    BouncyClient(final String name) throws Exception {
        this.name = name;
        leaf = new LeafNode(
                SUITE,
                SUITE.getHPKE().serializePublicKey(leafKeys.getPublic()),
                SUITE.serializeSignaturePublicKey(signatureKeys.getPublic()),
                Credential.forBasic(Wire.ascii(name)),
                new Capabilities(),
                new LifeTime(),
                new ArrayList<>(),
                signaturePrivateKey());
        keyPackage = new KeyPackage(
                SUITE,
                SUITE.getHPKE().serializePublicKey(initKeys.getPublic()),
                leaf,
                List.of(),
                signaturePrivateKey());
    }

    String name() {
        return name;
    }

    KeyPackage keyPackage() {
        return keyPackage;
    }

    AsymmetricCipherKeyPair signatureKeys() {
        return signatureKeys;
    }

    Member member() {
        return new Member(Opaque.of(Wire.ascii(name)), Opaque.of(leaf.getSignatureKey()));
    }

    byte[] keyPackageMessage() throws Exception {
        return MLSOutputStream.encode(MLSMessage.keyPackage(keyPackage));
    }

    Group create(final byte[] groupId) throws Exception {
        return new Group(groupId, SUITE, leafKeys, signaturePrivateKey(), leaf, List.of());
    }

    Group join(final MLSMessage welcome) throws Exception {
        return new Group(
                SUITE.getHPKE().serializePrivateKey(initKeys.getPrivate()),
                leafKeys,
                signaturePrivateKey(),
                keyPackage,
                welcome.welcome,
                null,
                Map.of(),
                new HashMap<>());
    }

    /// The Welcome that Bouncy Castle hangs on to a commit, as a message of its own.
    static MLSMessage welcome(final MLSMessage commit) {
        final var message = new MLSMessage(WireFormat.mls_welcome);
        message.welcome = commit.welcome;
        return message;
    }

    /// Keys for a leaf node that is to take the place of its own.
    AsymmetricCipherKeyPair newLeafKeys() {
        return SUITE.getHPKE().generatePrivateKey();
    }

    byte[] signaturePrivateKey() throws Exception {
        return SUITE.serializeSignaturePrivateKey(signatureKeys.getPrivate());
    }

    private static MlsCipherSuite suite(final short id) {
        try {
            return MlsCipherSuite.getSuite(id);
        } catch (final Exception unknown) {
            throw new AssertionError(unknown);
        }
    }
}
