package io.parley.mls;

import static io.parley.mls.HandMade.EXTERNAL_INIT;
import static io.parley.mls.HandMade.FROM_COMMIT;
import static io.parley.mls.HandMade.FROM_KEY_PACKAGE;
import static io.parley.mls.HandMade.NO_EXTENSIONS;
import static io.parley.mls.HandMade.add;
import static io.parley.mls.HandMade.key;
import static io.parley.mls.HandMade.keyPackage;
import static io.parley.mls.HandMade.leafNode;
import static io.parley.mls.HandMade.path;
import static io.parley.mls.HandMade.remove;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Random lives of a group, commit after commit, beside a tree that is one.
final class RosterPropertyTest {
    private static final int LIVES = 300;
    private static final int COMMITS = 40;

    @Test
    void in_any_life_everybody_sits_where_the_tree_has_him() {
        for (long seed = 0; seed < LIVES; seed++) {
            try {
                new Life(new Random(seed)).run();
            } catch (final AssertionError | RuntimeException | MlsException failure) {
                throw new AssertionError("seed " + seed, failure);
            }
        }
    }

    private static final class Life {
        private final Random random;
        private final NaiveTree tree = new NaiveTree();
        private Roster roster;
        private int names;

        Life(final Random random) {
            this.random = random;
            final var creator = member("0", key("0"));
            tree.add(creator);
            roster = Roster.of(creator);
        }

        void run() throws MlsException {
            for (int commit = 0; commit < COMMITS; commit++) {
                if (random.nextInt(5) == 0) {
                    joinFromOutside();
                } else {
                    commit();
                }
                assertEquals(tree.membersByLeaf(), roster.membersByLeaf());
                if (random.nextInt(4) == 0) {
                    failToCommit();
                }
            }
        }

        private void commit() throws MlsException {
            final int committer = anybody();
            final var others = others(committer);
            final var gone = others.subList(0, Math.min(others.size(), random.nextInt(5) == 0 ? 8 : random.nextInt(3)));
            final var proposals = new ArrayList<Consumer<Wire>>();
            gone.forEach(leaf -> proposals.add(remove(leaf)));
            for (int adds = random.nextInt(4); adds > 0; adds--) {
                proposals.add(random.nextInt(proposals.size() + 1), add("" + ++names));
            }
            final boolean withPath = !gone.isEmpty() || proposals.isEmpty() || random.nextBoolean();
            final var seats =
                    gone.stream().map(leaf -> new Seat(leaf, tree.at(leaf))).collect(Collectors.toSet());
            final var renewed = new Member(tree.at(committer).identity(), Opaque.of(key("new " + random.nextLong())));
            final var message = PublicMessage.readMessage(HandMade.memberCommit(
                    committer, proposals, withPath ? Optional.of(path(leafOf(renewed))) : Optional.empty()));

            tree.remove(gone);
            final var come = new ArrayList<Member>();
            for (final var keyPackage : ((Commit) message.content()).added()) {
                final var member = member(
                        text(keyPackage.identity().orElseThrow()),
                        keyPackage.signatureKey().toByteArray());
                tree.add(member);
                come.add(member);
            }
            if (withPath) {
                tree.renew(committer, renewed);
            }
            final var change = assertInstanceOf(RosterChange.Applied.class, roster.apply(message));
            roster = change.roster();
            assertEquals(come, change.added().stream().map(Seat::member).toList());
            assertEquals(seats, Set.copyOf(change.removed()));
            for (final var seat : change.added()) {
                assertEquals(Optional.of(seat.member()), roster.at(seat.leaf()));
            }
            assertEquals(new Seat(committer, tree.at(committer)), change.committer());
        }

        private void joinFromOutside() throws MlsException {
            final var proposals = new ArrayList<Consumer<Wire>>(List.of(EXTERNAL_INIT));
            final Member joiner;
            if (random.nextBoolean()) {
                final int gone = anybody();
                proposals.add(random.nextInt(2), remove(gone));
                joiner = new Member(tree.at(gone).identity(), Opaque.of(key("new " + random.nextLong())));
                tree.remove(List.of(gone));
            } else {
                joiner = member("" + ++names, key("" + names));
            }
            tree.add(joiner);
            final var message = HandMade.externalCommit(proposals, Optional.of(path(leafOf(joiner))));
            final var change =
                    assertInstanceOf(RosterChange.Applied.class, roster.apply(PublicMessage.readMessage(message)));
            roster = change.roster();
            assertEquals(joiner, change.committer().member());
            assertEquals(List.of(change.committer()), change.added());
        }

        /// Something that fits nobody's group, with something else that would.
        private void failToCommit() throws MlsException {
            final int committer = anybody();
            final var other = anybody();
            final int nobody = nobody();
            final var taken = roster.at(other).orElseThrow();
            final List<Consumer<Wire>> wrong = List.of(
                    remove(nobody),
                    remove(committer),
                    wire -> wire.put(remove(other)).u8(1).put(remove(other)),
                    add(keyPackage(leafNode(text(taken.identity()), key("fresh"), FROM_KEY_PACKAGE), NO_EXTENSIONS)),
                    add(keyPackage(
                            leafNode("fresh", taken.signatureKey().toByteArray(), FROM_KEY_PACKAGE), NO_EXTENSIONS)),
                    HandMade.update(text(taken.identity())),
                    EXTERNAL_INIT);
            final var proposals = new ArrayList<>(List.of(add("somebody"), wrong.get(random.nextInt(wrong.size()))));
            Collections.shuffle(proposals, random);
            final var self = path(leafOf(roster.at(committer).orElseThrow()));
            final var message = HandMade.memberCommit(committer, proposals, Optional.of(self));
            assertInstanceOf(RosterChange.Refused.class, roster.apply(PublicMessage.readMessage(message)));
            final var stranger = HandMade.memberCommit(nobody, List.of(), Optional.of(self));
            assertInstanceOf(RosterChange.Refused.class, roster.apply(PublicMessage.readMessage(stranger)));
        }

        private int anybody() {
            final var leaves = List.copyOf(tree.membersByLeaf().keySet());
            return leaves.get(random.nextInt(leaves.size()));
        }

        private int nobody() {
            final var members = tree.membersByLeaf();
            int leaf = random.nextInt(members.lastKey() + 2);
            while (members.containsKey(leaf)) {
                leaf++;
            }
            return leaf;
        }

        private List<Integer> others(final int committer) {
            final var others = new ArrayList<>(tree.membersByLeaf().keySet());
            others.removeIf(leaf -> leaf == committer);
            Collections.shuffle(others, random);
            return others;
        }

        private static Consumer<Wire> leafOf(final Member member) {
            return leafNode(name(member), member.signatureKey().toByteArray(), FROM_COMMIT);
        }

        private static Member member(final String name, final byte[] key) {
            return new Member(Opaque.of(Wire.ascii(name)), Opaque.of(key));
        }

        private static String name(final Member member) {
            return text(member.identity());
        }

        private static String text(final Opaque identity) {
            return new String(identity.toByteArray(), StandardCharsets.US_ASCII);
        }
    }
}
