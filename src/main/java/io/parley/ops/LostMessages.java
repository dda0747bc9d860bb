package io.parley.ops;

import io.parley.cluster.Counters;
import org.apache.pekko.actor.AllDeadLetters;
import org.apache.pekko.actor.DeadLetter;
import org.apache.pekko.actor.Dropped;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/// Counts what actors were told and did not take: what a bounded queue dropped (as the commands of an entity
/// that does not get on with its writes), and what came for one that is gone.
public final class LostMessages {
    private LostMessages() {}

    /// Counts from now on, as `messages_dropped` and `dead_letters`.
    public static void count(final ActorSystem<?> system, final Counters counters) {
        final var counting = system.systemActorOf(counting(counters), "lost-messages", Props.empty());
        // the classic stream: there the subscription holds when this returns
        Adapter.toClassic(system).eventStream().subscribe(Adapter.toClassic(counting), AllDeadLetters.class);
    }

    private static Behavior<AllDeadLetters> counting(final Counters counters) {
        return Behaviors.receiveMessage(lost -> {
            if (lost instanceof Dropped) {
                counters.count("messages_dropped");
            } else if (lost instanceof DeadLetter) {
                counters.count("dead_letters");
            }
            return Behaviors.same();
        });
    }
}
