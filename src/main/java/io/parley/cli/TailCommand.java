package io.parley.cli;

import io.parley.id.ConversationId;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "tail",
        sortOptions = false,
        description = {
            "Prints messages, ticks and presence as they come, until it is ended.",
            "First comes what this device has not had yet. A message counts as delivered when its line is printed."
        })
final class TailCommand implements Callable<Integer> {
    private final ParleyCommand parley;

    @Parameters(
            arity = "0..1",
            paramLabel = "WITH",
            description = "Only this conversation, or the one with this user. What others write is taken nevertheless.")
    private String with = "";

    @Option(
            names = "--since",
            paramLabel = "WHEN",
            description = "Also earlier messages from then on: " + Since.FORMS + ".")
    private String since = "";

    @Option(names = "--read", description = "What is printed counts as read.")
    private boolean read;

    @Option(names = "--json", description = "One JSON object per line: the frames of the protocol, and 'link'.")
    private boolean json;

    TailCommand(final ParleyCommand parley) {
        this.parley = parley;
    }

    @Override
    public Integer call() throws Stop, IOException {
        final var account = parley.account();
        final Optional<ConversationId> only = with.isEmpty()
                ? Optional.empty()
                : Optional.of(Whom.parse(with, account.user()).conversation());
        final var surroundings = parley.surroundings();
        final Optional<Since> from = since.isEmpty()
                ? Optional.empty()
                : Optional.of(Since.parse(since, surroundings.clock().instant(), surroundings.zone()));
        if (from.isPresent() && from.get() instanceof Since.Place && only.isEmpty()) {
            throw new Stop(ExitCode.USAGE, "--since with a place needs a conversation, whose place it is");
        }
        final var feed = json ? new JsonFeed() : new TextFeed(account.user(), parley.lines(account.user()));
        final var events = new Events();
        try (var live =
                Live.connect(account, account.home().connection().take("tail"), events, surroundings.runtime())) {
            new TailLoop(account, only, from, read, feed, parley.terminal(), events, live.client()).run();
        }
        return ExitCode.WELL.number();
    }
}
