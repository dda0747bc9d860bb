package io.parley.mls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.bouncycastle.mls.TreeKEM.LeafIndex;
import org.bouncycastle.mls.codec.MLSMessage;
import org.bouncycastle.mls.codec.MLSOutputStream;
import org.bouncycastle.mls.codec.ProtocolVersion;
import org.bouncycastle.mls.crypto.Secret;
import org.bouncycastle.mls.protocol.Group;
import org.bouncycastle.mls.protocol.Group.CommitOptions;
import org.bouncycastle.mls.protocol.Group.CommitParameters;
import org.bouncycastle.mls.protocol.Group.GroupWithMessage;
import org.bouncycastle.mls.protocol.Group.LeafNodeOptions;
import org.bouncycastle.mls.protocol.Group.MessageOptions;
import org.junit.jupiter.api.Test;

/// Outside judge: real groups of Bouncy Castle's MLS. Each byte string they send is read, and what is read is
/// what Bouncy Castle knows: group, epoch, sender, identities, keys, signatures, and after each commit every
/// leaf.
///
/// A seed decides what happens; keys are Bouncy Castle's own and differ each time.
final class BouncyCastleTest {
    private static final int SEEDS = 12;
    private static final int COMMITS = 25;
    private static final int MEMBERS_MAX = 9;
    private static final int BYTES_MAX = 1 << 20;
    private static final byte[] GROUP = Wire.ascii("a conversation");
    private static final byte[] AUTHENTICATED = Wire.ascii("authenticated");

    @Test
    void in_any_life_of_a_group_we_read_what_bouncy_castle_says() {
        int compared = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            try {
                compared += new Life(new Random(seed)).run();
            } catch (final Exception | AssertionError failure) {
                throw new AssertionError("seed " + seed, failure);
            }
        }
        assertTrue(compared >= SEEDS * COMMITS * 2 / 3, "only " + compared + " commits");
    }

    /// Bouncy Castle's members agree on a tree, and yet it refuses it to who joins. Seen where one half of the
    /// tree is blank: it takes the last node of a filtered path for the root, and the parent hashes are wrong.
    private static boolean refusesItsOwnTree(final Exception failure) {
        return "Invalid tree".equals(failure.getMessage());
    }

    private static final class Life {
        private final Random random;
        private final TreeMap<Integer, BouncyClient> clientsByLeaf = new TreeMap<>();
        private final HashMap<BouncyClient, Group> groups = new HashMap<>();
        private Roster roster;
        private int names;

        Life(final Random random) throws Exception {
            this.random = random;
            final var creator = client();
            clientsByLeaf.put(0, creator);
            groups.put(creator, creator.create(GROUP));
            roster = Roster.of(creator.member());
        }

        /// How many commits were compared.
        int run() throws Exception {
            int compared = 0;
            try {
                for (; compared < COMMITS; compared++) {
                    compare(compared);
                    next();
                }
                compare(compared);
            } catch (final Exception failure) {
                if (!refusesItsOwnTree(failure)) {
                    throw failure;
                }
            }
            return compared;
        }

        private void next() throws Exception {
            say();
            propose();
            switch (random.nextInt(4)) {
                case 0 -> joinFromOutside(Optional.empty());
                // Bouncy Castle cannot make the path of a tree of one leaf
                case 1 -> joinFromOutside(clientsByLeaf.size() > 1 ? Optional.of(anybody()) : Optional.empty());
                default -> commit();
            }
        }

        private void commit() throws Exception {
            final int leaf = anybody();
            final var group = group(leaf);
            final var others = new ArrayList<>(clientsByLeaf.keySet());
            others.removeIf(each -> each == leaf);
            Collections.shuffle(others, random);
            final var gone = others.subList(
                    0,
                    clientsByLeaf.size() > MEMBERS_MAX
                            ? others.size() / 2
                            : Math.min(others.size(), random.nextInt(3)));
            final var come = new ArrayList<BouncyClient>();
            final var proposals = new ArrayList<org.bouncycastle.mls.codec.Proposal>();
            for (final int each : gone) {
                proposals.add(org.bouncycastle.mls.codec.Proposal.remove(new LeafIndex(each)));
            }
            final int atLeast = gone.size() == others.size() ? 1 : 0; // see above: never a tree of one leaf
            for (int adds = random.nextInt(atLeast, 4); adds > 0; adds--) {
                final var client = client();
                come.add(client);
                proposals.add(org.bouncycastle.mls.codec.Proposal.add(client.keyPackage()));
            }
            // a path always, or who joins computes a wrong state
            final var options = new CommitOptions(proposals, true, true, new LeafNodeOptions());
            final var made = group.commit(
                    secret(),
                    options,
                    new MessageOptions(false, AUTHENTICATED, 0),
                    new CommitParameters(Group.NORMAL_COMMIT_PARAMS));
            final var message = MLSOutputStream.encode(made.message);

            final var read = readCommit(message, new Sender.Member(leaf), at(leaf));
            final var change = applied(read);
            assertEquals(gone.size(), change.removed().size());
            for (final var seat : change.removed()) {
                assertTrue(gone.contains(seat.leaf()));
                groups.remove(clientsByLeaf.remove(seat.leaf()));
            }
            advance(message, at(leaf), made);
            welcome(come, change, made);
            compareAdds(come, (Commit) read.content());
        }

        private void compareAdds(final List<BouncyClient> come, final Commit commit) throws Exception {
            assertEquals(come.size(), commit.added().size());
            for (int i = 0; i < come.size(); i++) {
                final var keyPackage = commit.added().get(i);
                keyPackage.validate();
                assertEquals(KeyPackage.readMessage(come.get(i).keyPackageMessage()), keyPackage);
                assertArrayEquals(
                        MLSOutputStream.encode(come.get(i).keyPackage()),
                        keyPackage.encoded().toByteArray());
                assertArrayEquals(
                        BouncyClient.SUITE.refHash(
                                MLSOutputStream.encode(come.get(i).keyPackage()), "MLS 1.0 KeyPackage Reference"),
                        keyPackage.ref().toByteArray());
                assertFalse(keyPackage.isLastResort());
                assertEquals(new Lifetime(0, -1), keyPackage.lifetime());
            }
        }

        private void welcome(
                final List<BouncyClient> come, final RosterChange.Applied change, final GroupWithMessage made)
                throws Exception {
            final var message = BouncyClient.welcome(made.message);
            final var bytes = MLSOutputStream.encode(message);
            final var read = Welcome.readMessage(bytes, BYTES_MAX);
            assertArrayEquals(bytes, Printed.of(read));
            assertEquals(1, read.cipherSuite());
            assertEquals(come.size(), change.added().size());
            final var refs = new ArrayList<Opaque>();
            for (int i = 0; i < come.size(); i++) {
                final var client = come.get(i);
                refs.add(KeyPackage.readMessage(client.keyPackageMessage()).ref());
                final var group = client.join(message);
                assertEquals(group.getIndex().value(), change.added().get(i).leaf());
                assertEquals(client.member(), change.added().get(i).member());
                groups.put(client, group);
                clientsByLeaf.put(change.added().get(i).leaf(), client);
            }
            assertEquals(refs, read.newMembers());
        }

        private void joinFromOutside(final Optional<Integer> again) throws Exception {
            final var client =
                    again.isPresent() ? new BouncyClient(at(again.get()).name()) : client();
            final var info = group(anybody()).getGroupInfo(true).groupInfo;
            final var made = Group.externalJoin(
                    secret(),
                    client.signatureKeys(),
                    client.keyPackage(),
                    info,
                    null,
                    new MessageOptions(false, AUTHENTICATED, 0),
                    again.map(LeafIndex::new).orElse(null),
                    new HashMap<>());
            final var message = MLSOutputStream.encode(made.message);

            final var change = applied(readCommit(message, new Sender.NewMemberCommit(), client));
            assertEquals(made.group.getIndex().value(), change.committer().leaf());
            assertEquals(List.of(change.committer()), change.added());
            assertEquals(
                    again.stream().toList(),
                    change.removed().stream().map(Seat::leaf).toList());
            again.ifPresent(leaf -> groups.remove(clientsByLeaf.remove(leaf)));
            advance(message, client, made);
            clientsByLeaf.put(change.committer().leaf(), client);
        }

        private PublicMessage readCommit(final byte[] message, final Sender sender, final BouncyClient committer)
                throws Exception {
            final var read = PublicMessage.readMessage(message);
            assertArrayEquals(message, Printed.of(read));
            assertEquals(sender, read.sender());
            assertEquals(Opaque.of(GROUP), read.groupId());
            assertEquals(group(anybody()).getEpoch(), read.epoch());
            assertEquals(Opaque.of(AUTHENTICATED), read.authenticatedData());
            final var context = groupInfo().groupContext();
            assertTrue(read.isSignedBy(committer.member().signatureKey(), context));
            assertFalse(read.isSignedBy(client().member().signatureKey(), context));
            return read;
        }

        private RosterChange.Applied applied(final PublicMessage message) throws MlsException {
            final var change = assertInstanceOf(RosterChange.Applied.class, roster.apply(message));
            roster = change.roster();
            final var path = ((Commit) message.content()).path().orElseThrow();
            path.leafNode().validate(Opaque.of(GROUP), change.committer().leaf());
            return change;
        }

        /// Everybody who is still there, and who made it.
        private void advance(final byte[] message, final BouncyClient committer, final GroupWithMessage made)
                throws Exception {
            for (final var client : clientsByLeaf.values()) {
                if (client != committer) {
                    groups.put(client, group(client).handle(message, null));
                }
            }
            groups.put(committer, made.group);
        }

        private void compare(final int epoch) throws Exception {
            final var authenticator = group(anybody()).getEpochAuthenticator();
            for (final var group : groups.values()) {
                assertArrayEquals(authenticator, group.getEpochAuthenticator(), "Bouncy Castle agrees with itself");
                assertEquals(epoch, group.getEpoch());
                final var members = new TreeMap<Integer, Member>();
                for (int leaf = 0; leaf < group.getTree().getSize().leafCount(); leaf++) {
                    final var node = group.getTree().getLeafNode(new LeafIndex(leaf));
                    if (node != null) {
                        members.put(
                                leaf,
                                new Member(
                                        Opaque.of(node.getCredential().getIdentity()),
                                        Opaque.of(node.getSignatureKey())));
                    }
                }
                assertEquals(members, roster.membersByLeaf());
            }
            assertEquals(
                    Optional.of(roster), groupInfo().ratchetTree().orElseThrow().roster());
        }

        private GroupInfo groupInfo() throws Exception {
            final int leaf = anybody();
            final var message = group(leaf).getGroupInfo(true);
            final var bytes = MLSOutputStream.encode(message);
            final var read = GroupInfo.readMessage(bytes, BYTES_MAX);
            assertArrayEquals(bytes, Printed.of(read));
            assertEquals(leaf, read.signer());
            assertTrue(read.isSignedBy(at(leaf).member().signatureKey()));
            final var context = message.groupInfo.getGroupContext();
            assertEquals(Opaque.of(GROUP), read.groupContext().groupId());
            assertEquals(group(leaf).getEpoch(), read.groupContext().epoch());
            assertEquals(Opaque.of(context.getTreeHash()), read.groupContext().treeHash());
            assertEquals(
                    Opaque.of(context.getConfirmedTranscriptHash()),
                    read.groupContext().confirmedTranscriptHash());
            assertTrue(read.hasExternalPub());
            final var tree = read.ratchetTree().orElseThrow();
            assertArrayEquals(MLSOutputStream.encode(group(leaf).getTree()), Printed.of(tree));
            assertFalse(GroupInfo.readMessage(MLSOutputStream.encode(group(leaf).getGroupInfo(false)), BYTES_MAX)
                    .hasRatchetTree());
            return read;
        }

        private void say() throws Exception {
            final int leaf = anybody();
            final var text = new byte[random.nextInt(300)];
            final var message = MLSOutputStream.encode(group(leaf).protect(AUTHENTICATED, text, 0));
            final var read = PrivateMessage.readMessage(message, BYTES_MAX);
            assertArrayEquals(message, Printed.of(read));
            assertEquals(Opaque.of(GROUP), read.groupId());
            assertEquals(group(leaf).getEpoch(), read.epoch());
            assertEquals(ContentType.APPLICATION, read.contentType());
            assertEquals(Opaque.of(AUTHENTICATED), read.authenticatedData());
        }

        /// Proposals in messages of their own, which change nothing; from members and from outside.
        private void propose() throws Exception {
            final int leaf = anybody();
            final var group = group(leaf);
            final var client = client();
            final var plain = new MessageOptions(false, AUTHENTICATED, 0);
            final var added = readProposal(group.add(client.keyPackage(), plain), leaf);
            final var keyPackage = assertInstanceOf(Proposal.Add.class, added).keyPackage();
            assertEquals(client.member().identity(), keyPackage.identity().orElseThrow());
            final var removed = readProposal(group.remove(new LeafIndex(0), plain), leaf); // the first who is there
            assertEquals(new Proposal.Remove(clientsByLeaf.firstKey()), removed);
            final var renewal = group.updateProposal(client.newLeafKeys(), new LeafNodeOptions());
            final var updated =
                    assertInstanceOf(Proposal.Update.class, readProposal(group.update(renewal, plain), leaf));
            updated.leafNode().validate(Opaque.of(GROUP), leaf);
            final var psk = readProposal(group.preSharedKey(GROUP, group.getEpoch(), plain), leaf);
            final var resumption = assertInstanceOf(
                    PreSharedKeyId.Resumption.class,
                    assertInstanceOf(Proposal.PreSharedKey.class, psk).psk());
            assertEquals(group.getEpoch(), resumption.pskEpoch());
            assertEquals(PreSharedKeyId.Usage.APPLICATION, resumption.usage());
            final var next = readProposal(
                    group.reinit(AUTHENTICATED, ProtocolVersion.mls10, BouncyClient.SUITE, List.of(), plain), leaf);
            assertEquals(new Proposal.ReInit(Opaque.of(AUTHENTICATED), 1, 1, List.of()), next);
            final var extensions = readProposal(group.groupContextExtensions(List.of(), plain), leaf);
            assertEquals(new Proposal.GroupContextExtensions(List.of()), extensions);
            proposeFromOutside(client, group.getEpoch());
            hide(group, client);
        }

        private void proposeFromOutside(final BouncyClient client, final long epoch) throws Exception {
            final var key = client.member().signatureKey();
            final var self = readPublic(Group.newMemberAdd(GROUP, epoch, client.keyPackage(), client.signatureKeys()));
            assertEquals(new Sender.NewMemberProposal(), self.sender());
            assertTrue(self.isSignedBy(key, groupInfo().groupContext()));
            final var named = readPublic(MLSMessage.externalProposal(
                    BouncyClient.SUITE,
                    GROUP,
                    epoch,
                    org.bouncycastle.mls.codec.Proposal.remove(new LeafIndex(3)),
                    2,
                    client.signaturePrivateKey()));
            assertEquals(new Sender.External(2), named.sender());
            assertEquals(new Proposal.Remove(3), named.content());
            assertTrue(named.isSignedBy(key, groupInfo().groupContext()));
        }

        /// Of what is encrypted, the kind is seen.
        private static void hide(final Group group, final BouncyClient client) throws Exception {
            final var hidden = new MessageOptions(true, AUTHENTICATED, 16);
            final var proposal = MLSOutputStream.encode(group.add(client.keyPackage(), hidden));
            assertEquals(
                    ContentType.PROPOSAL,
                    PrivateMessage.readMessage(proposal, BYTES_MAX).contentType());
            final var options = new CommitOptions(
                    List.of(org.bouncycastle.mls.codec.Proposal.add(client.keyPackage())),
                    true,
                    true,
                    new LeafNodeOptions());
            final var commit = group.commit(
                    new Secret(new byte[32]), options, hidden, new CommitParameters(Group.NORMAL_COMMIT_PARAMS));
            final var read = PrivateMessage.readMessage(MLSOutputStream.encode(commit.message), BYTES_MAX);
            assertEquals(ContentType.COMMIT, read.contentType());
            assertEquals(group.getEpoch(), read.epoch());
        }

        private static PublicMessage readPublic(final MLSMessage message) throws Exception {
            final var bytes = MLSOutputStream.encode(message);
            final var read = PublicMessage.readMessage(bytes);
            assertArrayEquals(bytes, Printed.of(read));
            return read;
        }

        private Proposal readProposal(final MLSMessage message, final int leaf) throws Exception {
            final var read = readPublic(message);
            assertEquals(new Sender.Member(leaf), read.sender());
            assertTrue(read.isSignedBy(
                    roster.at(leaf).orElseThrow().signatureKey(), groupInfo().groupContext()));
            return assertInstanceOf(Proposal.class, read.content());
        }

        private BouncyClient client() throws Exception {
            return new BouncyClient("client " + ++names);
        }

        private int anybody() {
            final var leaves = List.copyOf(clientsByLeaf.keySet());
            return leaves.get(random.nextInt(leaves.size()));
        }

        private BouncyClient at(final int leaf) {
            return Objects.requireNonNull(clientsByLeaf.get(leaf));
        }

        private Group group(final int leaf) {
            return group(at(leaf));
        }

        private Group group(final BouncyClient client) {
            return Objects.requireNonNull(groups.get(client));
        }

        private Secret secret() {
            final var bytes = new byte[32];
            random.nextBytes(bytes);
            return new Secret(bytes);
        }
    }
}
