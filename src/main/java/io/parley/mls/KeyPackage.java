package io.parley.mls;

import java.util.List;
import java.util.Optional;

/// What somebody needs to add a client to a group without its help (§10).
///
/// @param cipherSuite any number; [#validate()] wants Parley's
/// @param lifetime of its leaf node, taken out because everybody asks
/// @param encoded the whole structure as it came, without the header of a message
public record KeyPackage(
        int version,
        int cipherSuite,
        Opaque initKey,
        LeafNode leafNode,
        Lifetime lifetime,
        List<Extension> extensions,
        Opaque signature,
        Opaque encoded)
        implements MlsMessage {
    /// The most bytes one may have, alone or in a commit: ten times what clients make.
    public static final int BYTES_MAX = 4_096;

    /// Reads one in a message, with the header.
    ///
    /// @throws MlsException if it is anything else or longer than [#BYTES_MAX]
    public static KeyPackage readMessage(final byte[] message) throws MlsException {
        return WireFormat.MLS_KEY_PACKAGE.readMessage(message, BYTES_MAX, KeyPackage::read);
    }

    /// Reads one that stands alone, without the header, as core-crypto gives it.
    ///
    /// @throws MlsException if it is anything else or longer than [#BYTES_MAX]
    public static KeyPackage readBare(final byte[] keyPackage) throws MlsException {
        return MlsInput.whole("KeyPackage", keyPackage, BYTES_MAX, KeyPackage::read);
    }

    static KeyPackage read(final MlsInput in) throws MlsException {
        final int start = in.position();
        final int version = ProtocolVersion.read(in);
        final int cipherSuite = in.uint16("cipher_suite");
        final var initKey = in.opaque("init_key");
        final int leafStart = in.position();
        final var leaf = LeafNode.read(in);
        final var lifetime = switch (leaf.leafNodeSource()) {
            case LeafNodeSource.KeyPackage source -> source.lifetime();
            case LeafNodeSource.Update _, LeafNodeSource.Commit _ ->
                throw new MlsException("leaf_node: not made for a KeyPackage", leafStart);
        };
        final var extensions = Extension.list(in);
        final var signature = in.opaque("signature");
        final var encoded = in.since(start);
        if (encoded.length() > BYTES_MAX) {
            throw new MlsException("KeyPackage: more than " + BYTES_MAX + " bytes", start);
        }
        return new KeyPackage(version, cipherSuite, initKey, leaf, lifetime, extensions, signature, encoded);
    }

    /// The client's name; empty if it has certificates instead.
    public Optional<Opaque> identity() {
        return leafNode.credential().basicIdentity();
    }

    /// What the client signs with.
    public Opaque signatureKey() {
        return leafNode.signatureKey();
    }

    /// Whether the client says that it may be used again and again.
    public boolean isLastResort() {
        return Extension.isIn(extensions, Extension.LAST_RESORT);
    }

    /// `KeyPackageRef`, by which a [Welcome] says for whom it is (§5.2); right for suites whose hash is
    /// SHA-256.
    public Opaque ref() {
        return RefHash.of("MLS 1.0 KeyPackage Reference", encoded);
    }

    /// Checks all that can be checked without a group (§10.1, §7.3): suite, keys, capabilities, and both
    /// signatures. The time is not looked at, nor whose name it has.
    ///
    /// Extensions of the KeyPackage itself are not held against the capabilities: §10 wants them there and
    /// wants unknown ones ignored, and clients differ.
    ///
    /// @throws MlsException which says what is wrong with it
    public void validate() throws MlsException {
        if (cipherSuite != CipherSuite.X25519_AES128GCM_SHA256_ED25519) {
            throw new MlsException("cipher_suite: not the one that is used here", encoded.offset() + 2);
        }
        if (initKey.length() != CipherSuite.KEY_BYTES) {
            throw new MlsException("init_key: not 32 bytes", initKey.offset());
        }
        if (initKey.equals(leafNode.encryptionKey())) {
            throw new MlsException("init_key: the same as the leaf's encryption_key", initKey.offset());
        }
        leafNode.validate();
        final var signed = encoded.without(MlsOutput.encodedLength(signature)).toByteArray();
        if (!Ed25519.verifyWithLabel(signatureKey(), "KeyPackageTBS", signed, signature)) {
            throw new MlsException("KeyPackage.signature: does not hold", signature.offset());
        }
    }
}
