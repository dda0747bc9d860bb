package io.parley.mls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What the web client's library really sends, stored: read, checked and applied.
final class CoreCryptoTest {
    private static final Path STORED = Path.of("src", "test", "resources", "mls", "core-crypto-10.3.0.txt");
    private static final int BYTES_MAX = 100_000;
    private static final int COMMITS = 6;

    private final Map<String, byte[]> bytesByName;

    CoreCryptoTest() throws IOException {
        try (var lines = Files.lines(STORED)) {
            bytesByName = lines.filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" ", -1))
                    .collect(Collectors.toMap(
                            line -> line[0], line -> HexFormat.of().parseHex(line[1])));
        }
    }

    private byte[] stored(final String name) {
        return Optional.ofNullable(bytesByName.get(name)).orElseThrow();
    }

    private PublicMessage commit(final int number) throws MlsException {
        return PublicMessage.readMessage(stored("commit-" + number));
    }

    private GroupInfo groupInfo(final int number) throws MlsException {
        return GroupInfo.readMessage(stored("group-info-" + number), BYTES_MAX);
    }

    private static Commit content(final PublicMessage message) {
        return assertInstanceOf(Commit.class, message.content());
    }

    private static String name(final Member member) {
        return new String(member.identity().toByteArray(), StandardCharsets.US_ASCII);
    }

    @Test
    void everything_it_sends_is_read_and_spells_the_same_again() throws MlsException {
        for (final var each : bytesByName.entrySet()) {
            assertArrayEquals(each.getValue(), Printed.of(MlsMessage.read(each.getValue(), BYTES_MAX)), each.getKey());
        }
        assertEquals(17, bytesByName.size());
    }

    @Test
    void its_key_packages_are_valid() throws MlsException {
        for (final var name : List.of("key-package", "key-package-again")) {
            final var message = stored(name);
            final var read = KeyPackage.readMessage(message);
            assertEquals(read, KeyPackage.readBare(Arrays.copyOfRange(message, 4, message.length)));
            read.validate();
            assertEquals(1, read.cipherSuite());
            assertFalse(read.isLastResort());
            assertTrue(name(new Member(read.identity().orElseThrow(), read.signatureKey()))
                    .matches("[0-9a-f-]{36}:[0-9a-f]{1,16}@parley"));
        }
    }

    @Test
    void its_messages_show_their_epoch() throws MlsException {
        final var read = PrivateMessage.readMessage(stored("message"), BYTES_MAX);
        assertEquals(Opaque.of(Wire.ascii("the group")), read.groupId());
        assertEquals(1, read.epoch());
        assertEquals(ContentType.APPLICATION, read.contentType());
    }

    @Test
    void its_commits_are_signed_and_lead_from_one_tree_to_the_next() throws MlsException {
        final var tree = groupInfo(1).ratchetTree().orElseThrow();
        var roster = Roster.of(tree.roster().orElseThrow().at(0).orElseThrow()); // the creator
        for (int number = 1; number <= COMMITS; number++) {
            final var message = commit(number);
            assertEquals(number - 1, message.epoch());
            final var change = assertInstanceOf(RosterChange.Applied.class, roster.apply(message));
            final var committer = change.committer();
            if (content(message).path().isPresent()) { // who only adds has none
                final var leafNode = content(message).path().get().leafNode();
                leafNode.validate(message.groupId(), committer.leaf());
            }
            if (number > 1) {
                final var context = groupInfo(number - 1).groupContext();
                assertTrue(message.isSignedBy(committer.member().signatureKey(), context));
            }
            roster = change.roster();
            compare(groupInfo(number), number, change);
            welcome(number, content(message));
        }
        assertEquals("Roster of leaves [0, 1, 2, 3]", roster.toString());
    }

    private static void compare(final GroupInfo info, final int epoch, final RosterChange.Applied change)
            throws MlsException {
        assertEquals(epoch, info.groupContext().epoch());
        assertEquals(1, info.groupContext().cipherSuite());
        assertEquals(change.committer().leaf(), info.signer());
        assertTrue(info.isSignedBy(change.committer().member().signatureKey()));
        assertTrue(info.hasExternalPub());
        assertEquals(
                Optional.of(change.roster()), info.ratchetTree().orElseThrow().roster());
    }

    private void welcome(final int number, final Commit commit) throws MlsException {
        if (commit.added().isEmpty()) {
            assertFalse(bytesByName.containsKey("welcome-" + number));
            return;
        }
        for (final var keyPackage : commit.added()) {
            keyPackage.validate();
        }
        assertEquals(
                commit.added().stream().map(KeyPackage::ref).toList(),
                Welcome.readMessage(stored("welcome-" + number), BYTES_MAX).newMembers());
    }

    @Test
    void who_comes_and_goes_is_told() throws MlsException {
        final var first = content(commit(1));
        assertEquals(3, first.added().size());
        assertEquals(List.of(new Proposal.Remove(2)), content(commit(3)).proposals());
        assertEquals(
                KeyPackage.readMessage(stored("key-package-again")),
                content(commit(4)).added().getFirst());
        assertEquals(new Sender.NewMemberCommit(), commit(5).sender());
        assertEquals(List.of(), content(commit(6)).proposals());
    }
}
