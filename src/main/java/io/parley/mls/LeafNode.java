package io.parley.mls;

import java.util.List;
import java.util.Set;

/// One client's place in a group, signed by it (§7.2).
///
/// @param encoded the whole structure as it came
public record LeafNode(
        Opaque encryptionKey,
        Opaque signatureKey,
        Credential credential,
        Capabilities capabilities,
        LeafNodeSource leafNodeSource,
        List<Extension> extensions,
        Opaque signature,
        Opaque encoded) {
    /// Extension types that everybody knows, so that nobody lists them.
    private static final int DEFAULT_EXTENSIONS_MAX = 0x0005;

    static LeafNode read(final MlsInput in) throws MlsException {
        final int start = in.position();
        final var encryptionKey = in.opaque("encryption_key");
        final var signatureKey = in.opaque("signature_key");
        final var credential = credential(in);
        final var capabilities = Capabilities.read(in);
        final var source = source(in);
        final var extensions = Extension.list(in);
        final var signature = in.opaque("signature");
        return new LeafNode(
                encryptionKey, signatureKey, credential, capabilities, source, extensions, signature, in.since(start));
    }

    /// Checks a leaf node that was made for a group, of suite [CipherSuite#X25519_AES128GCM_SHA256_ED25519]:
    /// what can be checked without the group's other members (§7.3), its signature included.
    ///
    /// @param leafIndex where it is put
    /// @throws MlsException which says what is wrong with it
    public void validate(final Opaque groupId, final long leafIndex) throws MlsException {
        final var signed = switch (leafNodeSource) {
            case LeafNodeSource.KeyPackage _ -> toBeSigned();
            case LeafNodeSource.Update _, LeafNodeSource.Commit _ ->
                toBeSigned().opaque(groupId).uint32(leafIndex);
        };
        validate(signed);
    }

    /// As above, of a leaf node in a key package.
    void validate() throws MlsException {
        validate(toBeSigned());
    }

    private void validate(final MlsOutput signed) throws MlsException {
        if (encryptionKey.length() != CipherSuite.KEY_BYTES) {
            throw new MlsException("encryption_key: not 32 bytes", encryptionKey.offset());
        }
        if (signatureKey.length() != CipherSuite.KEY_BYTES) {
            throw new MlsException("signature_key: not 32 bytes", signatureKey.offset());
        }
        if (!capabilities.versions().contains(ProtocolVersion.MLS10)
                || !capabilities.cipherSuites().contains(CipherSuite.X25519_AES128GCM_SHA256_ED25519)
                || !capabilities.credentials().contains(credential.credentialType())) {
            throw new MlsException("capabilities: without what it uses itself", encoded.offset());
        }
        final var listed = Set.copyOf(capabilities.extensions());
        for (final var extension : extensions) {
            if (extension.type() > DEFAULT_EXTENSIONS_MAX && !listed.contains(extension.type())) {
                throw new MlsException(
                        "extensions: one that is not in capabilities",
                        extension.data().offset());
            }
        }
        if (!Ed25519.verifyWithLabel(signatureKey, "LeafNodeTBS", signed.toByteArray(), signature)) {
            throw new MlsException("LeafNode.signature: does not hold", signature.offset());
        }
    }

    /// `LeafNodeTBS`, up to where the group is named.
    private MlsOutput toBeSigned() {
        return new MlsOutput().raw(encoded.without(MlsOutput.encodedLength(signature)));
    }

    private static Credential credential(final MlsInput in) throws MlsException {
        final int start = in.position();
        return switch (in.uint16("credential_type")) {
            case 1 -> new Credential.Basic(in.opaque("identity"));
            case 2 ->
                new Credential.X509(
                        in.list("certificates", Credential.CERTIFICATES_MAX, each -> each.opaque("cert_data")));
            default -> throw new MlsException("credential_type: unknown", start);
        };
    }

    private static LeafNodeSource source(final MlsInput in) throws MlsException {
        final int start = in.position();
        return switch (in.uint8("leaf_node_source")) {
            case 1 -> new LeafNodeSource.KeyPackage(new Lifetime(in.uint64("not_before"), in.uint64("not_after")));
            case 2 -> new LeafNodeSource.Update();
            case 3 -> new LeafNodeSource.Commit(in.opaque("parent_hash"));
            default -> throw new MlsException("leaf_node_source: unknown", start);
        };
    }
}
