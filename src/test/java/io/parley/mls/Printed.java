package io.parley.mls;

import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/// Prints back what was read: from the fields alone, never from the bytes that came.
final class Printed {
    private Printed() {}

    static byte[] of(final MlsMessage message) {
        return Wire.message(message.wireFormat().value(), wire -> print(wire, message));
    }

    static byte[] bare(final MlsMessage message) {
        return Wire.of(wire -> print(wire, message));
    }

    static byte[] of(final RatchetTree tree) {
        return Wire.of(wire -> list(
                wire,
                tree.nodes(),
                (each, node) -> optional(each, node, (it, present) -> it.put(n -> print(n, present)))));
    }

    static byte[] of(final Commit commit) {
        return Wire.of(wire -> print(wire, commit));
    }

    static byte[] of(final Proposal proposal) {
        return Wire.of(wire -> print(wire, proposal));
    }

    private static void print(final Wire wire, final MlsMessage message) {
        switch (message) {
            case PublicMessage it -> print(wire, it);
            case PrivateMessage it ->
                wire.vector(it.groupId())
                        .u64(it.epoch())
                        .u8(it.contentType().value())
                        .vector(it.authenticatedData())
                        .vector(it.encryptedSenderData())
                        .vector(it.ciphertext());
            case Welcome it -> {
                list(wire.u16(it.cipherSuite()), it.secrets(), (each, secrets) -> {
                    each.vector(secrets.newMember());
                    print(each, secrets.encryptedGroupSecrets());
                });
                wire.vector(it.encryptedGroupInfo());
            }
            case GroupInfo it -> {
                print(wire, it.groupContext());
                list(wire, it.extensions(), Printed::print);
                wire.vector(it.confirmationTag()).u32(it.signer()).vector(it.signature());
            }
            case KeyPackage it -> print(wire, it);
        }
    }

    private static void print(final Wire wire, final PublicMessage message) {
        wire.vector(message.groupId()).u64(message.epoch());
        switch (message.sender()) {
            case Sender.Member it -> wire.u8(1).u32(it.leafIndex());
            case Sender.External it -> wire.u8(2).u32(it.senderIndex());
            case Sender.NewMemberProposal _ -> wire.u8(3);
            case Sender.NewMemberCommit _ -> wire.u8(4);
        }
        wire.vector(message.authenticatedData());
        switch (message.content()) {
            case Application it -> wire.u8(1).vector(it.applicationData());
            case Proposal it -> print(wire.u8(2), it);
            case Commit it -> print(wire.u8(3), it);
        }
        wire.vector(message.signature());
        message.confirmationTag().ifPresent(wire::vector);
        message.membershipTag().ifPresent(wire::vector);
    }

    private static void print(final Wire wire, final Commit commit) {
        list(wire, commit.proposals(), (each, proposal) -> {
            switch (proposal) {
                case Proposal it -> print(each.u8(1), it);
                case ProposalRef it -> each.u8(2).vector(it.hash());
            }
        });
        optional(wire, commit.path(), (it, path) -> {
            print(it, path.leafNode());
            list(it, path.nodes(), (each, node) -> {
                each.vector(node.encryptionKey());
                list(each, node.encryptedPathSecret(), Printed::print);
            });
        });
    }

    private static void print(final Wire wire, final Proposal proposal) {
        switch (proposal) {
            case Proposal.Add it -> print(wire.u16(1), it.keyPackage());
            case Proposal.Update it -> print(wire.u16(2), it.leafNode());
            case Proposal.Remove it -> wire.u16(3).u32(it.removed());
            case Proposal.PreSharedKey it -> print(wire.u16(4), it.psk());
            case Proposal.ReInit it ->
                list(
                        wire.u16(5).vector(it.groupId()).u16(it.version()).u16(it.cipherSuite()),
                        it.extensions(),
                        Printed::print);
            case Proposal.ExternalInit it -> wire.u16(6).vector(it.kemOutput());
            case Proposal.GroupContextExtensions it -> list(wire.u16(7), it.extensions(), Printed::print);
        }
    }

    private static void print(final Wire wire, final PreSharedKeyId psk) {
        switch (psk) {
            case PreSharedKeyId.External it -> wire.u8(1).vector(it.pskId());
            case PreSharedKeyId.Resumption it ->
                wire.u8(2).u8(it.usage().value()).vector(it.pskGroupId()).u64(it.pskEpoch());
        }
        wire.vector(psk.pskNonce());
    }

    private static void print(final Wire wire, final KeyPackage keyPackage) {
        wire.u16(keyPackage.version()).u16(keyPackage.cipherSuite()).vector(keyPackage.initKey());
        print(wire, keyPackage.leafNode());
        list(wire, keyPackage.extensions(), Printed::print);
        wire.vector(keyPackage.signature());
    }

    private static void print(final Wire wire, final LeafNode leaf) {
        wire.vector(leaf.encryptionKey()).vector(leaf.signatureKey());
        switch (leaf.credential()) {
            case Credential.Basic it -> wire.u16(1).vector(it.identity());
            case Credential.X509 it -> list(wire.u16(2), it.certificates(), Wire::vector);
        }
        final var can = leaf.capabilities();
        for (final var numbers :
                List.of(can.versions(), can.cipherSuites(), can.extensions(), can.proposals(), can.credentials())) {
            list(wire, numbers, Wire::u16);
        }
        switch (leaf.leafNodeSource()) {
            case LeafNodeSource.KeyPackage it ->
                wire.u8(1)
                        .u64(it.lifetime().notBeforeSeconds())
                        .u64(it.lifetime().notAfterSeconds());
            case LeafNodeSource.Update _ -> wire.u8(2);
            case LeafNodeSource.Commit it -> wire.u8(3).vector(it.parentHash());
        }
        list(wire, leaf.extensions(), Printed::print);
        wire.vector(leaf.signature());
    }

    private static void print(final Wire wire, final GroupContext context) {
        wire.u16(context.version())
                .u16(context.cipherSuite())
                .vector(context.groupId())
                .u64(context.epoch())
                .vector(context.treeHash())
                .vector(context.confirmedTranscriptHash());
        list(wire, context.extensions(), Printed::print);
    }

    private static void print(final Wire wire, final TreeNode node) {
        switch (node) {
            case TreeNode.Leaf it -> print(wire.u8(1), it.leafNode());
            case TreeNode.Parent it ->
                list(wire.u8(2).vector(it.encryptionKey()).vector(it.parentHash()), it.unmergedLeaves(), Wire::u32);
        }
    }

    private static void print(final Wire wire, final Extension extension) {
        wire.u16(extension.type()).vector(extension.data());
    }

    private static void print(final Wire wire, final HpkeCiphertext ciphertext) {
        wire.vector(ciphertext.kemOutput()).vector(ciphertext.ciphertext());
    }

    private static <T> void list(final Wire wire, final List<T> list, final BiConsumer<Wire, T> element) {
        wire.vector(inside -> list.forEach(each -> element.accept(inside, each)));
    }

    private static <T> void optional(final Wire wire, final Optional<T> optional, final BiConsumer<Wire, T> element) {
        wire.u8(optional.isPresent() ? 1 : 0);
        optional.ifPresent(present -> element.accept(wire, present));
    }
}
