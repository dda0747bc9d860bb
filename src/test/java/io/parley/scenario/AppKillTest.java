package io.parley.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.client.SendOutcome;
import io.parley.id.MessageId;
import io.parley.protocol.ServerFrame;
import io.parley.protocol.WireEntry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Programs on the Java client under load, while the node goes and comes back on the same port: they find it
/// again by themselves, and send again what was not answered.
@Tag("slow")
@ExtendWith(NodeOutput.class)
final class AppKillTest {
    private static final int PAIRS = 6;
    private static final int UNANSWERED_MAX = 30;
    private static final int BETWEEN_ENDS = 500; // messages acknowledged
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /// One who writes on and on, and one who is written to.
    private static final class Pair {
        private final App sender;
        private final App recipient;
        private final Map<MessageId, Long> acknowledged =
                new TreeMap<>((one, other) -> one.value().compareTo(other.value())); // guarded by this
        private final ConcurrentLinkedQueue<String> lies = new ConcurrentLinkedQueue<>();
        private int numbered; // guarded by this
        private int unanswered; // guarded by this
        private boolean enough; // guarded by this

        Pair(final App sender, final App recipient) {
            this.sender = sender;
            this.recipient = recipient;
        }

        void start() {
            for (int i = 0; i < UNANSWERED_MAX; i++) {
                sayNext();
            }
        }

        private void sayNext() {
            final MessageId id;
            synchronized (this) {
                if (enough) {
                    return;
                }
                id = new MessageId("k" + ++numbered);
                unanswered++;
            }
            final var _ =
                    sender.says(id, "text " + id, recipient).whenComplete((outcome, failure) -> answered(id, outcome));
        }

        private void answered(final MessageId id, final SendOutcome outcome) {
            synchronized (this) {
                unanswered--;
                if (outcome instanceof SendOutcome.Accepted accepted) {
                    acknowledged.put(id, accepted.sent().seq());
                } else {
                    lies.add(id + " ended as " + outcome);
                }
                notifyAll();
            }
            sayNext();
        }

        synchronized int acknowledgedCount() {
            return acknowledged.size();
        }

        /// Writes nothing more, and waits until everything has its ✓ and has been taken and ticked.
        void finish() {
            synchronized (this) {
                enough = true;
            }
            sender.awaits("the answers to all", () -> isAnswered(), PATIENCE);
            final var conversation = sender.with(recipient);
            final long head = acknowledgedCount();
            recipient.awaits("everything", () -> recipient.takenUpTo(conversation) == head, PATIENCE);
            sender.awaits(
                    "✓✓ of everything",
                    () -> sender.marks(conversation, recipient).delivered() == head,
                    PATIENCE);
        }

        private synchronized boolean isAnswered() {
            return unanswered == 0;
        }

        void judge() {
            assertEquals(List.of(), List.copyOf(lies));
            assertEquals(Set.of(), sender.lies());
            assertEquals(Set.of(), recipient.lies());
            final var log = recipient.history(sender.with(recipient), 200);
            final var bySeq = new TreeMap<Long, MessageId>();
            synchronized (this) {
                acknowledged.forEach((id, seq) -> bySeq.put(seq, id));
                assertEquals(numbered, bySeq.size(), "every message has a ✓, each at a place of its own");
            }
            assertEquals(List.copyOf(bySeq.values()), ids(log), "what has a ✓ is what stands in the log, once");
            assertEquals(
                    LongStream.rangeClosed(1, log.size()).boxed().toList(),
                    log.stream().map(WireEntry::seq).toList());
            assertEquals(log, recipient.taken(sender.with(recipient)), "all of it was given, once and in order");
        }

        private static List<MessageId> ids(final List<WireEntry> log) {
            return log.stream().map(entry -> entry.id().orElseThrow()).toList();
        }
    }

    private static void through(final Path data, final int times, final Consumer<NodeProcess> end) {
        try (var node = NodeProcess.start(data, Map.of("PARLEY_RATE_LIMITS", "off"))) {
            final var apps = new ArrayList<App>();
            final var pairs = new ArrayList<Pair>();
            for (int i = 0; i < PAIRS; i++) {
                final var pair = new Pair(App.person("ada", node.port()), App.person("bo", node.port()));
                pairs.add(pair);
                apps.add(pair.sender);
                apps.add(pair.recipient);
            }
            pairs.forEach(Pair::start);
            for (int ends = 1; ends <= times; ends++) {
                awaitAcknowledged(pairs, ends * BETWEEN_ENDS);
                final var links = apps.stream().map(App::links).toList();
                end.accept(node);
                node.restart();
                for (int i = 0; i < apps.size(); i++) {
                    apps.get(i).isBackAfter(links.get(i));
                }
            }
            awaitAcknowledged(pairs, (times + 1) * BETWEEN_ENDS);
            pairs.forEach(Pair::finish);
            pairs.forEach(Pair::judge);
            apps.forEach(App::close);
            System.out.println(total(pairs) + " messages of the Java client were acknowledged through " + times
                    + " ends of the node");
        }
    }

    private static int total(final List<Pair> pairs) {
        return pairs.stream().mapToInt(Pair::acknowledgedCount).sum();
    }

    private static void awaitAcknowledged(final List<Pair> pairs, final int count) {
        pairs.getFirst().recipient.awaits(count + " acknowledged", () -> total(pairs) >= count, PATIENCE);
    }

    @Test
    void kills_under_load_lose_double_and_reorder_nothing(@TempDir final Path data) {
        through(data, 3, NodeProcess::killHard);
    }

    @Test
    void nor_do_orderly_stops(@TempDir final Path data) {
        through(data, 2, NodeProcess::terminate);
    }

    @Test
    void ticks_and_cursors_are_after_a_kill_what_they_were(@TempDir final Path data) {
        try (var node = NodeProcess.start(data, Map.of("PARLEY_RATE_LIMITS", "off"));
                var ada = App.person("ada", node.port());
                var bo = App.person("bo", node.port())) {
            final var read = ada.sends("read", bo);
            bo.sees("read");
            bo.reads(read);
            ada.seesRead(read, bo);
            final var delivered = ada.sends("delivered", bo);
            ada.seesDelivered(delivered, bo);
            bo.leaves();
            ada.sends("stored", bo);
            final int links = ada.links();
            node.killHard();
            node.restart();
            ada.isBackAfter(links);
            final ServerFrame.Receipt told = ada.asksTicks(ada.with(bo)).getFirst();
            assertEquals(delivered.seq(), told.delivered());
            assertEquals(read.seq(), told.read());
            bo.connects();
            assertEquals(List.of("read", "delivered", "stored"), bo.texts());
            assertTrue(bo.marks(ada.with(bo), bo).read() <= 1);
        }
    }
}
