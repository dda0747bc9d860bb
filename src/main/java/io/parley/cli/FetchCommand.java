package io.parley.cli;

import io.parley.client.Attachment;
import io.parley.client.FetchOutcome;
import io.parley.id.ConversationId;
import io.parley.protocol.JsonPrinter;
import io.parley.protocol.PageRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "fetch",
        sortOptions = false,
        description = {
            "Saves the files of a message, all or one, and prints where.",
            "What breaks off, or is ended, goes on with the same command. Nothing is written over, unless --replace says so."
        })
final class FetchCommand implements Callable<Integer> {
    private static final int TIMEOUT_SECONDS = 60;

    private final ParleyCommand parley;

    @Parameters(index = "0", paramLabel = "WITH", description = "A user, or a conversation by its id.")
    private String with = "";

    @Parameters(index = "1", paramLabel = "SEQ", description = "The message's place, such as 17.")
    private String place = "";

    @Parameters(index = "2", arity = "0..1", paramLabel = "N", description = "Only this file of it, from 1.")
    private int number;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "PATH",
            description =
                    "Where to: a directory that exists, or for one file its name. Default: here, by its own name.")
    private Optional<Path> output = Optional.empty();

    @Option(names = "--replace", description = "Replaces files that are there.")
    private boolean replace;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "How long it is tried without a byte that comes; " + TIMEOUT_SECONDS + " s unless said.")
    private int timeoutSeconds = TIMEOUT_SECONDS;

    @Option(names = "--quiet", description = "Shows no progress.")
    private boolean quiet;

    @Option(names = "--json", description = "One JSON object per file: where it is, and how large.")
    private boolean json;

    FetchCommand(final ParleyCommand parley) {
        this.parley = parley;
    }

    @Override
    public Integer call() throws Stop, IOException {
        final var account = parley.account();
        final var conversation = Whom.parse(with, account.user()).conversation();
        final long seq = seq();
        if (number < 0 || timeoutSeconds < 1) {
            throw new Stop(ExitCode.USAGE, "N: a file of the message, from 1; --timeout: seconds, from 1");
        }
        final var files = files(account, conversation, seq);
        final var names = FileNames.of(files);
        final var wanted = number > 0
                ? List.of(number - 1)
                : IntStream.range(0, files.size()).boxed().toList();
        if (wanted.getFirst() >= files.size()) {
            throw new Stop(ExitCode.REFUSED, "#" + seq + " carries " + files.size() + " files");
        }
        for (final int each : wanted) {
            fetch(account, files.get(each), target(names.get(each), wanted.size()));
        }
        return ExitCode.WELL.number();
    }

    private long seq() throws Stop {
        final var digits = place.startsWith("#") ? place.substring(1) : place;
        if (!digits.matches("[0-9]{1,15}") || Long.parseLong(digits) < 1) {
            throw new Stop(ExitCode.USAGE, "'" + Printable.of(place) + "' is no place of a message: one looks like 17");
        }
        return Long.parseLong(digits);
    }

    private static List<Attachment> files(final Account account, final ConversationId conversation, final long seq)
            throws Stop {
        final var page =
                account.call(token -> account.rest().messages(token, conversation, new PageRequest.After(seq - 1, 1)));
        if (page.messages().isEmpty() || page.messages().getFirst().seq() != seq) {
            throw new Stop(ExitCode.REFUSED, "there is no #" + seq + " in this conversation");
        }
        final var body = page.messages().getFirst().body();
        final var files = Attachment.of(body);
        if (files.isEmpty()) {
            throw new Stop(
                    ExitCode.REFUSED,
                    BodyText.isEncrypted(body)
                            ? "#" + seq
                                    + " is encrypted, and this program has no keys: save its files in the web client"
                            : "#" + seq + " carries no files");
        }
        return files;
    }

    private Path target(final String name, final int count) throws Stop {
        final var here = output.orElse(Path.of("."));
        if (Files.isDirectory(here)) {
            return here.resolve(name);
        }
        if (count > 1) {
            throw new Stop(
                    ExitCode.USAGE,
                    "'" + Printable.of(here.toString()) + "' is no directory, and there are " + count
                            + " files: name a directory, or one file by its number");
        }
        return here;
    }

    private void fetch(final Account account, final Attachment file, final Path target) throws Stop, IOException {
        final var shown = Printable.of(target.getFileName().toString());
        final var line = new ProgressLine(parley.terminal(), shown, !quiet);
        final var outcome = Interruption.ended(
                parley.transfers(account, Duration.ofSeconds(timeoutSeconds))
                        .fetch(file.media(), target, file.size(), Optional.empty(), replace, line),
                parley.terminal(),
                () -> "stopped; " + line.arrived() + " of " + shown + " are here: the same command goes on with them");
        line.end();
        switch (outcome) {
            case FetchOutcome.Fetched(final var saved, final long bytes) -> fetched(saved, bytes);
            case FetchOutcome.Exists(final var there) ->
                throw new Stop(
                        ExitCode.REFUSED,
                        Printable.of(there.toString())
                                + " is there already: choose another place with -o, or --replace");
            case FetchOutcome.Damaged(final var why) ->
                throw new Stop(ExitCode.REFUSED, shown + " is not kept: " + Printable.of(why));
            case FetchOutcome.Refused(final var _, final var why) ->
                throw new Stop(ExitCode.REFUSED, "refused: " + shown + ": " + Printable.of(why));
            case FetchOutcome.Unwritable(final var _, final var why) ->
                throw new Stop(ExitCode.REFUSED, shown + " cannot be written: " + Printable.of(why));
            case FetchOutcome.LoginEnded _ -> throw Stop.loginEnded();
            case FetchOutcome.Unreachable(final var _, final var why) ->
                throw new Stop(
                        ExitCode.NO_CONNECTION,
                        "no answer (" + Printable.of(why) + "); " + line.arrived() + " of " + shown
                                + " are here: the same command goes on with them");
            case FetchOutcome.Cancelled _ -> throw Stop.told();
            case FetchOutcome.Busy _ ->
                throw new Stop(ExitCode.IN_USE, "another parley fetches " + shown + " at this moment");
        }
    }

    private void fetched(final Path saved, final long bytes) {
        final var object = new JsonPrinter()
                .object()
                .member("type", "fetched")
                .member("file", saved.toString())
                .member("bytes", bytes)
                .end();
        parley.terminal()
                .print(
                        json
                                ? Printable.json(object.toString())
                                : "saved " + Printable.of(saved.toString()) + " (" + Amount.of(bytes) + ")");
    }
}
