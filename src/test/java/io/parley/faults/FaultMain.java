package io.parley.faults;

import io.parley.history.Checker;
import io.parley.local.Lifetime;
import io.parley.local.LocalCluster;
import io.parley.local.LocalClusterSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;

/// A soak by hand: a cluster of its own, faults in random order until the time is over, and the judgement.
final class FaultMain {
    private FaultMain() {}

    /// @param words how many minutes (10), and the seed (by the clock)
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
            while (System.nanoTime() < until) {
                run.fault(kinds.get(random.nextInt(kinds.size())));
                run.letRun(200);
                say(run.acknowledged() + " acknowledged");
            }
            final var verdict = Checker.check(run.end());
            System.out.println(verdict);
            verdict.violations().forEach(System.out::println);
            System.exit(verdict.holds() ? 0 : 1);
        }
    }

    private static LocalCluster start(final Path directory) {
        final var settings = LocalClusterSettings.aside(3, 3)
                .withNodes(node -> node.with("PARLEY_RATE_LIMITS", "off")
                        .with("PARLEY_ACCESS_TOKEN_TTL", "24h")
                        .withFlag("-Dparley.account.passwords.memory=1 MiB"));
        return LocalCluster.start(directory, settings, Lifetime.WITH_THIS_JVM);
    }

    private static void say(final String line) {
        System.out.println(LocalTime.now().truncatedTo(ChronoUnit.SECONDS) + " " + line);
    }
}
