package io.parley.store.cassandra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class LineageTest {
    private static final Term A = new Term(1, 1);
    private static final Term B = new Term(2, 1);
    private static final Term C = new Term(3, 1);

    private record Row(long seq, Writer writer) implements Lineage.Row {}

    private static Row row(final long seq, final Term by) {
        return new Row(seq, new Writer(by, Optional.empty()));
    }

    private static Row row(final long seq, final Term by, final Term after) {
        return new Row(seq, new Writer(by, Optional.of(after)));
    }

    private static List<Row> log(final Seal seal, final Row... rows) {
        return Lineage.resolve(List.of(rows), seal).log();
    }

    @Test
    void rows_of_one_writer_are_the_log() {
        final var rows = new Row[] {row(1, A, Term.NONE), row(2, A), row(3, A)};
        assertEquals(List.of(rows), log(Seal.NONE, rows));
        assertEquals(List.of(), log(Seal.NONE));
    }

    @Test
    void rows_that_were_moved_here_are_the_log_and_others_follow_them() {
        final var rows = new Row[] {row(1, Term.NONE), row(2, Term.NONE), row(3, A, Term.NONE), row(4, A)};
        assertEquals(List.of(rows), log(new Seal(A, 2, Term.NONE), rows));
    }

    @Test
    void of_two_behind_the_same_row_the_later_owners_is_the_log() {
        final var a = row(1, A, Term.NONE);
        final var late = row(2, A);
        final var b = row(2, B, A);
        assertEquals(List.of(a, b), log(new Seal(B, 1, A), a, late, b));
        assertEquals(List.of(a, b), log(new Seal(B, 1, A), a, b, late, row(3, A)));
    }

    @Test
    void what_a_later_owner_has_found_stays_whatever_an_owner_in_between_wrote() {
        final var one = row(1, A, Term.NONE);
        final var two = row(2, A);
        final var between = row(1, B, Term.NONE);
        assertEquals(List.of(one, two), log(new Seal(C, 2, A), between, one, two));
        final var three = row(3, C, A);
        assertEquals(List.of(one, two, three), log(new Seal(C, 2, A), one, between, two, row(2, B), three));
    }

    @Test
    void what_stands_behind_the_end_that_a_later_owner_has_found_does_not_lengthen_it() {
        final var one = row(1, A, Term.NONE);
        assertEquals(List.of(one), log(new Seal(C, 1, A), one, row(2, A), row(2, B, A)));
    }

    @Test
    void behind_a_snapshot_the_log_begins_with_the_row_under_it() {
        final var rows = new Row[] {row(10, A), row(11, B, A), row(12, B)};
        assertEquals(List.of(rows), log(new Seal(B, 10, A), rows));
        assertEquals(List.of(rows), log(new Seal(A, 4, A), rows));
    }

    @Test
    void a_row_that_an_owner_has_found_and_that_is_missing_is_damage() {
        assertThrows(
                Lineage.Damaged.class, () -> log(new Seal(B, 3, A), row(1, A, Term.NONE), row(3, A), row(4, B, A)));
    }

    @Test
    void a_gap_behind_the_seal_is_damage_and_not_an_end() {
        assertThrows(Lineage.Damaged.class, () -> log(new Seal(B, 1, A), row(1, A, Term.NONE), row(3, B)));
        assertThrows(Lineage.Damaged.class, () -> log(Seal.NONE, row(1, A, Term.NONE), row(3, A)));
    }

    @Test
    void what_is_stored_of_a_writer_reads_back_and_anything_else_is_nobody() {
        for (final var writer : List.of(
                new Writer(new Term(1, 1), Optional.empty()),
                new Writer(new Term(1_000_000, 4_000_000_000L), Optional.of(new Term(36, 35))),
                new Writer(new Term(7, 2), Optional.of(Term.NONE)))) {
            assertEquals(writer, Writer.parse(writer.text()));
        }
        for (final var other :
                List.of("", "e", "e1", "e.", "x1.1", UUID.randomUUID().toString(), "e1.1<", "e-1.1")) {
            assertEquals(Writer.UNKNOWN, Writer.parse(other), other);
        }
    }
}
