package io.parley.faults;

import io.parley.history.Checker;
import io.parley.history.HistoryFile;
import io.parley.history.Picture;
import io.parley.history.Report;
import io.parley.local.Lifetime;
import io.parley.local.LocalCluster;
import io.parley.local.LocalClusterSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/// A soak by hand: a cluster of its own, faults in random order until the time is over, and the judgement.
final class FaultMain {
    private FaultMain() {}

    /// Runs, and says what came of it: exit status 0 when all promises held, 1 when not.
    ///
    /// @param words how many minutes; the seed; kinds of faults with commas, or `ALL`; a [Flaw] of the nodes;
    ///     messages a second
    public static void main(final String[] words) throws Exception {
        final var length = Duration.ofMinutes(Long.parseLong(words[0]));
        final long seed = Long.parseLong(words[1]);
        final var kinds = words[2].equals("ALL")
                ? List.of(Kind.values())
                : Arrays.stream(words[2].split(",")).map(Kind::valueOf).toList();
        final var flaw = Flaw.valueOf(words[3]);
        System.out.println("seed " + seed + (flaw == Flaw.NONE ? "" : ", nodes with a flaw: " + flaw));
        final var directory = Files.createTempDirectory("parley-faults");
        try (var cluster = start(directory, flaw);
                var run = new FaultRun(cluster, seed, FaultMain::say)) {
            run.begin(new FaultRun.Crowd(8, 2, Integer.parseInt(words[4])));
            run.letRun(500);
            final var random = new Random(seed);
            final long until = System.nanoTime() + length.toNanos();
            final var once = new ArrayList<>(kinds);
            if (words[2].equals("ALL")) {
                Collections.shuffle(once, random);
            }
            while (!once.isEmpty() || System.nanoTime() < until) { // each once, then as they come
                run.faults(once.isEmpty() ? some(kinds, random) : List.of(once.removeFirst()));
                run.letRun(200);
                say(run.acknowledged() + " acknowledged");
            }
            final var history = run.end();
            final var file = directory.resolve("history.jsonl");
            try (var out = HistoryFile.create(file)) {
                history.forEach(out::record);
            }
            final var verdict = Checker.check(history);
            System.out.println(Report.of(history, verdict));
            Files.writeString(directory.resolve("history.svg"), Picture.of(history, verdict));
            System.out.println("history, picture and logs are in " + directory);
            run.stuck().forEach(System.out::println);
            System.exit(verdict.holds() && run.stuck().isEmpty() ? 0 : 1);
        }
    }

    /// One, or two of different targets.
    private static List<Kind> some(final List<Kind> kinds, final Random random) {
        final var one = kinds.get(random.nextInt(kinds.size()));
        final var other = kinds.get(random.nextInt(kinds.size()));
        return one.target() == other.target() ? List.of(one) : List.of(one, other);
    }

    private static LocalCluster start(final Path directory, final Flaw flaw) throws IOException {
        final var changed = flaw.compile(Path.of("src", "main", "java"), directory.resolve("flaw"));
        final var settings = LocalClusterSettings.aside(3, 3)
                .withBreakableNetwork()
                .withNodes(FaultRun::tuned)
                .withNodes(node -> changed.map(node::withClassPathPrefix).orElse(node));
        return LocalCluster.start(directory, settings, Lifetime.WITH_THIS_JVM);
    }

    private static void say(final String line) {
        System.out.println(LocalTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS) + " " + line);
    }
}
