package io.parley.faults;

import io.parley.history.Checker;
import io.parley.history.HistoryFile;
import io.parley.local.Lifetime;
import io.parley.local.LocalCluster;
import io.parley.local.LocalClusterSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/// A soak by hand: a cluster of its own, faults in random order until the time is over, and the judgement.
final class FaultMain {
    private FaultMain() {}

    /// Runs, and says what came of it: exit status 0 when all promises held, 1 when not.
    ///
    /// @param words how many minutes (10), the seed (by the clock), one kind of fault only
    public static void main(final String[] words) throws Exception {
        final var length = Duration.ofMinutes(words.length > 0 ? Long.parseLong(words[0]) : 10);
        final long seed = words.length > 1 ? Long.parseLong(words[1]) : System.currentTimeMillis();
        System.out.println("seed " + seed);
        final var directory = Files.createTempDirectory("parley-faults");
        try (var cluster = start(directory);
                var run = new FaultRun(cluster, seed, FaultMain::say)) {
            run.begin(new FaultRun.Crowd(8, 2, 60));
            run.letRun(500);
            final var random = new Random(seed);
            final long until = System.nanoTime() + length.toNanos();
            final var kinds = words.length > 2 ? List.of(Kind.valueOf(words[2])) : List.of(Kind.values());
            final var once = new ArrayList<>(kinds);
            Collections.shuffle(once, random);
            while (!once.isEmpty() || System.nanoTime() < until) { // each once, then as they come
                run.fault(once.isEmpty() ? kinds.get(random.nextInt(kinds.size())) : once.removeLast());
                run.letRun(200);
                say(run.acknowledged() + " acknowledged");
            }
            final var history = run.end();
            final var file = directory.resolve("history.jsonl");
            try (var out = HistoryFile.create(file)) {
                history.forEach(out::record);
            }
            System.out.println("the history is in " + file);
            final var verdict = Checker.check(history);
            System.out.println(verdict);
            verdict.violations().forEach(System.out::println);
            System.exit(verdict.holds() ? 0 : 1);
        }
    }

    private static LocalCluster start(final Path directory) {
        final var settings = LocalClusterSettings.aside(3, 3).withNodes(FaultRun::tuned);
        return LocalCluster.start(directory, settings, Lifetime.WITH_THIS_JVM);
    }

    private static void say(final String line) {
        System.out.println(LocalTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS) + " " + line);
    }
}
