package io.parley.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Random histories of a correct server are never accused; with one lie in them, they always are.
final class CheckerPropertyTest {
    private static final int SEEDS = 400;
    private static final int STEPS = 600;

    @Test
    void a_correct_server_is_never_accused() {
        long received = 0;
        long indeterminate = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            final var verdict = Checker.check(ModelRun.of(seed, STEPS));
            assertEquals(List.of(), verdict.violations(), "seed " + seed);
            assertTrue(verdict.holds(), "seed " + seed + ": " + verdict.unjudged());
            received += verdict.received();
            indeterminate += verdict.indeterminate();
        }
        assertTrue(received > 20_000 && indeterminate > 10, received + " received, " + indeterminate + " undecided");
    }

    @Test
    void any_single_lie_is_found() {
        final Map<Lie, Integer> told = new EnumMap<>(Lie.class);
        for (long seed = 1; seed <= SEEDS; seed++) {
            final var history = ModelRun.of(seed, STEPS);
            for (final var lie : Lie.values()) {
                final var lied = lie.tell(history, new Random(seed));
                if (lied.isPresent()) {
                    told.merge(lie, 1, Integer::sum);
                    final var verdict = Checker.check(lied.get());
                    final long count = verdict.violationCount();
                    assertTrue(count > 0, "seed " + seed + ": " + lie + " is not found");
                }
            }
        }
        for (final var lie : Lie.values()) {
            assertTrue(told.getOrDefault(lie, 0) > SEEDS / 10, lie + " was told only " + told.get(lie) + " times");
        }
    }
}
