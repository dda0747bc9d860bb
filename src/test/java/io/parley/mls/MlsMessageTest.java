package io.parley.mls;

import static io.parley.mls.HandMade.EXTERNAL_INIT;
import static io.parley.mls.HandMade.FROM_COMMIT;
import static io.parley.mls.HandMade.FROM_KEY_PACKAGE;
import static io.parley.mls.HandMade.FROM_UPDATE;
import static io.parley.mls.HandMade.NO_EXTENSIONS;
import static io.parley.mls.HandMade.add;
import static io.parley.mls.HandMade.bytes;
import static io.parley.mls.HandMade.commit;
import static io.parley.mls.HandMade.extension;
import static io.parley.mls.HandMade.key;
import static io.parley.mls.HandMade.keyPackage;
import static io.parley.mls.HandMade.leafNode;
import static io.parley.mls.HandMade.member;
import static io.parley.mls.HandMade.path;
import static io.parley.mls.HandMade.publicMessage;
import static io.parley.mls.HandMade.remove;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/// Each structure made by hand, read, and printed back.
final class MlsMessageTest {
    private static final int BYTES_MAX = 100_000;

    private static Consumer<Wire> proposal(final Consumer<Wire> proposal) {
        return wire -> wire.u8(2).put(proposal);
    }

    private static void newMember(final Wire wire) {
        wire.u8(3);
    }

    private static void external(final Wire wire) {
        wire.u8(2).u32(0xffff_ffffL);
    }

    private static MlsMessage read(final byte[] message) throws MlsException {
        final var read = MlsMessage.read(message, BYTES_MAX);
        assertArrayEquals(message, Printed.of(read));
        return read;
    }

    private static PublicMessage readPublic(final byte[] message) throws MlsException {
        final var read = assertInstanceOf(PublicMessage.class, read(message));
        assertEquals(read, PublicMessage.readMessage(message));
        return read;
    }

    private static String refused(final Executable reading) {
        return assertThrows(MlsException.class, reading).getMessage();
    }

    private static String refused(final byte[] message) {
        return refused(() -> MlsMessage.read(message, BYTES_MAX));
    }

    @Test
    void a_message_has_a_version_and_a_format_that_are_known() {
        assertEquals(
                "version: not MLS 1.0, at byte 0",
                refused(Wire.of(wire -> wire.u16(2).u16(1))));
        assertEquals(
                "version: not MLS 1.0, at byte 0",
                refused(Wire.of(wire -> wire.u16(0).u16(1))));
        assertEquals(
                "wire_format: unknown, at byte 2",
                refused(Wire.of(wire -> wire.u16(1).u16(0))));
        assertEquals(
                "wire_format: unknown, at byte 2",
                refused(Wire.of(wire -> wire.u16(1).u16(6))));
        assertEquals(
                "wire_format: cut off, at byte 2",
                refused(Wire.of(wire -> wire.u16(1).u8(0))));
    }

    @Test
    void what_must_be_of_one_kind_is_of_no_other() {
        final var application = HandMade.privateMessage(1);
        final var wrong = "wire_format: not %d as it must be here, at byte 2";
        assertEquals(wrong.formatted(1), refused(() -> PublicMessage.readMessage(application)));
        assertEquals(wrong.formatted(3), refused(() -> Welcome.readMessage(application, BYTES_MAX)));
        assertEquals(wrong.formatted(4), refused(() -> GroupInfo.readMessage(application, BYTES_MAX)));
        assertEquals(wrong.formatted(5), refused(() -> KeyPackage.readMessage(application)));
        assertEquals(wrong.formatted(2), refused(() -> PrivateMessage.readMessage(HandMade.welcome(1), BYTES_MAX)));
    }

    @Test
    void a_private_message_shows_its_group_epoch_and_type() throws MlsException {
        for (final var type : ContentType.values()) {
            final var message = HandMade.privateMessage(type.value());
            final var read = PrivateMessage.readMessage(message, BYTES_MAX);
            assertEquals(read, read(message));
            assertEquals(Opaque.of(HandMade.GROUP), read.groupId());
            assertEquals(7, read.epoch());
            assertEquals(type, read.contentType());
            assertEquals(Opaque.of(Wire.ascii("authenticated")), read.authenticatedData());
            assertEquals(28, read.encryptedSenderData().length());
            assertEquals(300, read.ciphertext().length());
        }
        final int type = 2 + 2 + 1 + HandMade.GROUP.length + 8;
        assertEquals("content_type: unknown, at byte " + type, refused(HandMade.privateMessage(0)));
        assertEquals("content_type: unknown, at byte " + type, refused(HandMade.privateMessage(4)));
    }

    @Test
    void a_message_is_as_long_as_the_caller_allows() throws MlsException {
        final var message = HandMade.privateMessage(1);
        PrivateMessage.readMessage(message, message.length);
        assertEquals(
                "MLSMessage: more than " + (message.length - 1) + " bytes, at byte " + (message.length - 1),
                refused(() -> PrivateMessage.readMessage(message, message.length - 1)));
    }

    @Test
    void a_commit_shows_its_sender_its_proposals_and_its_path() throws MlsException {
        final var message =
                HandMade.memberCommit(5, List.of(add("bo"), remove(3), add("cy")), Optional.of(path("ada")));
        final var read = readPublic(message);
        assertEquals(new Sender.Member(5), read.sender());
        assertEquals(Opaque.of(HandMade.GROUP), read.groupId());
        assertEquals(7, read.epoch());
        assertEquals(Opaque.of(HandMade.TAG), read.confirmationTag().orElseThrow());
        assertEquals(Opaque.of(HandMade.TAG), read.membershipTag().orElseThrow());
        final var commit = assertInstanceOf(Commit.class, read.content());
        assertEquals(3, commit.proposals().size());
        assertEquals(new Proposal.Remove(3), commit.proposals().get(1));
        assertEquals(
                List.of(Opaque.of(Wire.ascii("bo")), Opaque.of(Wire.ascii("cy"))),
                commit.added().stream()
                        .map(each -> each.identity().orElseThrow())
                        .toList());
        final var path = commit.path().orElseThrow();
        assertEquals(Opaque.of(key("ada")), path.leafNode().signatureKey());
        assertEquals(
                List.of(1, 2),
                path.nodes().stream()
                        .map(each -> each.encryptedPathSecret().size())
                        .toList());
    }

    @Test
    void every_kind_of_proposal_is_read() throws MlsException {
        final List<Consumer<Wire>> proposals = List.of(
                add("bo"),
                HandMade.update("ada"),
                remove(0xffff_fffeL),
                HandMade.psk("shared"),
                wire -> wire.u16(4).u8(2).u8(3).vector("a group").u64(-1).vector("nonce"),
                HandMade.reInit(),
                EXTERNAL_INIT,
                wire -> wire.u16(7).vector(all -> all.put(extension(Extension.EXTERNAL_SENDERS, bytes(9, 1)))));
        for (final var each : proposals) {
            readPublic(publicMessage(member(1), proposal(each), false, true));
        }
        final var all = readPublic(HandMade.memberCommit(1, proposals, Optional.empty()));
        assertEquals(
                8, assertInstanceOf(Commit.class, all.content()).proposals().size());
    }

    @Test
    void a_proposal_by_reference_is_shown_as_one() throws MlsException {
        final var hash = bytes(32, 0x99);
        final var read = readPublic(publicMessage(member(1), referring(hash), true, true));
        final var commit = assertInstanceOf(Commit.class, read.content());
        assertEquals(List.of(new ProposalRef(Opaque.of(hash))), commit.references());
        assertTrue(refused(publicMessage(member(1), referring(bytes(31, 0x99)), true, true))
                .startsWith("reference: not as long as a hash"));
    }

    private static Consumer<Wire> referring(final byte[] hash) {
        return wire -> wire.u8(3).vector(HandMade.byReference(hash)).u8(0);
    }

    @Test
    void a_sender_sends_only_what_he_may() throws MlsException {
        readPublic(publicMessage(MlsMessageTest::external, proposal(remove(3)), false, false));
        readPublic(publicMessage(MlsMessageTest::newMember, proposal(add("bo")), false, false));
        readPublic(HandMade.externalCommit(List.of(EXTERNAL_INIT), Optional.of(path("bo"))));
        final Consumer<Wire> application = wire -> wire.u8(1).vector("hi");
        final var empty = commit(List.of(), Optional.empty());
        for (final var wrong : List.of(
                publicMessage(MlsMessageTest::external, proposal(EXTERNAL_INIT), false, false),
                publicMessage(MlsMessageTest::external, proposal(HandMade.update("bo")), false, false),
                publicMessage(MlsMessageTest::external, empty, true, false),
                publicMessage(MlsMessageTest::external, application, false, false),
                publicMessage(MlsMessageTest::newMember, proposal(remove(3)), false, false),
                publicMessage(MlsMessageTest::newMember, empty, true, false),
                publicMessage(HandMade.JOINER, proposal(add("bo")), false, false),
                publicMessage(HandMade.JOINER, application, false, false))) {
            assertTrue(refused(wrong).startsWith("content: none that such a sender may send"), refused(wrong));
        }
        final var plain = readPublic(publicMessage(member(0), application, false, true));
        assertEquals(new Application(Opaque.of(Wire.ascii("hi"))), plain.content());
    }

    @Test
    void unknown_kinds_are_refused() {
        final Consumer<Wire> nobody = wire -> wire.u8(5).u32(0);
        assertTrue(refused(publicMessage(nobody, proposal(remove(3)), false, false))
                .startsWith("sender_type: unknown"));
        for (final int type : List.of(0, 8, 0x0a0a, 0xf000)) {
            assertTrue(refused(publicMessage(member(0), proposal(wire -> wire.u16(type)), false, true))
                    .startsWith("proposal_type: unknown"));
        }
        assertTrue(refused(publicMessage(member(0), wire -> wire.u8(3).vector(it -> it.u8(3)), true, true))
                .startsWith("ProposalOrRef.type: unknown"));
        final Consumer<Wire> strangePsk = wire -> wire.u16(4).u8(3);
        assertTrue(refused(publicMessage(member(0), proposal(strangePsk), false, true))
                .startsWith("psktype: unknown"));
        final Consumer<Wire> strangeUse = wire -> wire.u16(4).u8(2).u8(4);
        assertTrue(refused(publicMessage(member(0), proposal(strangeUse), false, true))
                .startsWith("usage: unknown"));
    }

    @Test
    void a_leaf_node_is_where_it_was_made_for() {
        for (final var source : List.of(FROM_UPDATE, FROM_COMMIT)) {
            final var strange = keyPackage(leafNode("bo", key("bo"), source), NO_EXTENSIONS);
            assertTrue(refused(Wire.message(5, strange)).startsWith("leaf_node: not made for a KeyPackage"));
        }
        for (final var source : List.of(FROM_UPDATE, FROM_KEY_PACKAGE)) {
            final var strange = path(leafNode("ada", key("ada"), source));
            assertTrue(refused(HandMade.memberCommit(0, List.of(), Optional.of(strange)))
                    .startsWith("leaf_node: not made for a Commit"));
        }
        for (final var source : List.of(FROM_COMMIT, FROM_KEY_PACKAGE)) {
            final Consumer<Wire> strange = wire -> wire.u16(2).put(leafNode("ada", key("ada"), source));
            assertTrue(refused(publicMessage(member(0), proposal(strange), false, true))
                    .startsWith("leaf_node: not made for an Update"));
        }
        final var nowhere = keyPackage(leafNode("bo", key("bo"), wire -> wire.u8(4)), NO_EXTENSIONS);
        assertTrue(refused(Wire.message(5, nowhere)).startsWith("leaf_node_source: unknown"));
    }

    @Test
    void a_key_package_is_read_with_and_without_its_header() throws MlsException {
        final var bare = Wire.of(keyPackage("bo"));
        final var read = KeyPackage.readBare(bare);
        assertEquals(read, read(HandMade.keyPackageMessage("bo")));
        assertEquals(read, KeyPackage.readMessage(HandMade.keyPackageMessage("bo")));
        assertArrayEquals(bare, Printed.bare(read));
        assertArrayEquals(bare, read.encoded().toByteArray());
        assertEquals(Opaque.of(Wire.ascii("bo")), read.identity().orElseThrow());
        assertEquals(Opaque.of(key("bo")), read.signatureKey());
        assertEquals(1, read.cipherSuite());
        assertEquals(Instant.ofEpochSecond(1_000), read.lifetime().notBefore());
        assertEquals(Instant.ofEpochSecond(2_000), read.lifetime().notAfter());
        assertFalse(read.isLastResort());
        assertEquals(
                "wire_format: unknown, at byte 2", refused(() -> KeyPackage.readMessage(prefixed(bare, 0, 1, 0, 9))));
        assertThrows(MlsException.class, () -> KeyPackage.readBare(HandMade.keyPackageMessage("bo")));
        assertThrows(MlsException.class, () -> KeyPackage.readMessage(bare));
    }

    private static byte[] prefixed(final byte[] bytes, final int... front) {
        return Wire.of(wire -> {
            Arrays.stream(front).forEach(wire::u8);
            wire.raw(bytes);
        });
    }

    @Test
    void a_key_package_says_that_it_is_the_last_resort() throws MlsException {
        final var extensions = Wire.of(all -> all.vector(
                it -> it.put(extension(0x0a0a, bytes(3, 1))).put(extension(Extension.LAST_RESORT, new byte[0]))));
        final var read = KeyPackage.readBare(
                Wire.of(keyPackage(leafNode("bo", key("bo"), FROM_KEY_PACKAGE), wire -> wire.raw(extensions))));
        assertTrue(read.isLastResort());
    }

    @Test
    void a_credential_may_be_certificates() throws MlsException {
        final Consumer<Wire> certificates =
                wire -> wire.u16(2).vector(all -> all.vector(bytes(200, 1)).vector(bytes(100, 2)));
        final var message =
                Wire.message(5, keyPackage(leafNode(certificates, key("bo"), FROM_KEY_PACKAGE), NO_EXTENSIONS));
        final var read = assertInstanceOf(KeyPackage.class, read(message));
        assertEquals(Optional.empty(), read.identity());
        final Consumer<Wire> strange = wire -> wire.u16(0x0a0a).vector();
        assertTrue(refused(Wire.message(5, keyPackage(leafNode(strange, key("bo"), FROM_KEY_PACKAGE), NO_EXTENSIONS)))
                .startsWith("credential_type: unknown"));
    }

    @Test
    void no_extension_comes_twice() {
        final Consumer<Wire> twice = wire ->
                wire.vector(all -> all.put(extension(0x0a0a, bytes(1, 1))).put(extension(0x0a0a, bytes(1, 2))));
        assertTrue(refused(Wire.message(5, keyPackage(leafNode("bo", key("bo"), FROM_KEY_PACKAGE), twice)))
                .startsWith("extensions: one type twice"));
    }

    @Test
    void everything_has_a_bound() {
        final Consumer<Wire> large =
                wire -> wire.vector(all -> all.put(extension(0x0a0a, bytes(KeyPackage.BYTES_MAX, 1))));
        final var largePackage = keyPackage(leafNode("bo", key("bo"), FROM_KEY_PACKAGE), large);
        assertTrue(refused(() -> KeyPackage.readMessage(Wire.message(5, largePackage)))
                .startsWith("MLSMessage: more than 4096 bytes"));
        assertTrue(refused(Wire.message(5, largePackage)).startsWith("KeyPackage: more than 4096 bytes"));
        assertTrue(refused(HandMade.memberCommit(0, List.of(add(largePackage)), Optional.empty()))
                .startsWith("KeyPackage: more than 4096 bytes"));
        final Consumer<Wire> many = wire -> wire.vector(all -> {
            for (int type = 0; type <= Extension.LIST_MAX; type++) {
                all.put(extension(type, new byte[0]));
            }
        });
        assertTrue(refused(Wire.message(5, keyPackage(leafNode("bo", key("bo"), FROM_KEY_PACKAGE), many)))
                .startsWith("extensions: more than 64"));
        final var removes = Collections.nCopies(Commit.PROPOSALS_MAX + 1, remove(3));
        assertTrue(
                refused(HandMade.memberCommit(0, removes, Optional.empty())).startsWith("proposals: more than 1024"));
        final Consumer<Wire> tall =
                wire -> wire.put(leafNode("ada", key("ada"), FROM_COMMIT)).vector(nodes -> {
                    for (int node = 0; node <= UpdatePath.NODES_MAX; node++) {
                        nodes.vector(bytes(32, 1)).vector();
                    }
                });
        assertTrue(refused(HandMade.memberCommit(0, List.of(), Optional.of(tall)))
                .startsWith("UpdatePath.nodes: more than 32"));
        final Consumer<Wire> plain = wire -> wire.u8(1).vector(bytes(PublicMessage.BYTES_MAX, 1));
        final var largeMessage = publicMessage(member(0), plain, false, true);
        assertTrue(refused(() -> PublicMessage.readMessage(largeMessage)).startsWith("MLSMessage: more than 49152"));
        assertTrue(refused(largeMessage).startsWith("PublicMessage: more than 49152"));
    }

    @Test
    void a_welcome_says_for_whom_it_is() throws MlsException {
        final var message = HandMade.welcome(3);
        final var read = Welcome.readMessage(message, BYTES_MAX);
        assertEquals(read, read(message));
        assertEquals(read, Welcome.readBare(Printed.bare(read), BYTES_MAX));
        assertEquals(1, read.cipherSuite());
        assertEquals(
                List.of(Opaque.of(bytes(32, 0)), Opaque.of(bytes(32, 1)), Opaque.of(bytes(32, 2))), read.newMembers());
        assertEquals(500, read.encryptedGroupInfo().length());
    }

    @Test
    void a_group_info_shows_the_group_and_what_is_inside() throws MlsException {
        final var message = HandMade.groupInfo(HandMade.ratchetTree());
        final var read = GroupInfo.readMessage(message, BYTES_MAX);
        assertEquals(read, read(message));
        assertEquals(read, GroupInfo.readBare(Printed.bare(read), BYTES_MAX));
        assertEquals(Opaque.of(HandMade.GROUP), read.groupContext().groupId());
        assertEquals(7, read.groupContext().epoch());
        assertEquals(Opaque.of(bytes(32, 0x71)), read.groupContext().treeHash());
        assertEquals(Opaque.of(bytes(32, 0x72)), read.groupContext().confirmedTranscriptHash());
        assertEquals(2, read.signer());
        assertTrue(read.hasRatchetTree());
        assertTrue(read.hasExternalPub());
        final var tree = read.ratchetTree().orElseThrow();
        assertEquals(tree, RatchetTree.readBare(HandMade.ratchetTree(), BYTES_MAX));
        final var roster = tree.roster().orElseThrow();
        assertEquals("Roster of leaves [0, 2]", roster.toString());
        assertEquals(Opaque.of(Wire.ascii("bo")), roster.at(2).orElseThrow().identity());
    }

    @Test
    void a_tree_has_leaves_and_parents_in_their_places() throws MlsException {
        assertArrayEquals(HandMade.ratchetTree(), Printed.of(RatchetTree.readBare(HandMade.ratchetTree(), BYTES_MAX)));
        final Consumer<Wire> leaf = wire -> wire.u8(1).u8(1).put(leafNode("ada", key("ada"), FROM_COMMIT));
        final Consumer<Wire> blank = wire -> wire.u8(0);
        final Consumer<Wire> parent =
                wire -> wire.u8(1).u8(2).vector(bytes(32, 1)).vector().vector();
        assertEquals("ratchet_tree: its last node is blank, at byte 0", refusedTree(List.of()));
        assertEquals("ratchet_tree: its last node is blank, at byte 0", refusedTree(List.of(leaf, blank)));
        final var misplaced = "ratchet_tree: a leaf among the parents, or a parent among the leaves, at byte 0";
        assertEquals(misplaced, refusedTree(List.of(leaf, leaf)));
        assertEquals(misplaced, refusedTree(List.of(parent)));
        final Consumer<Wire> unsorted = wire -> wire.u8(1)
                .u8(2)
                .vector(bytes(32, 1))
                .vector()
                .vector(it -> it.u32(2).u32(2));
        assertTrue(refusedTree(List.of(leaf, unsorted, leaf)).startsWith("unmerged_leaves: not in increasing order"));
        assertTrue(refusedTree(List.of(wire -> wire.u8(1).u8(3))).startsWith("node_type: unknown"));
    }

    private static String refusedTree(final List<Consumer<Wire>> nodes) {
        final var tree = Wire.of(wire -> wire.vector(all -> nodes.forEach(all::put)));
        return refused(() -> RatchetTree.readBare(tree, BYTES_MAX));
    }

    @Test
    void a_lifetime_beyond_all_time_is_for_ever() {
        final var always = new Lifetime(0, -1);
        assertEquals(Instant.EPOCH, always.notBefore());
        assertEquals(Instant.MAX.getEpochSecond(), always.notAfter().getEpochSecond());
        assertTrue(always.includes(Instant.parse("2026-11-30T12:00:00Z")));
        final var once = new Lifetime(1_000, 2_000);
        assertFalse(once.includes(Instant.ofEpochSecond(999)));
        assertTrue(once.includes(Instant.ofEpochSecond(1_000)));
        assertTrue(once.includes(Instant.ofEpochSecond(2_000)));
        assertFalse(once.includes(Instant.ofEpochSecond(2_001)));
    }
}
