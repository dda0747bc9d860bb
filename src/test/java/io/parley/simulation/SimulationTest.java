package io.parley.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Histories of the delivery protocol under loss, reordering, repeats and crashes: the production decisions
/// keep the promises, and none of the protocol's rules can be left out without the judge seeing it.
///
/// A failure names its seed; `mvn -q test-compile exec:exec@simulate -Dseed=…` tells that history whole.
class SimulationTest {
    private static final int TAIL = 120;

    /// Other seeds than usual, with `-Dparley.simulation.from=…`.
    private static final long FROM = Long.getLong("parley.simulation.from", 1);

    /// How many after the first thousand: more than the rarest [Variant] needs, 4,363. For a long run
    /// `-Dparley.simulation.more=…`.
    private static final int MORE = Integer.getInteger("parley.simulation.more", 5_000);

    /// Several times what the rarest needs.
    private static final int VARIANT_HISTORIES_MAX = 60_000;

    @Test
    void nothing_acknowledged_is_lost_repeated_or_out_of_order_in_a_thousand_histories() {
        judge(FROM, 1_000);
    }

    @Test
    @Tag("slow")
    void nothing_acknowledged_is_lost_repeated_or_out_of_order_in_thousands_more() {
        judge(FROM + 1_000, MORE);
    }

    @Test
    void who_is_deleted_stays_away_and_nobody_else_loses_anything_in_a_thousand_histories() {
        judge(FROM, 1_000, Simulation::runDeleting);
    }

    @Test
    @Tag("slow")
    void who_is_deleted_stays_away_and_nobody_else_loses_anything_in_thousands_more() {
        judge(FROM + 1_000, MORE / 2, Simulation::runDeleting);
    }

    @Test
    void the_same_seed_is_the_same_history() {
        for (long seed = FROM; seed < FROM + 5; seed++) {
            assertEquals(
                    Simulation.run(seed, Variant.NONE, true).trace(),
                    Simulation.run(seed, Variant.NONE, true).trace());
        }
    }

    @ParameterizedTest
    @Tag("slow")
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void no_rule_of_the_protocol_can_be_left_out_unnoticed(final Variant variant) {
        int histories = 1;
        while (Simulation.run(histories, variant, false).violation().isEmpty()) {
            histories++;
            assertTrue(histories <= VARIANT_HISTORIES_MAX, variant + " is not found in " + histories + " histories");
        }
        assertEquals(
                Optional.empty(),
                Simulation.run(histories, Variant.NONE, false).violation(),
                "seed " + histories + " is no proof: it fails without the variant too");
        System.out.println(variant + " is found after " + histories + " histories");
    }

    /// A history by its seed, told whole or only judged.
    private interface History {
        Simulation.Outcome run(long seed, boolean tracing);
    }

    private static void judge(final long from, final int count) {
        judge(from, count, (seed, tracing) -> Simulation.run(seed, Variant.NONE, tracing));
    }

    private static void judge(final long from, final int count, final History history) {
        for (long seed = from; seed < from + count; seed++) {
            if (history.run(seed, false).violation().isPresent()) {
                final var outcome = history.run(seed, true);
                final List<String> trace = outcome.trace();
                fail("seed " + seed + ": " + outcome.violation().orElse("only without a trace") + "\n"
                        + String.join("\n", trace.subList(Math.max(0, trace.size() - TAIL), trace.size())));
            }
        }
    }
}
