package io.parley.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.history.Checker;
import io.parley.history.Report;
import io.parley.local.Lifetime;
import io.parley.local.LocalCluster;
import io.parley.local.LocalClusterSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Three nodes on three replicas, and everything that can happen to them once, in an order of its own each
/// time; what befalls replicas and clients together with what befalls nodes.
@Tag("slow")
@DisabledIfSystemProperty(named = "parley.cassandra.skip", matches = "true")
final class FaultTest {
    @Test
    void whatever_dies_sleeps_or_is_cut_off_nothing_acknowledged_is_lost_or_doubled_and_ticks_do_not_lie(
            @TempDir final Path directory) {
        final long seed = ThreadLocalRandom.current().nextLong();
        System.out.println("the order of faults follows from seed " + seed);
        final var settings =
                LocalClusterSettings.aside(3, 3).withBreakableNetwork().withNodes(FaultRun::tuned);
        try (var cluster = LocalCluster.start(directory, settings, Lifetime.WITH_THIS_JVM);
                var run = new FaultRun(cluster, seed, FaultTest::say)) {
            run.begin(new FaultRun.Crowd(6, 2, 15));
            run.letRun(50);
            for (final var together : pairs(new Random(seed))) {
                run.faults(together);
                run.letRun(30);
            }
            final var history = run.end();
            final var verdict = Checker.check(history);
            System.out.println(Report.of(history, verdict));
            assertTrue(verdict.holds(), () -> "seed " + seed + ": " + verdict.violations() + verdict.unjudged());
            assertEquals(List.of(), run.stuck(), () -> "seed " + seed);
        }
    }

    private static void say(final String line) {
        System.out.println(line);
    }

    private static List<List<Kind>> pairs(final Random random) {
        final var ofNodes = new ArrayList<>(Kind.of(Kind.Target.NODES));
        final var others = new ArrayList<>(Kind.of(Kind.Target.REPLICAS));
        others.addAll(Kind.of(Kind.Target.CLIENTS));
        Collections.shuffle(ofNodes, random);
        Collections.shuffle(others, random);
        final var pairs = new ArrayList<List<Kind>>();
        for (int i = 0; i < Math.max(ofNodes.size(), others.size()); i++) {
            final var pair = new ArrayList<Kind>();
            if (i < ofNodes.size()) {
                pair.add(ofNodes.get(i));
            }
            if (i < others.size()) {
                pair.add(others.get(i));
            }
            pairs.add(pair);
        }
        return pairs;
    }
}
