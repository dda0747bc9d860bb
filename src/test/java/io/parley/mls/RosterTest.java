package io.parley.mls;

import static io.parley.mls.HandMade.EXTERNAL_INIT;
import static io.parley.mls.HandMade.FROM_COMMIT;
import static io.parley.mls.HandMade.FROM_KEY_PACKAGE;
import static io.parley.mls.HandMade.NO_EXTENSIONS;
import static io.parley.mls.HandMade.add;
import static io.parley.mls.HandMade.contextExtensions;
import static io.parley.mls.HandMade.key;
import static io.parley.mls.HandMade.keyPackage;
import static io.parley.mls.HandMade.leafNode;
import static io.parley.mls.HandMade.path;
import static io.parley.mls.HandMade.psk;
import static io.parley.mls.HandMade.reInit;
import static io.parley.mls.HandMade.remove;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// Ada at leaf 0, nobody at 1, Bo at 2, Cy at 3, nobody at 4, Di at 5; what commits do to them.
final class RosterTest {
    private static final Roster GROUP =
            Roster.of(new TreeMap<>(Map.of(0, member("ada"), 2, member("bo"), 3, member("cy"), 5, member("di"))));

    private static Member member(final String name) {
        return new Member(Opaque.of(Wire.ascii(name)), Opaque.of(key(name)));
    }

    private static Seat seat(final int leaf, final String name) {
        return new Seat(leaf, member(name));
    }

    private static RosterChange commit(final long leaf, final List<Consumer<Wire>> proposals) throws MlsException {
        return GROUP.apply(PublicMessage.readMessage(HandMade.memberCommit(leaf, proposals, Optional.empty())));
    }

    private static RosterChange commit(final long leaf, final List<Consumer<Wire>> proposals, final Consumer<Wire> path)
            throws MlsException {
        return GROUP.apply(PublicMessage.readMessage(HandMade.memberCommit(leaf, proposals, Optional.of(path))));
    }

    private static RosterChange join(final List<Consumer<Wire>> proposals, final Consumer<Wire> path)
            throws MlsException {
        return GROUP.apply(PublicMessage.readMessage(HandMade.externalCommit(proposals, Optional.of(path))));
    }

    private static RosterChange.Applied applied(final RosterChange change) {
        return assertInstanceOf(RosterChange.Applied.class, change, change::toString);
    }

    private static String refused(final RosterChange change) {
        return assertInstanceOf(RosterChange.Refused.class, change).reason();
    }

    @Test
    void a_group_begins_with_its_creator_at_leaf_0() {
        final var roster = Roster.of(member("ada"));
        assertEquals(Map.of(0, member("ada")), roster.membersByLeaf());
        assertEquals(Optional.of(member("ada")), roster.at(0));
        assertEquals(Optional.empty(), roster.at(1));
        assertEquals(Optional.empty(), roster.at(0xffff_ffffL));
        assertTrue(roster.contains(member("ada")));
        assertFalse(roster.contains(member("bo")));
    }

    @Test
    void who_is_added_comes_to_the_leftmost_free_leaf() throws MlsException {
        final var change = applied(commit(2, List.of(add("eve"), add("fay"), add("gus"))));
        assertEquals(List.of(seat(1, "eve"), seat(4, "fay"), seat(6, "gus")), change.added());
        assertEquals(List.of(), change.removed());
        assertEquals(seat(2, "bo"), change.committer());
        assertEquals("Roster of leaves [0, 1, 2, 3, 4, 5, 6]", change.roster().toString());
    }

    @Test
    void who_is_removed_leaves_a_place_to_who_is_added() throws MlsException {
        final var change = applied(commit(2, List.of(add("eve"), remove(0), add("fay"), remove(5)), path("bo")));
        assertEquals(List.of(seat(0, "eve"), seat(1, "fay")), change.added());
        assertEquals(List.of(seat(0, "ada"), seat(5, "di")), change.removed());
        assertEquals("Roster of leaves [0, 1, 2, 3]", change.roster().toString());
    }

    @Test
    void a_path_gives_the_committer_a_new_key() throws MlsException {
        final var change = applied(commit(2, List.of(), path(leafNode("bo", key("another"), FROM_COMMIT))));
        final var renewed = new Member(member("bo").identity(), Opaque.of(key("another")));
        assertEquals(new Seat(2, renewed), change.committer());
        assertEquals(Optional.of(renewed), change.roster().at(2));
        assertEquals(List.of(), change.added());
        assertEquals(List.of(), change.removed());
    }

    @Test
    void who_joins_from_outside_comes_to_the_leftmost_free_leaf() throws MlsException {
        final var change = applied(join(List.of(EXTERNAL_INIT, psk("shared")), path("eve")));
        assertEquals(List.of(seat(1, "eve")), change.added());
        assertEquals(seat(1, "eve"), change.committer());
    }

    @Test
    void who_joins_again_may_remove_what_he_was() throws MlsException {
        final var again = path(leafNode("ada", key("another"), FROM_COMMIT));
        final var change = applied(join(List.of(remove(0), EXTERNAL_INIT), again));
        assertEquals(List.of(seat(0, "ada")), change.removed());
        assertEquals(List.of(change.committer()), change.added());
        assertEquals(0, change.committer().leaf());
        final var last = applied(join(List.of(EXTERNAL_INIT, remove(5)), path(leafNode("di", key("di"), FROM_COMMIT))));
        assertEquals("Roster of leaves [0, 1, 2, 3]", last.roster().toString());
    }

    @Test
    void a_group_that_ends_and_one_that_changes_its_extensions_keep_their_members() throws MlsException {
        assertEquals(GROUP, applied(commit(0, List.of(reInit()))).roster());
        assertEquals(
                GROUP,
                applied(commit(0, List.of(contextExtensions(), psk("a"), psk("b")), path("ada")))
                        .roster());
    }

    @Test
    void only_a_member_commits() throws MlsException {
        assertEquals("nobody is at leaf 1, which sends it", refused(commit(1, List.of(), path("ada"))));
        assertEquals(
                "nobody is at leaf 4294967295, which sends it", refused(commit(0xffff_ffffL, List.of(), path("ada"))));
    }

    @Test
    void only_a_member_is_removed_and_once_and_not_by_himself() throws MlsException {
        assertEquals(
                "nobody is at leaf 4, which is to be removed", refused(commit(0, List.of(remove(4)), path("ada"))));
        assertEquals(
                "nobody is at leaf 4294967294, which is to be removed",
                refused(commit(0, List.of(remove(0xffff_fffeL)), path("ada"))));
        assertEquals("it removes leaf 3 twice", refused(commit(0, List.of(remove(3), remove(3)), path("ada"))));
        assertEquals("it removes leaf 0, which sends it", refused(commit(0, List.of(remove(0)), path("ada"))));
    }

    @Test
    void a_path_is_there_where_it_must_be() throws MlsException {
        assertEquals("a path is missing", refused(commit(0, List.of())));
        assertEquals("a path is missing", refused(commit(0, List.of(remove(3)))));
        assertEquals("a path is missing", refused(commit(0, List.of(contextExtensions()))));
        assertEquals(
                "a path is missing",
                refused(GROUP.apply(
                        PublicMessage.readMessage(HandMade.externalCommit(List.of(EXTERNAL_INIT), Optional.empty())))));
    }

    @Test
    void proposals_that_do_not_go_together_are_refused() throws MlsException {
        assertEquals(
                "an Update in it can only be its sender's own, who has the path for that",
                refused(commit(0, List.of(HandMade.update("bo")), path("ada"))));
        assertEquals("an ExternalInit from a member", refused(commit(0, List.of(EXTERNAL_INIT), path("ada"))));
        assertEquals(
                "GroupContextExtensions twice",
                refused(commit(0, List.of(contextExtensions(), contextExtensions()), path("ada"))));
        assertEquals("a ReInit beside something else", refused(commit(0, List.of(reInit(), add("eve")))));
        assertEquals("a PreSharedKey twice", refused(commit(0, List.of(psk("a"), psk("a")))));
        final Consumer<Wire> reference = wire -> wire.u8(3)
                .vector(HandMade.byReference(HandMade.bytes(32, 1)))
                .u8(1)
                .put(path("ada"));
        final var referring = HandMade.publicMessage(HandMade.member(0), reference, true, true);
        assertEquals(
                "it refers to proposals that are not in it",
                refused(GROUP.apply(PublicMessage.readMessage(referring))));
    }

    @Test
    void who_joins_proposes_nothing_else() throws MlsException {
        final var none = "not one ExternalInit from somebody who joins";
        assertEquals(none, refused(join(List.of(), path("eve"))));
        assertEquals(none, refused(join(List.of(EXTERNAL_INIT, EXTERNAL_INIT), path("eve"))));
        final var other = "proposals that somebody who joins may not make";
        assertEquals(other, refused(join(List.of(EXTERNAL_INIT, add("fay")), path("eve"))));
        assertEquals(other, refused(join(List.of(EXTERNAL_INIT, contextExtensions()), path("eve"))));
        assertEquals(
                "more than one Remove from somebody who joins",
                refused(join(List.of(EXTERNAL_INIT, remove(0), remove(2)), path("ada"))));
        assertEquals(
                "who joins removes another than himself, at leaf 2",
                refused(join(List.of(EXTERNAL_INIT, remove(2)), path("ada"))));
        assertEquals(
                "nobody is at leaf 1, which is to be removed",
                refused(join(List.of(EXTERNAL_INIT, remove(1)), path("eve"))));
    }

    @Test
    void nobody_is_in_a_group_twice() throws MlsException {
        assertEquals("the member at leaf 2 is there twice", refused(commit(0, List.of(add("bo")))));
        assertEquals("the member at leaf 4 is there twice", refused(commit(0, List.of(add("eve"), add("eve")))));
        assertEquals("the member at leaf 1 is there twice", refused(join(List.of(EXTERNAL_INIT), path("ada"))));
        final var sameKey = add(keyPackage(leafNode("eve", key("ada"), FROM_KEY_PACKAGE), NO_EXTENSIONS));
        assertEquals("the member at leaf 1 has another's key", refused(commit(0, List.of(sameKey))));
        assertEquals(
                "the member at leaf 2 has another's key",
                refused(commit(2, List.of(), path(leafNode("bo", key("ada"), FROM_COMMIT)))));
        final var again = applied(commit(0, List.of(add("bo"), remove(2)), path("ada")));
        assertEquals(List.of(seat(1, "bo")), again.added());
    }

    @Test
    void everybody_has_a_name_and_keeps_it() throws MlsException {
        assertEquals("the member at leaf 2 takes another name", refused(commit(2, List.of(), path("eve"))));
        final Consumer<Wire> certificates = wire -> wire.u16(2).vector(all -> all.vector("certificate"));
        final var nameless = add(keyPackage(leafNode(certificates, key("eve"), FROM_KEY_PACKAGE), NO_EXTENSIONS));
        assertEquals("a leaf node without a basic credential", refused(commit(0, List.of(nameless))));
    }

    @Test
    void what_is_no_commit_changes_nothing() throws MlsException {
        final Consumer<Wire> proposal = wire -> wire.u8(2).put(add("eve"));
        final var message = HandMade.publicMessage(HandMade.member(0), proposal, false, true);
        assertEquals("not a commit", refused(GROUP.apply(PublicMessage.readMessage(message))));
    }

    @Test
    void a_group_has_room_for_so_many() throws MlsException {
        final var members = new TreeMap<Integer, Member>();
        for (int leaf = 0; leaf < Roster.LEAVES_MAX; leaf++) {
            members.put(leaf, member("device " + leaf));
        }
        final var full = Roster.of(members);
        final var one = PublicMessage.readMessage(HandMade.memberCommit(0, List.of(add("eve")), Optional.empty()));
        assertEquals("more leaves than 4096", refused(full.apply(one)));
        members.put(Roster.LEAVES_MAX, member("one more"));
        assertThrows(IllegalArgumentException.class, () -> Roster.of(members));
        assertThrows(IllegalArgumentException.class, () -> Roster.of(new TreeMap<>()));
    }

    @Test
    void a_roster_is_as_it_was_made() {
        final var members = new TreeMap<>(Map.of(0, member("ada")));
        final var roster = Roster.of(members);
        members.put(1, member("bo"));
        assertEquals(Roster.of(member("ada")), roster);
        assertThrows(
                UnsupportedOperationException.class,
                () -> roster.membersByLeaf().clear());
    }
}
