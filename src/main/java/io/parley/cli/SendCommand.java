package io.parley.cli;

import io.parley.client.Attachment;
import io.parley.client.FilesBody;
import io.parley.client.MessageIds;
import io.parley.client.TextBody;
import io.parley.client.Tick;
import io.parley.content.Body;
import io.parley.id.MediaId;
import io.parley.protocol.JsonPrinter;
import io.parley.protocol.ServerFrame;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "send",
        sortOptions = false,
        description = {
            "Sends a message, with files or without, and prints ✓ with its place when it is stored.",
            "It is kept on the disk first: what is not stored when the command ends, however it ends, is sent by the "
                    + "next one that connects (send, tail, chat), once."
        })
final class SendCommand implements Callable<Integer> {
    private static final int TIMEOUT_SECONDS = 30;
    private static final Duration FILES_PATIENCE = Duration.ofMinutes(1);
    private static final Duration EVER = Duration.ofDays(3_650);

    /// What `--wait` waits for.
    enum Until {
        delivered(Tick.DELIVERED, "✓✓"),
        read(Tick.READ, "read");

        private final Tick tick;
        private final String shown;

        Until(final Tick tick, final String shown) {
            this.tick = tick;
            this.shown = shown;
        }
    }

    private final ParleyCommand parley;

    @Parameters(index = "0", paramLabel = "TO", description = "A user, or a conversation by its id.")
    private String to = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "TEXT",
            description = "What to say; several words are put together. '-' reads it from the standard input.")
    private List<String> text = List.of();

    @Option(
            names = "--file",
            paramLabel = "PATH",
            description =
                    "A file to send, up to " + Body.MEDIA_MAX + " of them with one message. A text goes with them, or"
                            + " none. What breaks off goes on with the same command, for a day.")
    private List<Path> files = List.of();

    @Option(names = "--caption", paramLabel = "TEXT", description = "The text that goes with files.")
    private Optional<String> caption = Optional.empty();

    @Option(names = "--quiet", description = "Shows no progress of files.")
    private boolean quiet;

    @Option(
            names = "--wait",
            paramLabel = "TICK",
            description = "Waits until it is 'delivered' (a device of theirs has it) or 'read'.")
    private Optional<Until> wait = Optional.empty();

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "How long to wait; for ✓ " + TIMEOUT_SECONDS
                    + " s unless said, for ticks as long as it takes, for" + " files 60 s without a byte that arrives.")
    private int timeoutSeconds;

    @Option(names = "--json", description = "Prints frames of the protocol instead: sent, and the receipt waited for.")
    private boolean json;

    SendCommand(final ParleyCommand parley) {
        this.parley = parley;
    }

    @Override
    public Integer call() throws Stop, IOException {
        final var account = parley.account();
        final var whom = Whom.parse(to, account.user());
        if (files.isEmpty() && (text.isEmpty() || caption.isPresent())) {
            throw new Stop(ExitCode.USAGE, "say something, or name a --file (a --caption goes with files)");
        }
        final var said = said();
        final var attached = files.isEmpty() ? List.<Attachment>of() : attached(account, whom);
        final var media = attached.stream().map(Attachment::media).toList();
        final var body = files.isEmpty() ? TextBody.of(said.orElse("")) : FilesBody.of(said, attached);
        final var held = account.home().connection().tryTake("send");
        if (held.isPresent()) {
            overConnection(account, whom, body, media, held.get());
        } else if (wait.isEmpty()) {
            stored(new DirectSend(account, parley.surroundings().runtime()).send(whom, body, media, timeout()));
        } else {
            throw account.home().connection().inUse(); // who waits for ticks needs it
        }
        return ExitCode.WELL.number();
    }

    private List<Attachment> attached(final Account account, final Whom whom) throws Stop, IOException {
        final var patience = timeoutSeconds > 0 ? timeout() : FILES_PATIENCE;
        return new FileSend(account, parley.transfers(account, patience), parley.terminal(), quiet)
                .upload(whom.conversation(), files);
    }

    /// What is said in words.
    private Optional<String> said() throws Stop, IOException {
        if (caption.isPresent() && !text.isEmpty()) {
            throw new Stop(ExitCode.USAGE, "give the text that goes with files as --caption or as TEXT, not both");
        }
        return text.isEmpty() ? caption.filter(words -> !words.isBlank()) : Optional.of(text());
    }

    private String text() throws Stop, IOException {
        final var given = text.equals(List.of("-")) ? parley.terminal().readAll() : String.join(" ", text);
        final var ended = given.endsWith("\n") ? given.substring(0, given.length() - 1) : given;
        if (ended.isBlank()) {
            throw new Stop(ExitCode.USAGE, "nothing to say");
        }
        return ended;
    }

    private Duration timeout() {
        return Duration.ofSeconds(timeoutSeconds > 0 ? timeoutSeconds : TIMEOUT_SECONDS);
    }

    private void overConnection(
            final Account account,
            final Whom whom,
            final Body body,
            final List<MediaId> media,
            final DeviceLock.Held held)
            throws Stop, IOException {
        final var until = wait.orElse(Until.delivered);
        final var waiting = new SendWait(account.user(), whom.conversation(), until.tick);
        final var before = account.home().store().unsentCount();
        if (before > 0) {
            parley.terminal().note("parley: first " + before + " that had not been sent before");
        }
        try (var live =
                Live.connect(account, held, waiting, parley.surroundings().runtime())) {
            final var id = MessageIds.fresh(parley.surroundings().runtime());
            final var _ = live.client().send(id, whom.target(), body, media).thenAccept(waiting::answered);
            final var begun = System.nanoTime();
            stored(result(
                    waiting.stored(),
                    timeout(),
                    new Stop(
                            ExitCode.NO_CONNECTION,
                            "not stored yet; it is kept and goes out with the next parley that connects")));
            if (!wait.isEmpty()) {
                final var left = timeoutSeconds > 0 ? timeout().minusNanos(System.nanoTime() - begun) : EVER;
                result(
                        waiting.ticked(),
                        left,
                        new Stop(ExitCode.IN_VAIN, "stored, but not " + until.name() + " in time"));
                ticked(waiting, until);
            }
        }
    }

    private static <T> T result(final CompletableFuture<T> future, final Duration longest, final Stop late)
            throws Stop {
        try {
            return future.get(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (final TimeoutException over) {
            throw late;
        } catch (final ExecutionException failed) {
            throw Stop.of(failed.getCause() == null ? failed : failed.getCause());
        } catch (final InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw late;
        }
    }

    private void stored(final ServerFrame.Sent sent) {
        parley.terminal().print(json ? JsonFeed.frame(sent) : List.of("✓ #" + sent.seq()));
    }

    private void ticked(final SendWait waiting, final Until until) {
        final var seq = waiting.stored().join().seq();
        final var object = new JsonPrinter()
                .object()
                .member("type", "ticked")
                .member("tick", until.name())
                .member("seq", seq)
                .end();
        parley.terminal().print(List.of(json ? object.toString() : until.shown + " #" + seq));
    }
}
