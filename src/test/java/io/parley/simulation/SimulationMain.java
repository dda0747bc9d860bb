package io.parley.simulation;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Runs histories by hand: `-Dseed=7` one of them with its whole story, `-Dcount=1000000` many (from `-Dseed`
/// on, or 1), `-Dvariant=…` with one rule of the protocol dropped ([Variant]; `ALL` tries every one),
/// `-Ddeleting=true` with accounts that get deleted.
final class SimulationMain {
    private SimulationMain() {}

    public static void main(final String[] arguments) {
        final long from = Long.getLong("seed", 1);
        final long count = Long.getLong("count", 0);
        final var variant = System.getProperty("variant", "NONE");
        if (variant.equals("ALL") || variant.contains(",")) {
            variants(
                    variant.equals("ALL")
                            ? List.of(Variant.values())
                            : Arrays.stream(variant.split(","))
                                    .map(Variant::valueOf)
                                    .toList(),
                    from,
                    count == 0 ? 20_000 : count);
        } else if (count == 0) {
            final var outcome = run(from, Variant.valueOf(variant), true);
            outcome.trace().forEach(System.out::println);
            System.out.println(outcome.violation().orElse("all is well"));
        } else {
            many(from, count, Variant.valueOf(variant));
        }
    }

    private static Simulation.Outcome run(final long seed, final Variant variant, final boolean tracing) {
        return Boolean.getBoolean("deleting")
                ? Simulation.runDeleting(seed, tracing)
                : Simulation.run(seed, variant, tracing);
    }

    private static void many(final long from, final long count, final Variant variant) {
        final var kinds = new HashMap<String, Integer>();
        final long started = System.nanoTime();
        long events = 0;
        for (long seed = from; seed < from + count; seed++) {
            final var outcome = run(seed, variant, false);
            events += outcome.events();
            if (outcome.violation().isPresent()) {
                final var what = outcome.violation().get();
                if (kinds.merge(what.replaceAll("[0-9]+", "N").replaceAll("ann|bob|cid", "X"), 1, Integer::sum) == 1) {
                    System.out.println("seed " + seed + ": " + what);
                }
            }
        }
        final double seconds = (System.nanoTime() - started) / 1e9;
        System.out.printf(
                "%d histories of %d events each on average, %.0f a second%n", count, events / count, count / seconds);
        kinds.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .limit(30)
                .forEach(kind -> System.out.println(kind.getValue() + "  " + kind.getKey()));
    }

    private static void variants(final List<Variant> chosen, final long from, final long count) {
        for (final var variant : chosen) {
            final long started = System.nanoTime();
            long seed = from;
            var outcome = Simulation.run(seed, variant, false);
            while (outcome.violation().isEmpty() && seed < from + count) {
                outcome = Simulation.run(++seed, variant, false);
            }
            System.out.printf(
                    "%-36s %s after %d histories, %d ms: %s%n",
                    variant,
                    outcome.violation().isPresent() ? "found" : "NOT FOUND",
                    seed - from + 1,
                    (System.nanoTime() - started) / 1_000_000,
                    outcome.violation().orElse("-"));
        }
    }
}
