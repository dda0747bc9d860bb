package io.parley.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.SpawnProtocol;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process that stores as fast as it can and says what was acknowledged, killed in the middle of it, again
/// and again.
@Tag("slow")
final class EmbeddedStoreKillTest {
    private static final int KILLS = 3;
    private static final int LEDGERS = 50;
    private static final int ACKNOWLEDGED_BEFORE_A_KILL = 2_000;

    @TempDir
    Path directory;

    @Test
    void what_was_acknowledged_before_a_kill_is_there_once_and_in_order() throws Exception {
        final var acknowledged = new HashMap<String, Long>(); // per ledger, the highest number
        for (int kill = 1; kill <= KILLS; kill++) {
            final var writer = new ChildJvm(Writer.class, directory.toString(), Integer.toString(kill));
            writer.awaitLines(ACKNOWLEDGED_BEFORE_A_KILL);
            remember(writer.kill(), acknowledged);
            judge(acknowledged);
        }
    }

    private static void remember(final List<String> lines, final Map<String, Long> acknowledged) {
        for (final var line : lines) {
            final var words = line.split(" ", -1);
            if (words.length == 3 && words[2].equals(".")) { // the kill may have cut the last line
                final long number = Long.parseLong(words[1]);
                final Long before = acknowledged.put(words[0], number);
                assertTrue(before == null || number == before + 1, line + " after " + before);
            }
        }
    }

    /// Every ledger holds the numbers from 1 without a gap, each written once, at least up to the acknowledged
    /// one, and at most one beyond it: the one that was under way.
    private void judge(final Map<String, Long> acknowledged) throws StoreException {
        try (var node = new StoreNode(directory)) {
            final long all =
                    acknowledged.values().stream().mapToLong(Long::longValue).sum();
            assertTrue(all >= ACKNOWLEDGED_BEFORE_A_KILL);
            for (final var entry : acknowledged.entrySet()) {
                final long told = entry.getValue();
                final var stored = StoreNode.await(node.reader().read(entry.getKey(), 1, Long.MAX_VALUE, 100_000));
                final var texts = new ArrayList<String>();
                for (int i = 0; i < stored.size(); i++) {
                    assertEquals(i + 1, stored.get(i).seq(), entry.getKey());
                    texts.add(((Ledger.Entered) stored.get(i).event()).text());
                }
                assertEquals(texts.size(), Set.copyOf(texts).size(), entry.getKey());
                assertTrue(texts.size() == told || texts.size() == told + 1, entry + " but " + texts.size());
                assertEquals(texts.size(), node.sum(node.ledger(entry.getKey())).entries());
                entry.setValue((long) texts.size());
            }
        }
    }

    /// Fifty ledgers, each entering the next as soon as the last is acknowledged.
    static final class Writer {
        private Writer() {}

        public static void main(final String[] arguments) throws StoreException, IOException {
            StoreNode.quiet(); // the log would stand among the answers
            final var node = new StoreNode(Path.of(arguments[0]));
            for (int i = 0; i < LEDGERS; i++) {
                node.system()
                        .tell(new SpawnProtocol.Spawn<>(
                                entering("ledger|" + i, arguments[1]),
                                "",
                                Props.empty(),
                                node.system().ignoreRef()));
            }
            if (System.in.read() < 0) { // until killed; or the test itself was
                node.close();
            }
        }

        private static Behavior<Long> entering(final String id, final String run) {
            return Behaviors.setup(context -> {
                final ActorRef<Ledger.Command> ledger =
                        context.spawn(new Ledger(id, RetentionCriteria.snapshotEvery(50, 2)), "ledger");
                ledger.tell(new Ledger.Enter(run + " first", context.getSelf()));
                return Behaviors.receiveMessage(number -> {
                    System.out.println(id + " " + number + " .");
                    ledger.tell(new Ledger.Enter(run + " after " + number, context.getSelf()));
                    return Behaviors.same();
                });
            });
        }
    }
}
