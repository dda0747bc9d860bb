package io.parley.faults;

import io.parley.bench.Arguments;
import io.parley.local.Lifetime;
import io.parley.local.LocalCluster;
import io.parley.local.LocalClusterSettings;
import io.parley.local.LocalTrouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

    /// Runs, and says what came of it, also by its exit status.
    ///
    /// @param words see [FaultOptions#HELP]
    public static void main(final String[] words) throws Exception {
        if (List.of(words).contains("--help")) {
            System.out.print(FaultOptions.HELP);
            return;
        }
        try {
            System.exit(run(FaultOptions.of(List.of(words), new Random().nextLong())) ? 0 : 1);
        } catch (final Arguments.Mistake wrong) {
            System.err.println("bin/faults: " + wrong.getMessage());
            System.exit(2);
        } catch (final LocalTrouble trouble) {
            System.err.println("bin/faults: " + trouble.getMessage());
            System.exit(1);
        }
    }

    private static boolean run(final FaultOptions options) throws IOException {
        final var flaw = options.flaw();
        say("seed " + options.seed() + (flaw == Flaw.NONE ? "" : ", nodes with a flaw: " + flaw));
        final var directory = Files.createTempDirectory("parley-faults");
        try (var cluster = start(directory, options);
                var run = new FaultRun(cluster, options.seed(), FaultMain::say)) {
            run.begin(new FaultRun.Crowd(8, 2, options.rate()));
            run.letRun(500);
            final var random = new Random(options.seed());
            final long until = System.nanoTime() + options.length().toNanos();
            final var once = new ArrayList<>(options.kinds());
            if (!options.ordered()) {
                Collections.shuffle(once, random);
            }
            while (!once.isEmpty() || System.nanoTime() < until) { // each once, then as they come
                run.faults(once.isEmpty() ? some(options.kinds(), random) : List.of(once.removeFirst()));
                run.letRun(200);
                say(run.acknowledged() + " acknowledged");
            }
            final var ending = Ending.of(run);
            System.out.println(run.rebalances());
            ending.write(directory);
            System.out.println("history, picture and logs are in " + directory);
            ending.stuck().forEach(System.out::println);
            return ending.isWell();
        }
    }

    /// One, or two of different targets.
    private static List<Kind> some(final List<Kind> kinds, final Random random) {
        final var one = kinds.get(random.nextInt(kinds.size()));
        final var other = kinds.get(random.nextInt(kinds.size()));
        return one.target() == other.target() ? List.of(one) : List.of(one, other);
    }

    private static LocalCluster start(final Path directory, final FaultOptions options) {
        final var changed = options.flaw().compile(Path.of("src", "main", "java"), directory.resolve("flaw"));
        final var settings = LocalClusterSettings.aside(3, 3)
                .with(options.network())
                .withNodes(FaultRun::tuned)
                .withNodes(node -> changed.map(node::withClassPathPrefix).orElse(node));
        return LocalCluster.start(directory, settings, Lifetime.WITH_THIS_JVM);
    }

    /// A line of progress, with the time.
    static void say(final String line) {
        System.out.println(LocalTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS) + " " + line);
    }
}
