package io.parley.bench;

import static io.parley.bench.Numbers.Verdict.DOUBLED;
import static io.parley.bench.Numbers.Verdict.EARLY;
import static io.parley.bench.Numbers.Verdict.LATE;
import static io.parley.bench.Numbers.Verdict.NEXT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class NumbersTest {
    @Test
    void what_is_missing_doubled_or_late_is_told_apart() {
        final var numbers = new Numbers();
        final var verdicts =
                LongStream.of(1, 2, 5, 4, 4, 2, 6).mapToObj(numbers::arrived).toList();
        assertEquals(List.of(NEXT, NEXT, EARLY, LATE, DOUBLED, DOUBLED, NEXT), verdicts);
        assertEquals(1, numbers.missing());
        assertEquals(6, numbers.highest());
    }

    @Test
    void a_huge_gap_is_counted_without_being_remembered() {
        final var numbers = new Numbers();
        assertEquals(EARLY, numbers.arrived(1_000_000_000_001L));
        assertEquals(1_000_000_000_000L, numbers.missing());
    }
}
