package io.parley.cli;

import io.parley.client.ClientListener;
import io.parley.client.ClientState;
import io.parley.client.SendOutcome;
import io.parley.id.ConversationId;
import io.parley.protocol.ServerFrame;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;

/// What happens to a command, in one queue: what the client tells, what the person types, what was asked for.
/// The main thread takes one after the other, so that nothing that decides or prints need be guarded.
///
/// The queue has no limit of its own: the server pushes no more messages than its window before the first of
/// them is taken, the person's next line is read when the last is dealt with, and the rest is small and paced.
final class Events implements ClientListener {
    /// One thing that happened.
    sealed interface Event {
        /// A message was pushed; acknowledged when `taken` completes.
        record Pushed(ServerFrame.Message message, CompletableFuture<Void> taken) implements Event {}

        /// Another frame came.
        record Heard(ServerFrame frame) implements Event {}

        record Link(ClientState state) implements Event {}

        /// The person typed a line; the next is read when `dealtWith` completes.
        record Typed(String line, CompletableFuture<Void> dealtWith) implements Event {}

        record InputEnded() implements Event {}

        /// A message that was handed over has been answered.
        record Answered(String text, SendOutcome outcome) implements Event {}

        /// The newest page of the conversation was asked for and came.
        record Opened(ServerFrame.Page page) implements Event {}

        /// Earlier messages were asked for and came, in the order to print them.
        record Earlier(List<ServerFrame.Message> messages) implements Event {}

        /// The conversations there are.
        record Known(List<ConversationId> conversations) implements Event {}

        /// What was asked for could not be had.
        record Failed(Stop why) implements Event {}
    }

    private final LinkedBlockingQueue<Event> queue = new LinkedBlockingQueue<>();

    void add(final Event event) {
        queue.add(event);
    }

    /// The next; waits for it.
    Event next() throws Stop {
        try {
            return queue.take();
        } catch (final InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Stop(ExitCode.REFUSED, "interrupted");
        }
    }

    @Override
    public CompletionStage<?> message(final ServerFrame.Message message) {
        final var taken = new CompletableFuture<Void>();
        queue.add(new Event.Pushed(message, taken));
        return taken;
    }

    @Override
    public void state(final ClientState state) {
        queue.add(new Event.Link(state));
    }

    @Override
    public void caughtUp(final ServerFrame.CaughtUp caughtUp) {
        queue.add(new Event.Heard(caughtUp));
    }

    @Override
    public void sent(final ServerFrame.Sent sent) {
        queue.add(new Event.Heard(sent));
    }

    @Override
    public void receipt(final ServerFrame.Receipt receipt) {
        queue.add(new Event.Heard(receipt));
    }

    @Override
    public void presence(final ServerFrame.Presence presence) {
        queue.add(new Event.Heard(presence));
    }

    @Override
    public void typing(final ServerFrame.Typing typing) {
        queue.add(new Event.Heard(typing));
    }

    @Override
    public void refused(final ServerFrame.Refusal refusal) {
        queue.add(new Event.Heard(refusal));
    }
}
