package io.parley.mls;

import java.util.List;
import java.util.Optional;

/// The public state of a group in one epoch, with which somebody can join by an external commit (§12.4.3).
///
/// @param extensions beside those of the group
/// @param signer the leaf of the member who made it, from 0 to 2^32 - 1
/// @param encoded the whole structure as it came, without the header of a message
public record GroupInfo(
        GroupContext groupContext,
        List<Extension> extensions,
        Opaque confirmationTag,
        long signer,
        Opaque signature,
        Opaque encoded)
        implements MlsMessage {
    /// Reads the message with its header.
    ///
    /// @param bytesMax the most bytes it may have; with the tree inside, some 350 a member
    /// @throws MlsException if it is anything else
    public static GroupInfo readMessage(final byte[] message, final int bytesMax) throws MlsException {
        return WireFormat.MLS_GROUP_INFO.readMessage(message, bytesMax, GroupInfo::read);
    }

    /// Reads one without the header; otherwise as [#readMessage].
    ///
    /// @throws MlsException if it is anything else
    public static GroupInfo readBare(final byte[] groupInfo, final int bytesMax) throws MlsException {
        return MlsInput.whole("GroupInfo", groupInfo, bytesMax, GroupInfo::read);
    }

    static GroupInfo read(final MlsInput in) throws MlsException {
        final int start = in.position();
        final var groupContext = GroupContext.read(in);
        final var extensions = Extension.list(in);
        final var confirmationTag = in.opaque("confirmation_tag");
        final long signer = in.uint32("signer");
        final var signature = in.opaque("signature");
        return new GroupInfo(groupContext, extensions, confirmationTag, signer, signature, in.since(start));
    }

    /// Whether the group's tree is inside.
    public boolean hasRatchetTree() {
        return Extension.isIn(extensions, Extension.RATCHET_TREE);
    }

    /// The group's tree, if it is inside.
    ///
    /// @throws MlsException if what is inside is none
    public Optional<RatchetTree> ratchetTree() throws MlsException {
        for (final var extension : extensions) {
            if (extension.type() == Extension.RATCHET_TREE) {
                return Optional.of(MlsInput.inside("ratchet_tree", extension.data(), RatchetTree::read));
            }
        }
        return Optional.empty();
    }

    /// Whether it is good for an external commit.
    public boolean hasExternalPub() {
        return Extension.isIn(extensions, Extension.EXTERNAL_PUB);
    }

    /// Whether it is signed by this key, for suite [CipherSuite#X25519_AES128GCM_SHA256_ED25519].
    public boolean isSignedBy(final Opaque signatureKey) {
        final var signed = encoded.without(MlsOutput.encodedLength(signature)).toByteArray();
        return Ed25519.verifyWithLabel(signatureKey, "GroupInfoTBS", signed, signature);
    }
}
