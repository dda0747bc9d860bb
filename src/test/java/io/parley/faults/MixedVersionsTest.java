package io.parley.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.history.Event;
import io.parley.local.Lifetime;
import io.parley.local.LocalCluster;
import io.parley.local.LocalClusterSettings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Nodes that go over to a build with a field more in an event, a snapshot and messages between nodes
/// ([Tomorrow]), and back, while one stays as it is and people write. What was stored is read past Parley:
/// neither build tells it. [MixedVersionsMain] does the same with all nodes and any other build.
@Tag("slow")
@DisabledIfSystemProperty(named = "parley.cassandra.skip", matches = "true")
@Order(2)
final class MixedVersionsTest {
    private static final long SEED = 7_355_500_816L;

    /// So many messages between one node's change and the next.
    private static final long BETWEEN = 30;

    @Test
    void nodes_of_today_and_of_tomorrow_are_one_cluster_on_one_journal_there_and_back(@TempDir final Path directory) {
        final var builds = new Tomorrow(directory.resolve("builds"));
        final var upgrade = new RollingUpgrade(directory.resolve("installed"), 3);
        final var settings = upgrade.begin(LocalClusterSettings.aside(3, 1).withNodes(FaultRun::tuned), builds.today());
        try (var cluster = LocalCluster.start(directory, settings, Lifetime.WITH_THIS_JVM);
                var stored = new StoredConversations(cluster.ring());
                var run = new FaultRun(cluster, SEED, MixedVersionsTest::say)) {
            run.begin(new FaultRun.Crowd(8, 2, 15));
            run.letRun(BETWEEN);
            for (final int number : List.of(3, 2)) { // first two of today's are left, then one
                upgrade.install(cluster.node(number), builds.tomorrow(), run);
                run.letRun(BETWEEN);
            }
            run.faults(List.of(Kind.VANISH)); // who was with the node that stayed turns to tomorrow's too
            run.letRun(3 * BETWEEN);
            final var snapshotsOfTomorrow = stored.snapshots();
            for (final int number : List.of(3, 2)) { // what the first had goes to the other of tomorrow's
                upgrade.install(cluster.node(number), builds.today(), run);
                run.letRun(BETWEEN);
            }
            final var ending = Ending.of(run);
            assertTrue(ending.isWell(), ending::faults);
            assertEquals(List.of(), RollingUpgrade.complaints(cluster));

            final var logs = stored.logs();
            final var marks = Marks.of(logs);
            System.out.println(marks);
            assertTrue(marks.unmarked() > 0 && marks.postedByTomorrow() > 0 && marks.postedByToday() > 0);
            assertEquals(List.of(), marks.wrong(), "a mark right behind another goes on from it");
            assertTrue(marks.readBack() > 0, "a start of tomorrow's has read the marks of one before");
            assertTrue(marks.todayAfterTomorrow() > 0 && marks.tomorrowAfterToday() > 0);
            final long goneOn = goneOn(snapshotsOfTomorrow, logs);
            assertTrue(goneOn > 0, "conversations of today have begun from snapshots of tomorrow");
            final long ignored = ignored(ending.history(), logs, upgrade, builds.tomorrow());
            assertTrue(ignored > 0, "conversations of today have stored messages by sessions of tomorrow");
            System.out.println(goneOn + " conversations of today began from a snapshot of tomorrow, and stored "
                    + ignored + " messages by its sessions");
        }
    }

    private static void say(final String line) {
        System.out.println(line);
    }

    /// How many snapshots had the field when the way back began, and a log that goes on without marks: whoever
    /// wrote those began from that snapshot or a later one of tomorrow.
    private static long goneOn(final Map<String, JsonNode> snapshots, final StoredConversations.Logs logs) {
        long goneOn = 0;
        for (final var each : snapshots.entrySet()) {
            final var count = Tomorrow.marks(each.getValue());
            if (count.isPresent() && count.getAsLong() > 0) {
                final var head = logs.at(
                                each.getKey(), each.getValue().path("h").asLong())
                        .event();
                assertEquals(count.getAsLong(), Tomorrow.mark(head).nth(), each::toString);
                goneOn += Tomorrow.isMarked(logs.last(each.getKey()).event()) ? 0 : 1;
            }
        }
        return goneOn;
    }

    /// How many messages came by a node of tomorrow and stand in the log without a mark.
    private static long ignored(
            final List<Event> history,
            final StoredConversations.Logs logs,
            final RollingUpgrade upgrade,
            final Path tomorrow) {
        final var links = new HashMap<String, Event.Connected>();
        long ignored = 0;
        for (final var event : history) {
            if (event instanceof final Event.Connected link) {
                links.put(link.client(), link);
            } else if (event instanceof final Event.SendOk ok) {
                final var link = Objects.requireNonNull(links.get(ok.client()), "a ✓ without a link");
                final boolean byTomorrow =
                        upgrade.buildOf(link.node(), link.at()).equals(tomorrow);
                final var row = logs.at(ok.conversation(), ok.seq()).event();
                ignored += byTomorrow && !Tomorrow.isMarked(row) ? 1 : 0;
            }
        }
        return ignored;
    }
}
