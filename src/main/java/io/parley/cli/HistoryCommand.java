package io.parley.cli;

import io.parley.id.ConversationId;
import io.parley.protocol.PageRequest;
import io.parley.protocol.ServerFrame;
import io.parley.protocol.WireEntry;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "history",
        sortOptions = false,
        description = "Prints the newest messages of a conversation, oldest first. Nothing counts as read by that.")
final class HistoryCommand implements Callable<Integer> {
    private static final int LIMIT_MAX = 10_000;

    private final ParleyCommand parley;

    @Parameters(paramLabel = "WITH", description = "A user, or a conversation by its id.")
    private String with = "";

    @Option(names = "--before", paramLabel = "SEQ", description = "Only those before this place.")
    private long before;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "How many, 1 to " + LIMIT_MAX + ". Default: ${DEFAULT-VALUE}.")
    private int limit = 50;

    @Option(names = "--json", description = "One JSON object per line: frames 'message' of the protocol.")
    private boolean json;

    HistoryCommand(final ParleyCommand parley) {
        this.parley = parley;
    }

    @Override
    public Integer call() throws Stop, IOException {
        if (limit < 1 || limit > LIMIT_MAX || before < 0) {
            throw new Stop(ExitCode.USAGE, "--limit: 1 to " + LIMIT_MAX + "; --before: a place, from 1");
        }
        final var account = parley.account();
        final var conversation = Whom.parse(with, account.user()).conversation();
        final var feed = json ? new JsonFeed() : new TextFeed(account.user(), parley.lines(account.user()));
        for (final var entry : entries(account, conversation)) {
            if (!parley.terminal().print(feed.message(new ServerFrame.Message(conversation, entry)))) {
                break;
            }
        }
        return ExitCode.WELL.number();
    }

    private Deque<WireEntry> entries(final Account account, final ConversationId conversation) throws Stop {
        final var all = new ArrayDeque<WireEntry>();
        long last = before;
        while (all.size() < limit && last != 1) {
            final var count = Math.min(PageRequest.LIMIT_MAX, limit - all.size());
            final var request = last == 0 ? new PageRequest.Newest(count) : new PageRequest.Before(last, count);
            final var page = account.call(token -> account.rest().messages(token, conversation, request))
                    .messages();
            if (page.isEmpty()) {
                break;
            }
            page.reversed().forEach(all::addFirst);
            last = page.getFirst().seq();
        }
        return all;
    }
}
