package io.parley.faults;

import io.parley.local.Lifetime;
import io.parley.local.LocalCluster;
import io.parley.local.LocalClusterSettings;
import java.nio.file.Files;
import java.nio.file.Path;

/// Another build and this one in one cluster, by hand: three nodes of the other, given this one after the other
/// and then the other again, while people write; and the judgement.
final class MixedVersionsMain {
    private MixedVersionsMain() {}

    /// Runs, and says what came of it: exit status 0 when all promises held, 1 when not.
    ///
    /// @param words the directory of the other build's classes; the one of this; messages a second; how many
    ///     are acknowledged between two changes
    public static void main(final String[] words) throws Exception {
        final var other = Path.of(words[0]);
        final var here = Path.of(words[1]);
        final var crowd = new FaultRun.Crowd(6, 2, Integer.parseInt(words[2]));
        final long between = Long.parseLong(words[3]);
        final var directory = Files.createTempDirectory("parley-mixed");
        System.out.println("logs are in " + directory);
        final var upgrade = new RollingUpgrade(directory.resolve("installed"), 3);
        final var settings = upgrade.begin(LocalClusterSettings.aside(3, 1).withNodes(FaultRun::tuned), other);
        try (var cluster = LocalCluster.start(directory, settings, Lifetime.WITH_THIS_JVM);
                var run = new FaultRun(cluster, 1, FaultMain::say)) {
            try (var stored = new StoredConversations(cluster.ring())) {
                stored.dropMoves(); // the other build may be of before there were any
            }
            run.begin(crowd);
            run.letRun(between);
            for (final int number : new int[] {3, 2, 1}) {
                upgrade.install(cluster.node(number), here, run);
                run.letRun(between);
                FaultMain.say("node " + number + " is of this build; " + run.acknowledged() + " acknowledged");
            }
            for (final int number : new int[] {1, 3, 2}) {
                upgrade.install(cluster.node(number), other, run);
                run.letRun(between);
                FaultMain.say("node " + number + " is of the other build; " + run.acknowledged() + " acknowledged");
            }
            final var ending = Ending.of(run);
            ending.write(directory);
            ending.stuck().forEach(System.out::println);
            final var complaints = RollingUpgrade.complaints(cluster);
            complaints.forEach(System.out::println);
            System.exit(ending.isWell() && complaints.isEmpty() ? 0 : 1);
        }
    }
}
