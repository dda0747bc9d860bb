package io.parley.store.cassandra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.store.Checksum;
import io.parley.store.cassandra.MoveDecision.Begin;
import io.parley.store.cassandra.MoveDecision.Compare;
import io.parley.store.cassandra.MoveDecision.Done;
import io.parley.store.cassandra.MoveDecision.Found;
import io.parley.store.cassandra.MoveDecision.GoOn;
import io.parley.store.cassandra.MoveDecision.Refuse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What a move does with what it finds, and what it says.
final class MoveDecisionTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Move HALF = Move.begin("ours", NOW, 100).at(new Move.Place("user|b", 7, 0), 50);
    private static final Move WHOLE =
            HALF.at(new Move.Place("user|z", 9, 3), 100).finished(NOW);

    private static MoveDecision move(final Optional<Move> move, final boolean inUse, final boolean nodeWrote) {
        return MoveDecision.of(new Found(move, inUse, nodeWrote), "ours", false);
    }

    private static MoveDecision compare(final Optional<Move> move, final boolean nodeWrote) {
        return MoveDecision.of(new Found(move, true, nodeWrote), "ours", true);
    }

    @Test
    void only_an_empty_keyspace_is_begun_with() {
        assertEquals(new Begin(), move(Optional.empty(), false, false));
        assertInstanceOf(Refuse.class, move(Optional.empty(), true, false));
        assertInstanceOf(Refuse.class, move(Optional.empty(), false, true));
    }

    @Test
    void what_was_begun_with_this_directory_goes_on() {
        assertEquals(new GoOn(HALF), move(Optional.of(HALF), true, false));
        assertEquals(new GoOn(HALF), move(Optional.of(HALF), false, false));
    }

    @Test
    void what_was_begun_with_another_directory_is_not_mixed_with_this_one() {
        final var other = Move.begin("other", NOW, 3);
        assertInstanceOf(Refuse.class, move(Optional.of(other), true, false));
        assertInstanceOf(Refuse.class, move(Optional.of(other.finished(NOW)), true, false));
        assertInstanceOf(Refuse.class, compare(Optional.of(other.finished(NOW)), false));
    }

    @Test
    void what_is_done_is_done_also_when_nodes_have_gone_on_with_it() {
        assertEquals(new Done(NOW), move(Optional.of(WHOLE), true, false));
        assertEquals(new Done(NOW), move(Optional.of(WHOLE), true, true));
        assertInstanceOf(Refuse.class, move(Optional.of(HALF), true, true));
    }

    @Test
    void compared_is_only_what_is_finished_and_as_it_was() {
        assertEquals(new Compare(WHOLE), compare(Optional.of(WHOLE), false));
        assertInstanceOf(Refuse.class, compare(Optional.of(WHOLE), true));
        assertInstanceOf(Refuse.class, compare(Optional.of(HALF), false));
        assertInstanceOf(Refuse.class, compare(Optional.empty(), false));
    }

    @Test
    void a_move_goes_on_behind_what_is_stored_of_its_entity_and_at_the_beginning_of_all_others() {
        assertEquals(8, HALF.at().next("user|b"));
        assertEquals(1, HALF.at().next("user|c"));
        assertEquals(1, Move.Place.BEGIN.next("user|b"));
        assertEquals(new Move.Place("user|b", 7, 5), HALF.at().blob(5));
        assertEquals(new Move.Place("user|c", 1, 5), HALF.at().blob(5).entity("user|c", 1));
    }

    @Test
    void a_moved_row_is_the_log_of_whoever_takes_over_first() {
        assertEquals(Term.NONE, Writer.parse(Writer.UNKNOWN.text()).term());
        assertEquals(Term.NONE, Writer.parse(Writer.UNKNOWN.text()).before());
    }

    @Test
    void a_checksum_tells_apart_whatever_differs() {
        final var sum = sum(1, 7, "m", "abc");
        assertEquals(sum, sum(1, 7, "m", "abc"));
        assertEquals(3, sum.bytes());
        assertNotEquals(sum, sum(2, 7, "m", "abc"));
        assertNotEquals(sum, sum(1, 8, "m", "abc"));
        assertNotEquals(sum, sum(1, 7, "n", "abc"));
        assertNotEquals(sum, sum(1, 7, "m", "abd"));
        assertNotEquals(sum, sum(1, 7, "ma", "bc"));
    }

    private static Checksum.Sum sum(final long seq, final int serializer, final String manifest, final String text) {
        final var checksum = new Checksum();
        checksum.add(seq, serializer, manifest, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        return checksum.sum();
    }

    @Test
    void sets_of_keys_are_the_same_in_any_order_and_else_not() {
        final var one = new MovedCheck.Keys();
        one.add("a", 1);
        one.add("b", 2);
        final var other = new MovedCheck.Keys();
        other.add("b", 2);
        assertTrue(!one.isSame(other));
        other.add("a", 1);
        assertTrue(one.isSame(other));
        final var third = new MovedCheck.Keys();
        third.add("a", 2);
        third.add("b", 1);
        assertTrue(!one.isSame(third));
    }

    @Test
    void progress_counts_from_where_this_run_began() {
        assertEquals(
                "moved 3,000 of 10,000 events (30 %), 500/s, about 14 s left",
                MoveLines.progress("moved", 3_000, 10_000, 1_000, Duration.ofSeconds(4)));
        assertEquals(
                "moved 1,000 of 10,000 events (10 %), 0/s",
                MoveLines.progress("moved", 1_000, 10_000, 1_000, Duration.ofSeconds(4)));
        assertEquals("compared 0 of 0 events (100 %), 0/s", MoveLines.progress("compared", 0, 0, 0, Duration.ZERO));
    }
}
