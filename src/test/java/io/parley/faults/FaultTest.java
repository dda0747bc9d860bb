package io.parley.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.history.Checker;
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
/// time.
@Tag("slow")
@DisabledIfSystemProperty(named = "parley.cassandra.skip", matches = "true")
final class FaultTest {
    @Test
    void whatever_dies_sleeps_or_leaves_nothing_acknowledged_is_lost_or_doubled_and_ticks_do_not_lie(
            @TempDir final Path directory) {
        final long seed = ThreadLocalRandom.current().nextLong();
        System.out.println("the order of faults follows from seed " + seed);
        final var settings = LocalClusterSettings.aside(3, 3).withNodes(FaultRun::tuned);
        try (var cluster = LocalCluster.start(directory, settings, Lifetime.WITH_THIS_JVM);
                var run = new FaultRun(cluster, seed, FaultTest::say)) {
            run.begin(new FaultRun.Crowd(6, 2, 40));
            run.letRun(200);
            final var kinds = new ArrayList<>(List.of(Kind.values()));
            Collections.shuffle(kinds, new Random(seed));
            for (final var kind : kinds) {
                run.fault(kind);
                run.letRun(50);
            }
            final var verdict = Checker.check(run.end());
            System.out.println(verdict);
            assertTrue(verdict.holds(), () -> "seed " + seed + ": " + verdict.violations() + verdict.unjudged());
        }
    }

    private static void say(final String line) {
        System.out.println(line);
    }
}
