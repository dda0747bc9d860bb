package io.parley.mls;

import static io.parley.mls.HandMade.FROM_COMMIT;
import static io.parley.mls.HandMade.FROM_UPDATE;
import static io.parley.mls.HandMade.GROUP;
import static io.parley.mls.HandMade.NO_EXTENSIONS;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// What a key package, a leaf node, a commit and a GroupInfo are worth once they are read: signatures and
/// hashes.
final class KeyPackageTest {
    private final SigningClient bo = new SigningClient("bo", 1);

    private static void atLeaf3(final Wire wire) {
        wire.vector(GROUP).u32(3);
    }

    private static String refused(final SigningClient client) throws MlsException {
        final var read = KeyPackage.readBare(client.keyPackage(NO_EXTENSIONS));
        return assertThrows(MlsException.class, read::validate).getMessage();
    }

    @Test
    void a_key_package_whose_signatures_hold_is_valid() throws MlsException {
        final var read = KeyPackage.readBare(bo.keyPackage(NO_EXTENSIONS));
        assertDoesNotThrow(read::validate);
        assertEquals(bo.signatureKey(), read.signatureKey());
    }

    @Test
    void a_key_package_in_which_one_bit_is_wrong_is_not() {
        final var good = bo.keyPackage(NO_EXTENSIONS);
        for (int at = 0; at < good.length; at++) {
            final var broken = good.clone();
            broken[at] ^= 4;
            assertThrows(MlsException.class, () -> KeyPackage.readBare(broken).validate(), "byte " + at);
        }
    }

    @Test
    void what_is_no_key_and_no_signature_is_refused_without_a_fuss() {
        final var random = new Random(3);
        for (int round = 0; round < 500; round++) {
            final var key = new byte[32];
            final var signature = new byte[64];
            random.nextBytes(key);
            random.nextBytes(signature);
            if (round % 3 == 0) {
                Arrays.fill(key, (byte) (round / 3 % 2 == 0 ? 0xff : round)); // no point, or one of small order
            }
            if (round % 5 == 0) {
                Arrays.fill(signature, (byte) (round / 5 % 2 == 0 ? 0xff : round));
            }
            assertFalse(Ed25519.verifyWithLabel(Opaque.of(key), "KeyPackageTBS", key, Opaque.of(signature)));
        }
    }

    @Test
    void a_key_package_says_what_is_wrong_with_it() throws MlsException {
        assertTrue(refused(new SigningClient("bo", 1).withSuite(2)).startsWith("cipher_suite: not the one"));
        assertTrue(refused(new SigningClient("bo", 1).withInitKey(new byte[31])).startsWith("init_key: not 32 bytes"));
        assertTrue(refused(new SigningClient("bo", 1).withEncryptionKey(new byte[33]))
                .startsWith("encryption_key: not 32 bytes"));
        assertTrue(refused(new SigningClient("bo", 1).withInitKey(bo.encryptionKey()))
                .startsWith("init_key: the same as"));
        final Consumer<Wire> noSuite = wire -> wire.vector(it -> it.u16(1))
                .vector(it -> it.u16(2))
                .vector()
                .vector()
                .vector(it -> it.u16(1));
        assertTrue(
                refused(new SigningClient("bo", 1).with(noSuite, NO_EXTENSIONS)).startsWith("capabilities: without"));
        final Consumer<Wire> unlisted = wire -> wire.vector(all -> all.put(HandMade.extension(0xf001, new byte[0])));
        assertTrue(refused(new SigningClient("bo", 1).with(HandMade.CAPABILITIES, unlisted))
                .startsWith("extensions: one that is not in capabilities"));
        final Consumer<Wire> listed = wire -> wire.vector(
                all -> all.put(HandMade.extension(0x0a0a, new byte[0])).put(HandMade.extension(1, new byte[0])));
        final var good = new SigningClient("bo", 1).with(HandMade.CAPABILITIES, listed);
        assertDoesNotThrow(
                () -> KeyPackage.readBare(good.keyPackage(NO_EXTENSIONS)).validate());
        final var unsigned = KeyPackage.readBare(Wire.of(HandMade.keyPackage("bo")));
        assertTrue(assertThrows(MlsException.class, unsigned::validate)
                .getMessage()
                .startsWith("LeafNode.signature: does not hold"));
    }

    @Test
    void a_key_package_is_referred_to_by_its_hash() throws Exception {
        final var bytes = bo.keyPackage(NO_EXTENSIONS);
        final var hash = MessageDigest.getInstance("SHA-256")
                .digest(Wire.of(
                        wire -> wire.vector("MLS 1.0 KeyPackage Reference").vector(bytes)));
        assertEquals(Opaque.of(hash), KeyPackage.readBare(bytes).ref());
    }

    @Test
    void a_leaf_node_of_a_commit_is_good_for_one_leaf_of_one_group() throws MlsException {
        final var path = HandMade.path(bo.leafNode(FROM_COMMIT, KeyPackageTest::atLeaf3));
        final var commit = commit(PublicMessage.readMessage(HandMade.memberCommit(3, List.of(), Optional.of(path))));
        final var leaf = commit.path().orElseThrow().leafNode();
        assertDoesNotThrow(() -> leaf.validate(Opaque.of(GROUP), 3));
        assertThrows(MlsException.class, () -> leaf.validate(Opaque.of(GROUP), 2));
        assertThrows(MlsException.class, () -> leaf.validate(Opaque.of(Wire.ascii("another group")), 3));
    }

    @Test
    void a_leaf_node_of_an_update_is_good_for_one_leaf_of_one_group() throws MlsException {
        final Consumer<Wire> update = wire -> wire.u8(2).u16(2).put(bo.leafNode(FROM_UPDATE, KeyPackageTest::atLeaf3));
        final var message = HandMade.publicMessage(HandMade.member(3), update, false, true);
        final var leaf = ((Proposal.Update) PublicMessage.readMessage(message).content()).leafNode();
        assertDoesNotThrow(() -> leaf.validate(Opaque.of(GROUP), 3));
        assertThrows(MlsException.class, () -> leaf.validate(Opaque.of(GROUP), 0));
    }

    @Test
    void a_group_info_is_signed_by_its_signer() throws MlsException {
        final var signed = Wire.of(wire -> wire.put(HandMade.groupContext())
                .put(NO_EXTENSIONS)
                .vector(HandMade.TAG)
                .u32(3));
        final var signature = bo.sign("GroupInfoTBS", signed);
        final var read = GroupInfo.readBare(Wire.of(wire -> wire.raw(signed).vector(signature)), 1_000);
        assertTrue(read.isSignedBy(bo.signatureKey()));
        assertFalse(read.isSignedBy(new SigningClient("bo", 2).signatureKey()));
        assertFalse(read.isSignedBy(Opaque.of(new byte[31])));
    }

    @Test
    void a_public_message_is_signed_for_its_epoch_by_a_member_and_for_none_from_outside() throws MlsException {
        final var context = GroupInfo.readMessage(HandMade.groupInfo(HandMade.ratchetTree()), 10_000)
                .groupContext();
        final Consumer<Wire> remove = wire -> wire.u8(2).put(HandMade.remove(1));
        final var inside = message(HandMade.member(3), remove, HandMade.groupContext(), true);
        assertTrue(inside.isSignedBy(bo.signatureKey(), context));
        final Consumer<Wire> external = wire -> wire.u8(2).u32(0);
        final var outside = message(external, remove, _ -> {}, false);
        assertTrue(outside.isSignedBy(bo.signatureKey(), context));
        assertFalse(message(HandMade.member(3), remove, _ -> {}, true).isSignedBy(bo.signatureKey(), context));
    }

    private PublicMessage message(
            final Consumer<Wire> sender,
            final Consumer<Wire> content,
            final Consumer<Wire> context,
            final boolean member)
            throws MlsException {
        final var framed = Wire.message(
                1,
                wire -> wire.vector(GROUP)
                        .u64(7)
                        .put(sender)
                        .vector("authenticated")
                        .put(content));
        final var signature =
                bo.sign("FramedContentTBS", Wire.of(wire -> wire.raw(framed).put(context)));
        return PublicMessage.readMessage(Wire.of(wire -> {
            wire.raw(framed).vector(signature);
            if (member) {
                wire.vector(HandMade.TAG);
            }
        }));
    }

    private static Commit commit(final PublicMessage message) {
        return (Commit) message.content();
    }
}
