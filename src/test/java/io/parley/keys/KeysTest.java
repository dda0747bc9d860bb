package io.parley.keys;

import static io.parley.keys.KeysFixtures.ADA;
import static io.parley.keys.KeysFixtures.ALL;
import static io.parley.keys.KeysFixtures.BO;
import static io.parley.keys.KeysFixtures.BOS;
import static io.parley.keys.KeysFixtures.NOON;
import static io.parley.keys.KeysFixtures.PHONE;
import static io.parley.keys.KeysFixtures.UID;
import static io.parley.keys.KeysFixtures.identity;
import static io.parley.keys.KeysFixtures.keyPackages;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.cluster.ActorReplyTo;
import io.parley.cluster.Counters;
import io.parley.cluster.MembershipLease;
import io.parley.cluster.ReplyTo;
import io.parley.id.UserId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.testkit.javadsl.PersistenceTestKit;
import org.apache.pekko.persistence.testkit.javadsl.SnapshotTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The keeper of a person's keys on a journal in memory, started again and again.
final class KeysTest {
    private static final ActorTestKit KIT = ActorTestKit.create(KeysFixtures.config());
    private static final PersistenceTestKit JOURNAL = PersistenceTestKit.create(KIT.system());
    private static final SnapshotTestKit SNAPSHOTS = SnapshotTestKit.create(KIT.system());
    private static final String ID = "keys|ada";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Signer identity = new Signer();
    private final Signer phone = new Signer();
    private final List<Notice> notices = new CopyOnWriteArrayList<>();
    private final Counters counters = new Counters();
    private volatile boolean lease = true;

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    @BeforeEach
    void empty() {
        JOURNAL.clearAll();
        SNAPSHOTS.clearAll();
    }

    @Test
    void keys_are_there_after_a_restart_and_a_claim_said_again_is_answered_the_same() {
        final var keeper = start();
        assertInstanceOf(KeysReply.Published.class, publish(keeper));
        stockUp(keeper, 0, 100);
        final var claimed = claim(keeper, "c-1");
        KIT.stop(keeper, PATIENCE);
        final var again = start();
        assertEquals(claimed, claim(again, "c-1"));
        assertTrue(!claimed.equals(claim(again, "c-2")));
        KIT.stop(again, PATIENCE);
    }

    @Test
    void a_restart_from_a_snapshot_is_a_restart_from_the_events() {
        final var keeper = start();
        publish(keeper);
        stockUp(keeper, 0, 100);
        final var claimed = new ArrayList<KeysReply>();
        for (int i = 0; i < 19; i++) {
            claimed.add(claim(keeper, "c-" + i));
        }
        for (int i = 0; i < 60; i++) { // past the next snapshot
            final var claimer = new UserId("user" + i);
            this.<KeysReply.ToClaim>ask(
                    keeper, replyTo -> new KeysCommand.Claim(ADA, "x", claimer, BOS, ALL, List.of(), replyTo));
        }
        assertTrue(SNAPSHOTS.persistedInStorage(ID).size() > 0);
        KIT.stop(keeper, PATIENCE);
        final var again = start();
        for (int i = 0; i < 19; i++) {
            assertEquals(packages(claimed.get(i)), packages(claim(again, "c-" + i)));
        }
        KIT.stop(again, PATIENCE);
    }

    @Test
    void a_write_that_fails_is_refused_and_nothing_is_taken() {
        final var keeper = start();
        publish(keeper);
        stockUp(keeper, 0, 3);
        JOURNAL.failNextPersisted(ID);
        assertEquals(new KeysReply.NotNow(ADA), claim(keeper, "c-1"));
        assertEquals(1L, counters.all().get("keys_write_failed"));
        final var own = this.<KeysReply.ToOwn>ask(keeper, replyTo -> new KeysCommand.AskOwn(ADA, PHONE, replyTo));
        assertEquals(3, assertInstanceOf(KeysReply.Own.class, own).left());
        KIT.stop(keeper, PATIENCE);
    }

    @Test
    void without_the_lease_nothing_is_written_or_told() {
        final var keeper = start();
        publish(keeper);
        lease = false;
        assertEquals(new KeysReply.NotNow(ADA), claim(keeper, "c-1"));
        KIT.createTestProbe().expectTerminated(keeper, PATIENCE);
        assertEquals(1L, counters.all().get("keys_lease_lost"));
    }

    @Test
    void the_devices_hear_of_what_is_stored() {
        final var keeper = start();
        publish(keeper);
        KIT.createTestProbe()
                .awaitAssert(
                        PATIENCE,
                        () -> { // it is told after the answer
                            assertEquals(List.of(new Notice.Changed(3)), notices);
                            return notices;
                        });
        KIT.stop(keeper, PATIENCE);
    }

    @Test
    void what_changes_nothing_here_is_told_without_a_write() {
        final var keeper = start();
        publish(keeper);
        final int stored = JOURNAL.persistedInStorage(ID).size();
        final var told = this.<KeysReply.ToUnlink>ask(keeper, replyTo -> new KeysCommand.Unlink(ADA, ALL, replyTo));
        assertEquals(new KeysReply.Made(ADA), told);
        KIT.createTestProbe().awaitAssert(PATIENCE, () -> {
            assertEquals(List.of(new Notice.Changed(3), new Notice.Changed(3)), notices);
            return notices;
        });
        assertEquals(stored, JOURNAL.persistedInStorage(ID).size());
        KIT.stop(keeper, PATIENCE);
    }

    @Test
    void of_a_deleted_account_nothing_stays_in_the_journal() {
        final var keeper = start();
        publish(keeper);
        stockUp(keeper, 0, 5);
        final var erased = this.<KeysReply.ToErase>ask(keeper, replyTo -> new KeysCommand.Erase(ADA, replyTo));
        assertEquals(new KeysReply.Made(ADA), erased);
        final var probe = KIT.createTestProbe();
        probe.awaitAssert(PATIENCE, () -> {
            final var left = JOURNAL.persistedInStorage(ID);
            assertEquals(
                    List.of(KeysEvent.Erased.class),
                    left.stream().map(Object::getClass).toList());
            return left;
        });
        KIT.stop(keeper, PATIENCE);
        final var again = start();
        assertEquals(new KeysReply.NotNow(ADA), publish(again));
        KIT.stop(again, PATIENCE);
    }

    private ActorRef<KeysCommand> start() {
        return KIT.spawn(Keys.create(
                ADA, new Keys.Shared((_, notice) -> notices.add(notice), leaseOfTest(), counters, () -> NOON)));
    }

    private MembershipLease leaseOfTest() {
        return () -> lease;
    }

    private KeysReply publish(final ActorRef<KeysCommand> keeper) {
        return this.<KeysReply.ToPublish>ask(
                keeper,
                replyTo -> new KeysCommand.Publish(
                        ADA,
                        UID,
                        PHONE,
                        2,
                        ALL,
                        phone.key(),
                        identity(identity, PHONE, phone.key(), false),
                        Optional.empty(),
                        replyTo));
    }

    private void stockUp(final ActorRef<KeysCommand> keeper, final int first, final int count) {
        final var stocked = this.<KeysReply.ToStock>ask(
                keeper,
                replyTo -> new KeysCommand.StockUp(
                        ADA, PHONE, phone.key(), keyPackages(first, count), Optional.empty(), replyTo));
        assertInstanceOf(KeysReply.Stock.class, stocked);
    }

    private KeysReply claim(final ActorRef<KeysCommand> keeper, final String id) {
        return this.<KeysReply.ToClaim>ask(
                keeper, replyTo -> new KeysCommand.Claim(ADA, id, BO, BOS, ALL, List.of(), replyTo));
    }

    private static List<KeysReply.Given> packages(final KeysReply reply) {
        return assertInstanceOf(KeysReply.Claimed.class, reply).packages();
    }

    private <R extends KeysReply> R ask(
            final ActorRef<KeysCommand> keeper, final Function<ReplyTo<R>, KeysCommand> command) {
        final var probe = KIT.<Object>createTestProbe();
        keeper.tell(command.apply(new ActorReplyTo<>(probe.ref().narrow())));
        @SuppressWarnings("unchecked") // the command says what it is answered with
        final R reply = (R) probe.receiveMessage(PATIENCE);
        return reply;
    }
}
