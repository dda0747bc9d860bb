package io.parley.store;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.SpawnProtocol;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;

/// Ledgers in an actor system, on whichever journal that has.
///
/// @param system   where they live
/// @param patience how long each question waits for its answer
public record Ledgers(ActorSystem<SpawnProtocol.Command> system, Duration patience) {
    /// The ledger of that persistence id, started.
    public ActorRef<Ledger.Command> open(final String id, final RetentionCriteria retention) {
        final CompletionStage<ActorRef<Ledger.Command>> spawned = AskPattern.ask(
                system,
                replyTo -> new SpawnProtocol.Spawn<>(new Ledger(id, retention), "", Props.empty(), replyTo),
                patience,
                system.scheduler());
        return await(spawned);
    }

    /// Enters a text; answered with its number once it is stored.
    public CompletionStage<Long> enter(final ActorRef<Ledger.Command> ledger, final String text) {
        return AskPattern.ask(ledger, replyTo -> new Ledger.Enter(text, replyTo), patience, system.scheduler());
    }

    /// What it holds.
    public Ledger.Sum sum(final ActorRef<Ledger.Command> ledger) {
        return await(AskPattern.ask(ledger, Ledger.Ask::new, patience, system.scheduler()));
    }

    private <T> T await(final CompletionStage<T> stage) {
        return stage.toCompletableFuture()
                .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }
}
