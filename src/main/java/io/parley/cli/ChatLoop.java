package io.parley.cli;

import io.parley.client.ClientState;
import io.parley.client.ParleyClient;
import io.parley.client.SendOutcome;
import io.parley.client.TextBody;
import io.parley.protocol.PageRequest;
import io.parley.protocol.ServerFrame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/// An interactive chat: what the person types goes out, what comes is printed. Ends at `/quit`, or at the end
/// of the input when everything that was typed is stored.
final class ChatLoop {
    /// As long as more are unanswered, no further line is read: a file that is piped in goes out as fast as the
    /// server takes it.
    private static final int UNANSWERED_MAX = 200;

    private final Whom whom;
    private final ChatView view;
    private final int earlier;
    private final Terminal terminal;
    private final Events events;
    private final ParleyClient client;
    private final Lines lines;
    private final LongSupplier nanos;
    private int unanswered;
    private int refused;
    private boolean asked;
    private boolean inputEnded;
    private boolean ended;
    private boolean isTrying;
    private Optional<CompletableFuture<Void>> nextLine = Optional.empty();
    private ClientState state;

    ChatLoop(
            final Whom whom,
            final ChatView view,
            final int earlier,
            final Terminal terminal,
            final Events events,
            final ParleyClient client,
            final Lines lines,
            final LongSupplier nanos) {
        this.whom = whom;
        this.view = view;
        this.earlier = earlier;
        this.terminal = terminal;
        this.events = events;
        this.client = client;
        this.lines = lines;
        this.nanos = nanos;
        this.state = client.state();
    }

    /// Whether everything that was typed was stored.
    boolean run() throws Stop {
        lines.companion(whom.conversation()).ifPresent(user -> client.watch(List.of(user)));
        Thread.ofPlatform().daemon().name("parley-input").start(this::readLines);
        while (!ended) {
            switch (events.next()) {
                case Events.Event.Pushed(final var message, final var taken) -> {
                    print(view.pushed(message));
                    taken.complete(null);
                    read();
                }
                case Events.Event.Heard(final var frame) -> heard(frame);
                case Events.Event.Link(final var now) -> link(now);
                case Events.Event.Typed(final var line, final var dealtWith) -> typed(line, dealtWith);
                case Events.Event.InputEnded _ -> inputEnded = true;
                case Events.Event.Answered(final var text, final var outcome) -> answered(text, outcome);
                case Events.Event.Opened(final var page) -> {
                    print(view.opened(page));
                    read();
                }
                case Events.Event.Failed(final var why) -> throw why;
                case Events.Event.Earlier _, Events.Event.Known _ -> {} // not of a chat
            }
            ended |= inputEnded && unanswered == 0;
        }
        return refused == 0;
    }

    private void readLines() {
        try {
            for (var line = terminal.readLine(); line.isPresent(); line = terminal.readLine()) {
                final var dealtWith = new CompletableFuture<Void>();
                events.add(new Events.Event.Typed(line.get(), dealtWith));
                dealtWith.join();
            }
        } catch (final IOException closed) {
            // as good as its end
        }
        events.add(new Events.Event.InputEnded());
    }

    private void print(final List<String> some) {
        ended |= !terminal.print(some);
    }

    private void read() {
        if (view.printedUpTo() > 0 && !ended) {
            client.read(whom.conversation(), view.printedUpTo());
        }
    }

    private void link(final ClientState now) throws Stop {
        if (now instanceof ClientState.LoginNeeded) {
            throw Stop.loginEnded();
        }
        if (now instanceof ClientState.Replaced) {
            throw Stop.replaced();
        }
        if (now instanceof ClientState.Waiting(final var delay, final var code, final var reason) && !isTrying) {
            isTrying = true;
            print(List.of(lines.aside("no connection (" + Printable.of(reason) + "); what you write is kept")));
        }
        if (now instanceof ClientState.Online) {
            if (isTrying) {
                print(List.of(lines.aside("connected again")));
            }
            isTrying = false;
            if (!asked) {
                asked = true;
                begin();
            }
        }
        state = now;
    }

    private void begin() {
        final var _ = client.pull(whom.conversation(), new PageRequest.Newest(earlier))
                .whenComplete((page, failure) -> events.add(
                        failure == null ? new Events.Event.Opened(page) : new Events.Event.Failed(Stop.of(failure))));
        final var _ = client.receipts(List.of(whom.conversation())); // come as receipts, where they are news
    }

    private void heard(final ServerFrame frame) {
        switch (frame) {
            case ServerFrame.CaughtUp _ -> {
                print(view.caughtUp());
                read();
            }
            case ServerFrame.Sent sent -> print(view.sent(sent));
            case ServerFrame.Receipt receipt -> print(view.receipt(receipt));
            case ServerFrame.Presence presence -> print(view.presence(presence));
            case ServerFrame.Typing typing -> print(view.typing(typing, nanos.getAsLong()));
            case ServerFrame.Refusal refusal -> terminal.note(Printable.of("parley: " + refusal.message()));
            case ServerFrame.Welcome _,
                    ServerFrame.Message _,
                    ServerFrame.ReceiptsEnd _,
                    ServerFrame.Page _,
                    ServerFrame.Heartbeat _,
                    ServerFrame.Keys _,
                    ServerFrame.KeyPackages _,
                    ServerFrame.Bye _ -> {}
        }
    }

    private void typed(final String line, final CompletableFuture<Void> dealtWith) throws Stop {
        switch (ChatLine.parse(line)) {
            case ChatLine.Say(final var text) -> say(text);
            case ChatLine.Quit _ -> ended = true;
            case ChatLine.Help _ ->
                print(ChatLine.HELP.lines().map(lines::aside).toList());
            case ChatLine.Tell _ -> print(view.info(state, unanswered));
            case ChatLine.Unknown(final var command) ->
                print(List.of(lines.aside(Printable.of(command) + " is no command: /help")));
            case ChatLine.Nothing _ -> {}
        }
        if (unanswered < UNANSWERED_MAX) {
            dealtWith.complete(null);
        } else {
            nextLine = Optional.of(dealtWith);
        }
    }

    private void say(final String text) throws Stop {
        if (!terminal.inIsTerminal()) { // what was not typed here is not to be seen here
            print(List.of(lines.bold("me:") + " " + Printable.of(text)));
        }
        unanswered++;
        try {
            final var _ = client.send(whom.target(), TextBody.of(text))
                    .thenAccept(outcome -> events.add(new Events.Event.Answered(text, outcome)));
        } catch (final UncheckedIOException full) {
            throw new Stop(ExitCode.REFUSED, "not sent, since it could not be kept: " + full.getMessage());
        }
    }

    private void answered(final String text, final SendOutcome outcome) {
        unanswered--;
        if (unanswered < UNANSWERED_MAX) {
            nextLine.ifPresent(waiting -> waiting.complete(null));
            nextLine = Optional.empty();
        }
        switch (outcome) {
            case SendOutcome.Accepted(final var sent) -> print(view.sent(sent)); // before the loop may end
            case SendOutcome.Refused(final var refusal) -> {
                refused++;
                print(List.of(view.refused(text, refusal.message())));
            }
            case SendOutcome.OutboxFull _ -> {
                refused++;
                print(List.of(view.refused(text, "too many are waiting")));
            }
            case SendOutcome.ClosedBefore _ -> {} // kept
        }
    }
}
