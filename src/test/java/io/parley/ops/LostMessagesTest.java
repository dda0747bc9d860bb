package io.parley.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.ConfigFactory;
import io.parley.cluster.Counters;
import java.time.Duration;
import java.util.Map;
import org.apache.pekko.actor.AbstractActor;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.Effect;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LostMessagesTest {
    /// Never gets on: its recovery waits for a journal that does not answer, so commands are kept, one at most.
    private static final class Stuck extends EventSourcedBehavior<String, String, Integer> {
        Stuck() {
            super(PersistenceId.ofUniqueId("stuck"));
        }

        @Override
        public Integer emptyState() {
            return 0;
        }

        @Override
        public CommandHandler<String, String, Integer> commandHandler() {
            return (_, command) -> Effect().persist(command);
        }

        @Override
        public EventHandler<Integer, String> eventHandler() {
            return (count, _) -> count + 1;
        }
    }

    /// A journal that never answers.
    public static final class SilentJournal extends AbstractActor {
        @Override
        public Receive createReceive() {
            return receiveBuilder().matchAny(_ -> {}).build();
        }
    }

    private final ActorTestKit kit =
            ActorTestKit.create(ConfigFactory.parseString("""
            silent-journal.class = "io.parley.ops.LostMessagesTest$SilentJournal"
            pekko.persistence.journal.plugin = "silent-journal"
            pekko.persistence.typed.stash-capacity = 2
            pekko.persistence.typed.stash-overflow-strategy = "drop"
            pekko.log-dead-letters = off
            """).withFallback(ConfigFactory.defaultReference()));
    private final Counters counters = new Counters();

    @AfterEach
    void shutDown() {
        kit.shutdownTestKit();
    }

    private void await(final String name, final long count) {
        final var probe = kit.createTestProbe();
        probe.awaitAssert(Duration.ofSeconds(5), () -> {
            assertEquals(count, counters.all().getOrDefault(name, 0L));
            return Map.of();
        });
    }

    @Test
    void what_comes_for_one_that_is_gone_is_counted() {
        LostMessages.count(kit.system(), counters);
        final var gone = kit.spawn(Behaviors.<String>stopped());
        kit.createTestProbe().expectTerminated(gone, Duration.ofSeconds(5));
        gone.tell("hello");
        gone.tell("hello?");
        await("dead_letters", 2);
    }

    @Test
    void commands_that_an_entity_cannot_keep_any_more_are_counted() {
        LostMessages.count(kit.system(), counters);
        final var stuck = kit.spawn(new Stuck());
        for (int i = 0; i < 7; i++) {
            stuck.tell("command " + i);
        }
        await("messages_dropped", 5);
    }
}
