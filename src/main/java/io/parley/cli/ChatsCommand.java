package io.parley.cli;

import io.parley.client.ConversationSummary;
import io.parley.content.JsonText;
import io.parley.protocol.FrameCodec;
import io.parley.protocol.JsonPrinter;
import io.parley.protocol.ServerFrame;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "chats", sortOptions = false, description = "Lists your conversations, the most recent first.")
final class ChatsCommand implements Callable<Integer> {
    private static final int PAGE = 100;
    private static final int LIMIT_MAX = 100_000;
    private static final int SHOWN_CHARACTERS = 60;

    private final ParleyCommand parley;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "How many at most. Default: ${DEFAULT-VALUE}.")
    private int limit = 50;

    @Option(names = "--json", description = "One JSON object per line.")
    private boolean json;

    ChatsCommand(final ParleyCommand parley) {
        this.parley = parley;
    }

    @Override
    public Integer call() throws Stop, IOException {
        if (limit < 1 || limit > LIMIT_MAX) {
            throw new Stop(ExitCode.USAGE, "--limit: 1 to " + LIMIT_MAX);
        }
        final var account = parley.account();
        final var lines = parley.lines(account.user());
        Optional<String> cursor = Optional.empty();
        int left = limit;
        do {
            final var at = cursor;
            final var count = Math.min(PAGE, left);
            final var page = account.call(token -> account.rest().conversations(token, Optional.empty(), count, at));
            for (final var chat : page.conversations()) {
                if (!parley.terminal().print(List.of(json ? object(chat) : line(chat, lines)))) {
                    return ExitCode.WELL.number();
                }
            }
            left -= page.conversations().size();
            cursor = page.cursor();
        } while (cursor.isPresent() && left > 0);
        return ExitCode.WELL.number();
    }

    static String line(final ConversationSummary chat, final Lines lines) {
        final var parts = new ArrayList<String>();
        parts.add(lines.bold(lines.other(chat.conversation())));
        chat.updated().map(lines::dayAndTime).map(lines::dim).ifPresent(parts::add);
        if (chat.unread() > 0) {
            parts.add(chat.unread() + " unread");
        }
        chat.last()
                .flatMap(entry -> BodyText.of(entry.body()))
                .map(ChatsCommand::shortened)
                .ifPresent(parts::add);
        return String.join("  ", parts);
    }

    private static String shortened(final String text) {
        final var line = Printable.lines(text).getFirst();
        return line.codePointCount(0, line.length()) <= SHOWN_CHARACTERS
                ? line
                : line.substring(0, line.offsetByCodePoints(0, SHOWN_CHARACTERS)) + "…";
    }

    static String object(final ConversationSummary chat) {
        final var object = new JsonPrinter()
                .object()
                .member("conversation", chat.conversation().value())
                .member("head", chat.head())
                .member("delivered", chat.delivered())
                .member("read", chat.read())
                .member("unread", chat.unread());
        chat.updated().ifPresent(time -> object.member("updated", time));
        chat.last()
                .ifPresent(entry -> object.member(
                        "last", new JsonText(FrameCodec.print(new ServerFrame.Message(chat.conversation(), entry)))));
        return Printable.json(object.end().toString());
    }
}
