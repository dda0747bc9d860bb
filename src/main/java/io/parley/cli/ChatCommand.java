package io.parley.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "chat",
        sortOptions = false,
        description = {
            "Opens a conversation: shows the newest messages, sends what you type, line by line, and prints what comes: "
                    + "messages, ticks, typing, presence.",
            "/quit ends it, /help says what else there is. In plain text: there is no end-to-end encryption here."
        })
final class ChatCommand implements Callable<Integer> {
    private static final int LIMIT_MAX = 200;

    private final ParleyCommand parley;

    @Parameters(paramLabel = "WITH", description = "A user (yourself: notes), or a conversation by its id.")
    private String with = "";

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "20",
            description = "How many earlier messages to show, 1 to 200. Default: ${DEFAULT-VALUE}.")
    private int limit = 20;

    ChatCommand(final ParleyCommand parley) {
        this.parley = parley;
    }

    @Override
    public Integer call() throws Stop, IOException {
        if (limit < 1 || limit > LIMIT_MAX) {
            throw new Stop(ExitCode.USAGE, "--limit: 1 to " + LIMIT_MAX);
        }
        final var account = parley.account();
        final var whom = Whom.parse(with, account.user());
        final var lines = parley.lines(account.user());
        final var view = new ChatView(account.user(), whom.conversation(), lines);
        final var events = new Events();
        final var terminal = parley.terminal();
        if (terminal.inIsTerminal()) {
            terminal.print(lines.aside(
                    "with " + lines.other(whom.conversation()) + ", in plain text (no encryption here); /help, /quit"));
        }
        try (var live = Live.connect(
                account,
                account.home().connection().take("chat"),
                events,
                parley.surroundings().runtime())) {
            final var well =
                    new ChatLoop(whom, view, limit, terminal, events, live.client(), lines, System::nanoTime).run();
            return (well ? ExitCode.WELL : ExitCode.REFUSED).number();
        }
    }
}
