package io.parley.conversation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.content.Body;
import io.parley.content.JsonText;
import io.parley.content.MlsFraming;
import io.parley.content.Octets;
import io.parley.conversation.ConversationCommand.Commit;
import io.parley.conversation.ConversationCommand.CommitFiles;
import io.parley.conversation.ConversationCommand.Eligible;
import io.parley.conversation.ConversationCommand.Post;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import io.parley.mls.MlsException;
import io.parley.mls.MlsMember;
import io.parley.mls.PrivateMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The order of commits and messages, with commits that Bouncy Castle makes.
final class GroupRulesTest {
    private static final UserId ALICE = new UserId("alice");
    private static final UserId BOB = new UserId("bob");
    private static final ConversationId TALK = new ConversationId("alice~bob");
    private static final String GROUP = "alice~bob/1";
    private static final Octets HASH = Octets.of(new byte[32]);
    private static final long NOW = 1_772_366_400_123L;

    /// A linked and approved device.
    private record Phone(UserId user, DeviceId device, MlsMember mls, Octets identity) {
        Phone(final UserId user, final int number) {
            this(user, DeviceId.of(number), "uid-of-" + user + ":" + number + "@parley");
        }

        private Phone(final UserId user, final DeviceId device, final String identity) {
            this(user, device, new MlsMember(identity), Octets.of(identity.getBytes(StandardCharsets.UTF_8)));
        }

        Eligible eligible() {
            return new Eligible(user, device, identity, Octets.of(mls.signatureKey()));
        }
    }

    private final GroupRules rules = new GroupRules(TALK, Encryption.DEFAULT);
    private final Phone alice = new Phone(ALICE, 1);
    private final Phone alicesTablet = new Phone(ALICE, 2);
    private final Phone bob = new Phone(BOB, 3);
    private final Phone bobsLaptop = new Phone(BOB, 4);
    private final List<Eligible> eligible = new ArrayList<>();
    private Optional<Group> group = Optional.empty();
    private long seq;

    GroupRulesTest() {
        for (final var phone : List.of(alice, alicesTablet, bob, bobsLaptop)) {
            eligible.add(phone.eligible());
        }
    }

    private GroupRules.Judged judge(final Phone by, final byte[] commit, final boolean welcome) {
        return judge(by, commit, welcome, Optional.empty());
    }

    private GroupRules.Judged judge(
            final Phone by, final byte[] commit, final boolean welcome, final Optional<MlsFraming> replaces) {
        final var judged = rules.judge(
                group,
                new Commit(
                        TALK,
                        by.user(),
                        by.device(),
                        new MessageId("c"),
                        Octets.of(commit),
                        new CommitFiles(welcome ? Optional.of(HASH) : Optional.empty(), HASH, Optional.empty()),
                        true,
                        eligible,
                        replaces,
                        OptionalLong.empty(),
                        _ -> {}),
                NOW,
                1);
        if (judged instanceof GroupRules.Taken(final ConversationEvent.CommitPosted event)) {
            seq++;
            group = Optional.of(ConversationState.after(group, event, seq));
        }
        return judged;
    }

    private static ConversationEvent.CommitPosted taken(final GroupRules.Judged judged) {
        return assertInstanceOf(
                ConversationEvent.CommitPosted.class,
                assertInstanceOf(GroupRules.Taken.class, judged, judged::toString)
                        .event());
    }

    private static <R extends PostReply> R refused(final Class<R> how, final GroupRules.Judged judged) {
        return assertInstanceOf(
                how,
                assertInstanceOf(GroupRules.Refused.class, judged, judged::toString)
                        .why());
    }

    /// Alice begins a group with Bob.
    private void begin() {
        alice.mls().begins(GROUP);
        final var made = alice.mls().commits(List.of(bob.mls()), List.of());
        taken(judge(alice, made.commit(), true));
        alice.mls().merges(made);
        bob.mls().joins(made);
    }

    private Optional<PostReply> say(final Phone by, final byte[] message) {
        final var framing = framing(message);
        return rules.refusal(
                group, post(by, new Body("mls", new JsonText("{\"type\":\"mls\"}"), Optional.of(framing))));
    }

    private static MlsFraming framing(final byte[] message) {
        try {
            final var read = PrivateMessage.readMessage(message, 1 << 16);
            return new MlsFraming(Octets.of(read.groupId().toByteArray()), read.epoch());
        } catch (final MlsException broken) {
            throw new IllegalStateException(broken);
        }
    }

    private static Post post(final Phone by, final Body body) {
        return new Post(
                TALK,
                by.user(),
                by.device(),
                new MessageId("m"),
                body,
                Optional.empty(),
                List.of(),
                OptionalLong.empty(),
                _ -> {});
    }

    private static Post plain(final Phone by) {
        return post(by, new Body("text", new JsonText("{\"type\":\"text\",\"text\":\"hi\"}")));
    }

    // commits

    @Test
    void the_first_commit_begins_a_group_of_its_author_and_those_it_adds() {
        alice.mls().begins(GROUP);
        final var made = alice.mls().commits(List.of(alicesTablet.mls(), bob.mls()), List.of());
        final var event = taken(judge(alice, made.commit(), true));
        assertEquals(1, event.epoch());
        assertEquals(
                List.of(alicesTablet.device(), bob.device()),
                event.added().stream().map(Leaf::device).toList());
        assertEquals(
                List.of(alice.device(), alicesTablet.device(), bob.device()),
                group.orElseThrow().leaves().stream().map(Leaf::device).toList());
    }

    @Test
    void of_two_commits_of_one_epoch_the_first_counts_and_the_other_hears_where_the_group_is() {
        begin();
        final var first = alice.mls().commits(List.of(alicesTablet.mls()), List.of());
        final var second = bob.mls().commits(List.of(bobsLaptop.mls()), List.of());
        taken(judge(alice, first.commit(), true));
        final var conflict = refused(PostReply.OtherState.class, judge(bob, second.commit(), true));
        assertEquals(OptionalLong.of(2), conflict.epoch());
        assertEquals(2, conflict.seq());
        bob.mls().takes(first.commit());
        final var again = bob.mls().commits(List.of(bobsLaptop.mls()), List.of());
        assertEquals(3, taken(judge(bob, again.commit(), true)).epoch());
    }

    @Test
    void two_who_begin_at_once_end_in_one_group() {
        begin();
        bobsLaptop.mls().begins("alice~bob/other");
        final var late = bobsLaptop.mls().commits(List.of(alice.mls()), List.of());
        refused(PostReply.OtherState.class, judge(bobsLaptop, late.commit(), true));
        assertEquals(GROUP, new String(group.orElseThrow().id().toArray(), StandardCharsets.UTF_8));
    }

    @Test
    void a_group_that_is_stuck_is_replaced_by_who_says_which() {
        begin();
        bob.mls().begins("alice~bob/2");
        final var made = bob.mls().commits(List.of(alice.mls()), List.of());
        final var stands = new MlsFraming(group.orElseThrow().id(), 1);
        final var wrong = new MlsFraming(group.orElseThrow().id(), 0);
        refused(PostReply.OtherState.class, judge(bob, made.commit(), true, Optional.of(wrong)));
        taken(judge(bob, made.commit(), true, Optional.of(stands)));
        assertEquals(1, group.orElseThrow().epoch());
        assertEquals(
                List.of(bob.device(), alice.device()),
                group.orElseThrow().leaves().stream().map(Leaf::device).toList());
    }

    @Test
    void only_devices_that_are_linked_and_approved_come_in() {
        alice.mls().begins(GROUP);
        final var ghost = new Phone(BOB, 9);
        final var withGhost = alice.mls().commits(List.of(bob.mls(), ghost.mls()), List.of());
        refused(PostReply.NotAllowed.class, judge(alice, withGhost.commit(), true));
        final var impostor = new Phone(BOB, 3); // Bob's name, another key
        final var withImpostor = alice.mls().commits(List.of(impostor.mls()), List.of());
        refused(PostReply.NotAllowed.class, judge(alice, withImpostor.commit(), true));
        final var stranger = new Phone(new UserId("mallory"), 5);
        final var withStranger = alice.mls().commits(List.of(stranger.mls()), List.of());
        refused(PostReply.NotAllowed.class, judge(alice, withStranger.commit(), true));
        assertTrue(group.isEmpty());
    }

    @Test
    void nobody_commits_for_another() {
        begin();
        final var ofAlice = alice.mls().commits(List.of(alicesTablet.mls()), List.of());
        refused(PostReply.NotAllowed.class, judge(bob, ofAlice.commit(), true));
        refused(PostReply.NotAllowed.class, judge(alicesTablet, ofAlice.commit(), true));
    }

    @Test
    void who_is_not_approved_begins_nothing() {
        final var ghost = new Phone(ALICE, 9);
        ghost.mls().begins(GROUP);
        final var made = ghost.mls().commits(List.of(bob.mls()), List.of());
        refused(PostReply.NotAllowed.class, judge(ghost, made.commit(), true));
    }

    @Test
    void one_removes_ones_own_devices_and_others_only_when_they_are_unlinked() {
        begin();
        final var adds = alice.mls().commits(List.of(alicesTablet.mls(), bobsLaptop.mls()), List.of());
        taken(judge(alice, adds.commit(), true));
        alice.mls().merges(adds);
        final var ofBob = alice.mls().commits(List.of(), List.of(3));
        refused(PostReply.NotAllowed.class, judge(alice, ofBob.commit(), false));
        final var own = alice.mls().commits(List.of(), List.of(2));
        assertEquals(
                List.of(alicesTablet.device()),
                taken(judge(alice, own.commit(), false)).removed().stream()
                        .map(Leaf::device)
                        .toList());
        alice.mls().merges(own);
        eligible.remove(bobsLaptop.eligible());
        final var unlinked = alice.mls().commits(List.of(), List.of(3));
        assertEquals(
                List.of(bobsLaptop.device()),
                taken(judge(alice, unlinked.commit(), false)).removed().stream()
                        .map(Leaf::device)
                        .toList());
        assertEquals(
                List.of(alice.device(), bob.device()),
                group.orElseThrow().leaves().stream().map(Leaf::device).toList());
    }

    @Test
    void a_new_device_joins_by_itself_and_one_that_lost_its_state_comes_back() {
        begin();
        final var joins = bobsLaptop.mls().joinsBy(bob.mls(), Optional.empty());
        refused(PostReply.NotAllowed.class, judge(alicesTablet, joins.commit(), false)); // in another's name
        assertEquals(
                List.of(bobsLaptop.device()),
                taken(judge(bobsLaptop, joins.commit(), false)).added().stream()
                        .map(Leaf::device)
                        .toList());
        bobsLaptop.mls().merges(joins);
        final var again = new MlsMember(new String(bob.identity().toArray(), StandardCharsets.UTF_8));
        final var otherKey = new Phone(BOB, bob.device(), again, bob.identity());
        eligible.remove(bob.eligible());
        eligible.add(otherKey.eligible());
        final var returns = again.joinsBy(bobsLaptop.mls(), Optional.of(1));
        taken(judge(otherKey, returns.commit(), false));
        assertTrue(group.orElseThrow().leaf(BOB, bob.device()).isPresent());
    }

    @Test
    void a_welcome_must_be_there_for_who_is_added() {
        alice.mls().begins(GROUP);
        final var made = alice.mls().commits(List.of(bob.mls()), List.of());
        refused(PostReply.Wrong.class, judge(alice, made.commit(), false));
    }

    @Test
    void garbage_and_groups_of_other_conversations_are_refused() {
        refused(PostReply.Wrong.class, judge(alice, new byte[] {1, 2, 3}, true));
        alice.mls().begins("alice~carol/1");
        final var elsewhere = alice.mls().commits(List.of(bob.mls()), List.of());
        refused(PostReply.Wrong.class, judge(alice, elsewhere.commit(), true));
        alice.mls().begins("alice~bob/");
        final var nameless = alice.mls().commits(List.of(bob.mls()), List.of());
        refused(PostReply.Wrong.class, judge(alice, nameless.commit(), true));
        begin();
        refused(PostReply.Wrong.class, judge(alice, alice.mls().says("hi"), true));
    }

    @Test
    void what_the_next_epoch_names_too_is_kept() {
        begin();
        final var before = group.orElseThrow();
        taken(judge(bob, bob.mls().commits(List.of(), List.of()).commit(), false));
        final var after = group.orElseThrow();
        assertEquals(Set.of(), before.filesWithout(after)); // all commits here name the same upload
        final var other = new Group(after.id(), after.epoch(), 9, after.leaves(), after.id(), Optional.of(HASH));
        assertEquals(Set.of(), before.filesWithout(other));
        assertEquals(Set.of(after.id()), other.filesWithout(after));
    }

    @Test
    void a_snapshot_keeps_the_group() {
        final var state = new ConversationState(TALK);
        alice.mls().begins(GROUP);
        final var made = alice.mls().commits(List.of(bob.mls()), List.of());
        state.apply(taken(judge(alice, made.commit(), true)));
        assertEquals(group, state.group());
        assertEquals(group, ConversationState.restored(TALK, state.snapshot()).group());
    }

    // messages

    @Test
    void messages_of_the_present_epoch_and_two_before_are_taken() {
        begin();
        final var messages = new ArrayList<byte[]>();
        messages.add(alice.mls().says("1"));
        for (int i = 0; i < 3; i++) {
            final var renewal = bob.mls().commits(List.of(), List.of());
            taken(judge(bob, renewal.commit(), false));
            bob.mls().merges(renewal);
            alice.mls().takes(renewal.commit());
            messages.add(alice.mls().says("more"));
        }
        assertEquals(4, group.orElseThrow().epoch());
        final var conflict = assertInstanceOf(
                PostReply.OtherState.class, say(alice, messages.getFirst()).orElseThrow());
        assertEquals(OptionalLong.of(4), conflict.epoch());
        for (final var message : messages.subList(1, 4)) {
            assertEquals(Optional.empty(), say(alice, message));
        }
    }

    @Test
    void an_encrypted_conversation_refuses_plaintext_and_one_without_a_group_takes_nothing_encrypted() {
        assertEquals(Optional.empty(), rules.refusal(group, plain(alice)));
        begin();
        assertInstanceOf(
                PostReply.OtherState.class, rules.refusal(group, plain(alice)).orElseThrow());
        final var message = alice.mls().says("hi");
        group = Optional.empty();
        assertInstanceOf(PostReply.OtherState.class, say(alice, message).orElseThrow());
    }

    @Test
    void who_is_not_in_the_group_says_nothing_there() {
        begin();
        assertInstanceOf(
                PostReply.NotAllowed.class,
                say(alicesTablet, alice.mls().says("hi")).orElseThrow());
    }

    @Test
    void a_message_from_before_its_sender_came_back_is_to_be_encrypted_again() {
        begin();
        final var before = bob.mls().says("from before");
        final var again = new MlsMember(new String(bob.identity().toArray(), StandardCharsets.UTF_8));
        final var returned = new Phone(BOB, bob.device(), again, bob.identity());
        eligible.remove(bob.eligible());
        eligible.add(returned.eligible());
        final var adds = alice.mls().commits(List.of(alicesTablet.mls()), List.of());
        taken(judge(alice, adds.commit(), true));
        alice.mls().merges(adds);
        final var returns = again.joinsBy(alice.mls(), Optional.of(1));
        taken(judge(returned, returns.commit(), false));
        assertInstanceOf(PostReply.OtherState.class, say(returned, before).orElseThrow());
        again.merges(returns);
        assertEquals(Optional.empty(), say(returned, again.says("from after")));
    }

    /// Of four the third was removed, and the fourth has lost its state.
    @Test
    void a_rejoin_that_clients_would_take_wrongly_is_refused_until_another_has_removed_the_old_leaf() {
        begin();
        final var adds = alice.mls().commits(List.of(alicesTablet.mls(), bobsLaptop.mls()), List.of());
        taken(judge(alice, adds.commit(), true));
        alice.mls().merges(adds);
        final var removes = alice.mls().commits(List.of(), List.of(2));
        taken(judge(alice, removes.commit(), false));
        alice.mls().merges(removes);
        final var again = new MlsMember(new String(bobsLaptop.identity().toArray(), StandardCharsets.UTF_8));
        final var returned = new Phone(BOB, bobsLaptop.device(), again, bobsLaptop.identity());
        eligible.remove(bobsLaptop.eligible());
        eligible.add(returned.eligible());
        final var spoils = again.joinsBy(alice.mls(), Optional.of(3));
        refused(PostReply.NotAllowed.class, judge(returned, spoils.commit(), false));
        final var takesAway = alice.mls().commits(List.of(), List.of(3));
        taken(judge(alice, takesAway.commit(), false));
        alice.mls().merges(takesAway);
        taken(judge(returned, again.joinsBy(alice.mls(), Optional.empty()).commit(), false));
    }

    @Test
    void an_operator_may_want_encryption_always_or_never() {
        final var always = new GroupRules(TALK, Encryption.REQUIRED);
        assertInstanceOf(
                PostReply.NotAllowed.class,
                always.refusal(Optional.empty(), plain(alice)).orElseThrow());
        alice.mls().begins(GROUP);
        final var made = alice.mls().commits(List.of(bob.mls()), List.of());
        final var commit = new Commit(
                TALK,
                ALICE,
                alice.device(),
                new MessageId("c"),
                Octets.of(made.commit()),
                new CommitFiles(Optional.of(HASH), HASH, Optional.empty()),
                true,
                eligible,
                Optional.empty(),
                OptionalLong.empty(),
                _ -> {});
        refused(
                PostReply.NotAllowed.class,
                new GroupRules(TALK, Encryption.OFF).judge(Optional.empty(), commit, NOW, 1));
        taken(always.judge(Optional.empty(), commit, NOW, 1));
    }
}
