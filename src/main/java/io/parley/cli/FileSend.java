package io.parley.cli;

import io.parley.client.Attachment;
import io.parley.client.FileTransfers;
import io.parley.client.UploadOutcome;
import io.parley.content.Body;
import io.parley.id.ConversationId;
import io.parley.id.MediaId;
import java.io.IOException;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// Uploads the files of a message, one after the other; where it is ended or does not come through, the same
/// command goes on with what is there.
final class FileSend {
    private static final int TYPE_CHARACTERS_MAX = 127;
    private static final int NAME_CHARACTERS_MAX = 255;

    private final Account account;
    private final FileTransfers transfers;
    private final Terminal terminal;
    private final boolean quiet;

    FileSend(final Account account, final FileTransfers transfers, final Terminal terminal, final boolean quiet) {
        this.account = account;
        this.transfers = transfers;
        this.terminal = terminal;
        this.quiet = quiet;
    }

    /// All of them, in their order. From then on they are what the next message is to carry: nothing else uses
    /// them.
    List<Attachment> upload(final ConversationId conversation, final List<Path> files) throws Stop, IOException {
        check(files);
        if (account.call(token -> account.rest().isEncrypted(token, conversation))) {
            throw new Stop(
                    ExitCode.REFUSED,
                    "this conversation is encrypted, and this program has no keys: send files of it in the web client");
        }
        final var all = new ArrayList<Attachment>();
        final Set<MediaId> media = new HashSet<>();
        for (final var file : files) {
            final var attachment = upload(conversation, file);
            if (!media.add(attachment.media())) {
                throw new Stop(ExitCode.USAGE, "'" + Printable.of(file.toString()) + "' is named twice");
            }
            all.add(attachment);
        }
        files.forEach(file -> transfers.forget(file, conversation));
        return List.copyOf(all);
    }

    /// Before anything is uploaded.
    private static void check(final List<Path> files) throws Stop, IOException {
        if (files.size() > Body.MEDIA_MAX) {
            throw new Stop(
                    ExitCode.USAGE, "a message carries " + Body.MEDIA_MAX + " files at most: send them in parts");
        }
        for (final var file : files) {
            if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
                throw new Stop(ExitCode.USAGE, "'" + Printable.of(file.toString()) + "' is no file, or cannot be read");
            }
        }
    }

    private Attachment upload(final ConversationId conversation, final Path file) throws Stop {
        final var name = file.getFileName().toString();
        final var type = Optional.ofNullable(URLConnection.guessContentTypeFromName(name))
                .filter(each -> each.length() <= TYPE_CHARACTERS_MAX);
        final var line = new ProgressLine(terminal, name, !quiet);
        final var shown = Printable.of(name);
        final var outcome = Interruption.ended(
                transfers.upload(file, conversation, type, line),
                terminal,
                () -> "stopped; " + line.arrived() + " of " + shown + " are there: the same command goes on with them");
        line.end();
        return switch (outcome) {
            case UploadOutcome.Uploaded(final var media, final long bytes, final var _) ->
                new Attachment(
                        media, Attachment.Kind.of(type), Optional.of(shortened(name)), type, OptionalLong.of(bytes));
            case UploadOutcome.Changed _ ->
                throw new Stop(
                        ExitCode.REFUSED,
                        shown
                                + " was written to while it was uploaded; nothing was sent. Send it again when it stays as"
                                + " it is");
            case UploadOutcome.Unreadable(final var _, final var why) ->
                throw new Stop(ExitCode.REFUSED, shown + " could not be uploaded: " + Printable.of(why));
            case UploadOutcome.Refused(final var _, final var why) ->
                throw new Stop(ExitCode.REFUSED, "refused: " + shown + ": " + Printable.of(why));
            case UploadOutcome.LoginEnded _ -> throw Stop.loginEnded();
            case UploadOutcome.Unreachable(final var _, final var why) ->
                throw new Stop(
                        ExitCode.NO_CONNECTION,
                        "no answer (" + Printable.of(why) + "); " + line.arrived() + " of " + shown
                                + " are there: the same command goes on with them");
            case UploadOutcome.Cancelled _ -> throw Stop.told();
            case UploadOutcome.Busy _ ->
                throw new Stop(ExitCode.IN_USE, "another parley uploads " + shown + " at this moment");
        };
    }

    private static String shortened(final String name) {
        return name.codePointCount(0, name.length()) <= NAME_CHARACTERS_MAX
                ? name
                : name.substring(0, name.offsetByCodePoints(0, NAME_CHARACTERS_MAX));
    }
}
