package io.parley.store;

import java.time.Duration;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.PreRestart;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;
import org.jspecify.annotations.Nullable;

/// The smallest entity worth storing: a list of which it remembers the length and a fingerprint of all it held,
/// so that a lost, doubled or misplaced event shows in its state.
public final class Ledger extends EventSourcedBehavior<Ledger.Command, Ledger.Entered, Ledger.Sum> {
    /// What it is told.
    public sealed interface Command {}

    /// The answer when the journal failed.
    public static final long NOT_STORED = -1;

    /// Answered with the entry's number once it is stored, or [#NOT_STORED].
    public record Enter(String text, ActorRef<Long> replyTo) implements Command {}

    /// How many entries, and their fingerprint.
    public record Ask(ActorRef<Sum> replyTo) implements Command {}

    /// Stored.
    public record Entered(String text) {}

    /// Its state.
    public record Sum(long entries, long fingerprint) {
        /// The state after one more entry.
        public Sum and(final String text) {
            return new Sum(entries + 1, 31 * fingerprint + text.hashCode());
        }
    }

    private final RetentionCriteria retention;

    private @Nullable Enter persisting;

    /// The ledger of that persistence id.
    public Ledger(final String id, final RetentionCriteria retention) {
        super(
                PersistenceId.ofUniqueId(id),
                SupervisorStrategy.restartWithBackoff(Duration.ofMillis(100), Duration.ofMillis(500), 0.1));
        this.retention = retention;
    }

    @Override
    public Sum emptyState() {
        return new Sum(0, 0);
    }

    @Override
    public CommandHandler<Command, Entered, Sum> commandHandler() {
        return (sum, command) -> switch (command) {
            case Enter enter -> {
                persisting = enter;
                yield Effect().persist(new Entered(enter.text())).thenRun(after -> {
                    persisting = null;
                    enter.replyTo().tell(after.entries());
                });
            }
            case Ask ask -> Effect().reply(ask.replyTo(), sum);
        };
    }

    @Override
    public EventHandler<Sum, Entered> eventHandler() {
        return (sum, entered) -> sum.and(entered.text());
    }

    @Override
    public SignalHandler<Sum> signalHandler() {
        return newSignalHandlerBuilder()
                .onSignal(PreRestart.instance(), sum -> {
                    if (persisting != null) {
                        persisting.replyTo().tell(NOT_STORED);
                        persisting = null;
                    }
                })
                .build();
    }

    @Override
    public RetentionCriteria retentionCriteria() {
        return retention;
    }
}
