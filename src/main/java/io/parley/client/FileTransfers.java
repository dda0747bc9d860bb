package io.parley.client;

import io.parley.content.Octets;
import io.parley.id.ConversationId;
import io.parley.id.MediaId;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Files of any size to and from the nodes of a list, for one login. Nothing of them is held in memory but what
/// is just on its way.
///
/// A transfer goes on by itself over cuts and at other nodes, with the same waits as [ParleyClient], and where
/// it stopped; begun again it does so also after the end of this process. Each has a virtual thread of its own:
/// how many run at once is the program's to say.
///
/// ```java
/// var files = new FileTransfers(nodes, tokens, state.resolve("uploads"), Duration.ofMinutes(5), runtime);
/// var upload = files.upload(Path.of("harbour.jpg"), talk, Optional.of("image/jpeg"), TransferListener.SILENT);
/// switch (upload.outcome().join()) {
///     case UploadOutcome.Uploaded(var media, var bytes, _) -> {
///         var file = new Attachment(media, Attachment.Kind.IMAGE, Optional.of("harbour.jpg"),
/// Optional.of("image/jpeg"), OptionalLong.of(bytes));
///         client.send(MessageIds.fresh(runtime), to, FilesBody.of(Optional.empty(), List.of(file)),
/// List.of(media));
///     }
///     …
/// }
/// ```
public final class FileTransfers {
    private final List<URI> nodes;
    private final TokenSource tokens;
    private final UploadRecords records;
    private final Duration patience;
    private final ClientSettings settings;
    private final ClientRuntime runtime;

    /// With the usual waits between attempts.
    public FileTransfers(
            final List<URI> nodes,
            final TokenSource tokens,
            final Path state,
            final Duration patience,
            final ClientRuntime runtime) {
        this(nodes, tokens, state, patience, ClientSettings.DEFAULTS, runtime);
    }

    /// @param nodes    their addresses, such as `http://127.0.0.1:8080`; one is begun with at random
    /// @param state    a directory of this login for what is known of unfinished uploads; made where it is
    ///     missing
    /// @param patience how long without any byte that arrives a transfer is tried
    /// @param settings of which the waits between attempts are used
    public FileTransfers(
            final List<URI> nodes,
            final TokenSource tokens,
            final Path state,
            final Duration patience,
            final ClientSettings settings,
            final ClientRuntime runtime) {
        if (nodes.isEmpty()) {
            throw new IllegalArgumentException("a client needs the address of a node");
        }
        this.nodes = List.copyOf(nodes);
        this.tokens = tokens;
        this.records = new UploadRecords(state);
        this.patience = patience;
        this.settings = settings;
        this.runtime = runtime;
    }

    /// Uploads a file for a message in `conversation`, or goes on with it.
    ///
    /// @param type its media type, for servers that take only some
    public Transfer<UploadOutcome> upload(
            final Path file,
            final ConversationId conversation,
            final Optional<String> type,
            final TransferListener listener) {
        final var absolute = file.toAbsolutePath().normalize();
        return Transfer.start(
                () -> new UploadRun(calls(listener), records, absolute, conversation, type, listener).run());
    }

    /// Forgets what is known of the upload of a file, since a message is to carry it, or nobody wants it: the
    /// next upload of this file for this conversation is another one.
    public void forget(final Path file, final ConversationId conversation) {
        records.forget(file.toAbsolutePath().normalize(), conversation);
    }

    /// Forgets what is known of all uploads of a login.
    ///
    /// @param state its directory
    /// @throws java.io.IOException if something of it stays
    public static void forgetAll(final Path state) throws IOException {
        UploadRecords.clear(state);
    }

    /// Fetches an upload into `file`, or goes on with it. It is written aside, as `file` with `.part` behind
    /// it, until it is whole and right: as many bytes as the server announces, with the SHA-256 that it tells.
    ///
    /// @param size    how many bytes it must have, where that is known
    /// @param sha256  what it must be, where that is known
    /// @param replace whether a file that is there is replaced
    public Transfer<FetchOutcome> fetch(
            final MediaId media,
            final Path file,
            final OptionalLong size,
            final Optional<Octets> sha256,
            final boolean replace,
            final TransferListener listener) {
        final var absolute = file.toAbsolutePath().normalize();
        return Transfer.start(
                () -> new FetchRun(calls(listener), media, absolute, size, sha256, replace, listener).run());
    }

    private MediaCalls calls(final TransferListener listener) {
        final var random = runtime.random();
        final var waits = new Backoff(settings.backoffFirst(), settings.backoffMost(), random);
        return new MediaCalls(Addresses.shuffled(nodes, waits, random), tokens, patience, runtime, listener);
    }
}
