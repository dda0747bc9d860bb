package io.parley.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.local.Lifetime;
import io.parley.local.LocalCluster;
import io.parley.local.LocalClusterSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Three nodes on three replicas, and everything that can happen to them once; what befalls replicas and
/// clients together with what befalls nodes. Always in the same order, so that a failure here is of what was
/// changed; [FaultMain] goes through others.
@Tag("slow")
@DisabledIfSystemProperty(named = "parley.cassandra.skip", matches = "true")
@Order(1)
final class FaultTest {
    private static final long SEED = -2_120_003_710_730_793_474L;

    @Test
    void whatever_dies_sleeps_or_is_cut_off_nothing_acknowledged_is_lost_or_doubled_and_ticks_do_not_lie(
            @TempDir final Path directory) {
        final var settings =
                LocalClusterSettings.aside(3, 3).withBreakableNetwork().withNodes(FaultRun::tuned);
        try (var cluster = LocalCluster.start(directory, settings, Lifetime.WITH_THIS_JVM);
                var run = new FaultRun(cluster, SEED, FaultTest::say)) {
            run.begin(new FaultRun.Crowd(6, 2, 15));
            run.letRun(50);
            for (final var together : pairs(new Random(SEED))) {
                run.faults(together);
                run.letRun(30);
            }
            final var ending = Ending.of(run);
            assertTrue(ending.isWell(), ending::faults);
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
