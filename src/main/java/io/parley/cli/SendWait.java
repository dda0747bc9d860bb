package io.parley.cli;

import io.parley.client.ClientListener;
import io.parley.client.ClientState;
import io.parley.client.SendOutcome;
import io.parley.client.Tick;
import io.parley.id.ConversationId;
import io.parley.id.UserId;
import io.parley.protocol.ServerFrame;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Waits for what becomes of one message. Takes none of the messages that are pushed meanwhile: they are not
/// printed here, so this device does not have them yet.
final class SendWait implements ClientListener {
    private final CompletableFuture<ServerFrame.Sent> stored = new CompletableFuture<>();
    private final CompletableFuture<Tick> ticked = new CompletableFuture<>();
    private final UserId self;
    private final ConversationId conversation;
    private final Tick wanted;
    private Optional<ServerFrame.Sent> sent = Optional.empty(); // guarded by this, as is what follows
    private Optional<ServerFrame.Receipt> marks = Optional.empty();

    SendWait(final UserId self, final ConversationId conversation, final Tick wanted) {
        this.self = self;
        this.conversation = conversation;
        this.wanted = wanted;
    }

    /// ✓; fails with [Stop].
    CompletableFuture<ServerFrame.Sent> stored() {
        return stored;
    }

    /// The tick that is wanted, or one beyond it; fails with [Stop].
    CompletableFuture<Tick> ticked() {
        return ticked;
    }

    void answered(final SendOutcome outcome) {
        switch (outcome) {
            case SendOutcome.Accepted(final var accepted) -> {
                synchronized (this) {
                    sent = Optional.of(accepted);
                }
                stored.complete(accepted);
                look();
            }
            case SendOutcome.Refused(final var refusal) ->
                fail(new Stop(ExitCode.REFUSED, "refused: " + refusal.code().wire() + ": " + refusal.message()));
            case SendOutcome.OutboxFull _ ->
                fail(new Stop(ExitCode.NO_CONNECTION, "too many unsent messages wait already"));
            case SendOutcome.ClosedBefore _ -> {} // the time is over; told by who closed it
        }
    }

    private void fail(final Stop why) {
        stored.completeExceptionally(why);
        ticked.completeExceptionally(why);
    }

    @Override
    public CompletionStage<?> message(final ServerFrame.Message message) {
        return new CompletableFuture<>();
    }

    @Override
    public void receipt(final ServerFrame.Receipt receipt) {
        if (receipt.conversation().equals(conversation) && (!receipt.user().equals(self) || conversation.isNotes())) {
            synchronized (this) {
                marks = Optional.of(receipt);
            }
            look();
        }
    }

    private void look() {
        final Optional<Tick> now;
        synchronized (this) {
            now = sent.flatMap(message -> marks.map(known -> Tick.of(message.seq(), known)));
        }
        now.filter(tick -> tick.compareTo(wanted) >= 0).ifPresent(ticked::complete);
    }

    @Override
    public void state(final ClientState state) {
        switch (state) {
            case ClientState.LoginNeeded _ -> fail(Stop.loginEnded());
            case ClientState.Replaced _ -> fail(Stop.replaced());
            case ClientState.Connecting _, ClientState.Online _, ClientState.Waiting _, ClientState.Closed _ -> {}
        }
    }
}
