package io.parley.store.cassandra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class FencingSimulationTest {
    private static final long HISTORIES = 20_000;

    @Test
    void what_was_acknowledged_is_in_the_log_once_whoever_slept_and_woke_and_whatever_the_clocks_say() {
        for (long seed = 0; seed < HISTORIES; seed++) {
            assertEquals(
                    Optional.empty(), FencingSimulation.play(seed, FencingSimulation.Without.NOTHING), "seed " + seed);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NOTHING")
    void each_rule_is_needed(final FencingSimulation.Without rule) {
        assertTrue(
                LongStream.range(0, HISTORIES)
                        .anyMatch(seed -> FencingSimulation.play(seed, rule).isPresent()),
                "nothing goes wrong without " + rule);
    }
}
