package io.parley.mls;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.mls.TreeKEM.LeafIndex;
import org.bouncycastle.mls.codec.MLSInputStream;
import org.bouncycastle.mls.codec.MLSMessage;
import org.bouncycastle.mls.codec.MLSOutputStream;
import org.bouncycastle.mls.codec.Proposal;
import org.bouncycastle.mls.crypto.Secret;
import org.bouncycastle.mls.protocol.Group;
import org.bouncycastle.mls.protocol.Group.CommitOptions;
import org.bouncycastle.mls.protocol.Group.CommitParameters;
import org.bouncycastle.mls.protocol.Group.GroupWithMessage;
import org.bouncycastle.mls.protocol.Group.LeafNodeOptions;
import org.bouncycastle.mls.protocol.Group.MessageOptions;

/// A device in a real group of Bouncy Castle's MLS, for whoever needs commits and messages as they travel. What
/// it commits changes its own state only when it [#merges] that: a server may refuse it.
public final class MlsMember {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final BouncyClient client;
    private Optional<Group> group = Optional.empty();

    /// @param identity the name in its credential
    public MlsMember(final String identity) {
        try {
            this.client = new BouncyClient(identity);
        } catch (final Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    /// A commit that was made, and the state after it.
    public static final class Made {
        private final byte[] commit;
        private final byte[] welcome;
        private final GroupWithMessage whole;

        private Made(final byte[] commit, final byte[] welcome, final GroupWithMessage whole) {
            this.commit = commit;
            this.welcome = welcome;
            this.whole = whole;
        }

        /// As it travels.
        public byte[] commit() {
            return commit.clone();
        }

        /// For those it adds; empty if it adds nobody.
        public byte[] welcome() {
            return welcome.clone();
        }
    }

    @FunctionalInterface
    private interface Making<T> {
        T make() throws Exception;
    }

    private static <T> T made(final Making<T> making) {
        try {
            return making.make();
        } catch (final Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    public byte[] signatureKey() {
        return client.member().signatureKey().toByteArray();
    }

    public long epoch() {
        return group().getEpoch();
    }

    /// Begins a group in which it is alone.
    public void begins(final String groupId) {
        group = Optional.of(made(() -> client.create(groupId.getBytes(StandardCharsets.UTF_8))));
    }

    /// A commit that adds others, removes those at some leaves, and renews its own keys.
    public Made commits(final List<MlsMember> added, final List<Integer> removed) {
        return made(() -> {
            final var proposals = new ArrayList<Proposal>();
            for (final int leaf : removed) {
                proposals.add(Proposal.remove(new LeafIndex(leaf)));
            }
            for (final var other : added) {
                proposals.add(Proposal.add(other.client.keyPackage()));
            }
            final var whole = group().commit(
                            secret(),
                            new CommitOptions(proposals, true, true, new LeafNodeOptions()),
                            new MessageOptions(false, new byte[0], 0),
                            new CommitParameters(Group.NORMAL_COMMIT_PARAMS));
            final var welcome =
                    added.isEmpty() ? new byte[0] : MLSOutputStream.encode(BouncyClient.welcome(whole.message));
            return new Made(MLSOutputStream.encode(whole.message), welcome, whole);
        });
    }

    /// A commit by which it adds itself, with what somebody inside tells of the group.
    ///
    /// @param old its leaf of before, which it removes
    public Made joinsBy(final MlsMember inside, final Optional<Integer> old) {
        return made(() -> {
            final var whole = Group.externalJoin(
                    secret(),
                    client.signatureKeys(),
                    client.keyPackage(),
                    inside.group().getGroupInfo(true).groupInfo,
                    null,
                    new MessageOptions(false, new byte[0], 0),
                    old.map(LeafIndex::new).orElse(null),
                    new HashMap<>());
            return new Made(MLSOutputStream.encode(whole.message), new byte[0], whole);
        });
    }

    /// Its commit was accepted.
    public void merges(final Made made) {
        group = Optional.of(made.whole.group);
    }

    /// Somebody else's commit was accepted.
    public void takes(final byte[] commit) {
        group = Optional.of(made(() -> group().handle(commit, null)));
    }

    /// It was added.
    public void joins(final Made made) {
        group = Optional.of(made(() -> client.join(BouncyClient.welcome(made.whole.message))));
    }

    /// A message, encrypted for the epoch that it knows.
    public byte[] says(final String text) {
        return made(
                () -> MLSOutputStream.encode(group().protect(new byte[0], text.getBytes(StandardCharsets.UTF_8), 0)));
    }

    /// What a message says that came for the epoch that it knows.
    public String hears(final byte[] message) {
        return made(() -> new String(
                group().unprotect((MLSMessage) MLSInputStream.decode(message, MLSMessage.class))[1],
                StandardCharsets.UTF_8));
    }

    /// What the group is now, for those who join from outside.
    public byte[] groupInfo() {
        return made(() -> MLSOutputStream.encode(group().getGroupInfo(true)));
    }

    private Group group() {
        return group.orElseThrow();
    }

    private static Secret secret() {
        final var bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return new Secret(bytes);
    }
}
