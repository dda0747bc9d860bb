package io.parley.store.cassandra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class SettlementTest {
    private record Row(long seq, Stamp stamp) implements Settlement.Numbered {}

    private final List<Settlement.Numbered> passedOver = new ArrayList<>();

    private static Row row(final long seq, final long epoch, final long time) {
        return new Row(seq, new Stamp(epoch, time));
    }

    private List<Row> settled(final Row... rows) {
        final var settlement = new Settlement<Row>(passedOver::add);
        final var settled = new ArrayList<Row>();
        for (final var row : rows) {
            settlement.next(row).ifPresent(settled::add);
        }
        settlement.end().ifPresent(settled::add);
        return settled;
    }

    @Test
    void rows_of_one_writer_all_count() {
        assertEquals(3, settled(row(1, 1, 1), row(2, 1, 2), row(3, 1, 3)).size());
        assertEquals(List.of(), passedOver);
    }

    @Test
    void no_rows_settle_to_none() {
        assertEquals(List.of(), settled());
    }

    @Test
    void of_two_rows_with_one_number_the_later_owners_counts_whatever_the_clocks_say() {
        final var late = row(2, 4, 999); // its node's clock is far ahead
        final var owner = row(2, 5, 10);
        assertEquals(List.of(row(1, 4, 1), owner, row(3, 5, 11)), settled(row(1, 4, 1), owner, late, row(3, 5, 11)));
        assertEquals(List.of(late), passedOver);
    }

    @Test
    void what_a_former_owner_wrote_beyond_the_later_ones_end_does_not_count() {
        final var owner = row(2, 5, 10);
        assertEquals(
                List.of(row(1, 4, 1), owner), settled(row(1, 4, 1), row(2, 4, 2), owner, row(3, 4, 3), row(4, 4, 4)));
        assertEquals(3, passedOver.size());
    }

    @Test
    void a_row_that_a_later_owner_has_taken_over_stays() {
        assertEquals(2, settled(row(1, 4, 1), row(2, 4, 2)).size());
        assertEquals(3, settled(row(1, 4, 1), row(2, 4, 2), row(3, 6, 1)).size());
    }

    @Test
    void within_one_ownership_the_repetition_of_a_write_that_was_given_up_counts() {
        final var givenUp = row(2, 4, 20);
        final var repeated = row(2, 4, 30);
        assertEquals(
                List.of(row(1, 4, 10), repeated, row(3, 4, 31)),
                settled(row(1, 4, 10), givenUp, repeated, row(3, 4, 21), row(3, 4, 31)));
    }

    @Test
    void rows_must_ascend() {
        final var settlement = new Settlement<Row>(passedOver::add);
        settlement.next(row(2, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> settlement.next(row(1, 1, 1)));
    }

    @Test
    void what_stands_in_a_row_says_its_epoch() {
        assertEquals(0, Stamp.of(UUID.randomUUID().toString(), v1()).epoch());
        assertEquals(0, Stamp.of("", v1()).epoch());
        for (final long epoch : List.of(0L, 1L, 35L, 36L, 1_000_000L, Long.MAX_VALUE)) {
            assertEquals(epoch, Stamp.of(Stamp.writer(epoch), v1()).epoch());
        }
    }

    private static UUID v1() {
        return UUID.fromString("13814000-1dd2-11b2-8000-000000000000");
    }
}
