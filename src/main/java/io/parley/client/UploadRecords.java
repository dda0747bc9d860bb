package io.parley.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.parley.content.Octets;
import io.parley.id.ConversationId;
import io.parley.id.MediaId;
import io.parley.protocol.JsonPrinter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

/// What is known of uploads that no message carries yet, a small file for each, so that they go on after the
/// end of a process. By the path of the file and the conversation it is for.
final class UploadRecords {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String ENDING = ".json";
    private static final String LOCK = ".lock";
    private static final int KEY_BYTES = 16;

    /// The server has long thrown away what is older.
    private static final Duration KEPT_FOR = Duration.ofDays(30);

    /// What a file was when its upload began.
    ///
    /// @param modifiedNanos since 1970; systems that count in larger units say so in zeros
    record Identity(long bytes, long modifiedNanos) {
        static Identity of(final Path file) throws IOException {
            final var modified = Files.getLastModifiedTime(file).toInstant();
            return new Identity(Files.size(file), modified.getEpochSecond() * 1_000_000_000L + modified.getNano());
        }
    }

    /// An upload.
    ///
    /// @param sha256 of the file, as it was then
    /// @param media  what the server calls it
    record Known(Identity identity, Octets sha256, MediaId media) {}

    private final Path directory;

    UploadRecords(final Path directory) {
        this.directory = directory;
    }

    private static String key(final Path file, final ConversationId conversation) {
        final var digest = Hashes.sha256().digest((conversation + "\n" + file).getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest, 0, KEY_BYTES);
    }

    /// Held while a file is uploaded; empty: another process, or another thread of this one, does so.
    Optional<FileChannel> lock(final Path file, final ConversationId conversation) throws IOException {
        PrivateFile.makeDirectory(directory);
        clean();
        final var channel = FileChannel.open(
                directory.resolve(key(file, conversation) + LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return Optional.of(channel);
            }
        } catch (final OverlappingFileLockException here) {
            // as below
        }
        channel.close();
        return Optional.empty();
    }

    /// What is known of the upload of this file as it is now; empty: nothing, or it was another file then.
    Optional<Known> known(final Path file, final ConversationId conversation, final Identity now) throws IOException {
        final var contents = PrivateFile.read(directory.resolve(key(file, conversation) + ENDING));
        if (contents.isEmpty()) {
            return Optional.empty();
        }
        try {
            final var json = JSON.readTree(contents.get());
            final var then = new Identity(
                    json.required("bytes").asLong(), json.required("modified").asLong());
            return then.equals(now) && json.required("path").asText().equals(file.toString())
                    ? Octets.parse(json.required("sha256").asText())
                            .map(sha256 -> new Known(
                                    then,
                                    sha256,
                                    new MediaId(json.required("media").asText())))
                    : Optional.empty();
        } catch (final JsonProcessingException | IllegalArgumentException notOurs) { // as good as none
            return Optional.empty();
        }
    }

    void keep(final Path file, final ConversationId conversation, final Known known) throws IOException {
        final var json = new JsonPrinter()
                .object()
                .member("path", file.toString())
                .member("conversation", conversation.value())
                .member("bytes", known.identity().bytes())
                .member("modified", known.identity().modifiedNanos())
                .member("sha256", known.sha256().base64url())
                .member("media", known.media().value())
                .end();
        PrivateFile.write(
                directory.resolve(key(file, conversation) + ENDING), json.toString(), PrivateFile.Lasting.POWER_LOSS);
    }

    /// @throws UncheckedIOException if it cannot be deleted
    void forget(final Path file, final ConversationId conversation) {
        try {
            Files.deleteIfExists(directory.resolve(key(file, conversation) + ENDING));
        } catch (final IOException kept) {
            throw new UncheckedIOException(kept);
        }
    }

    static void clear(final Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            try (var files = Files.newDirectoryStream(directory)) {
                for (final var each : files) {
                    Files.deleteIfExists(each);
                }
            }
        }
    }

    /// Of files that were never uploaded to the end.
    private void clean() throws IOException {
        final var before = Instant.now().minus(KEPT_FOR);
        try (var files = Files.newDirectoryStream(directory)) {
            for (final var each : files) {
                if (Files.getLastModifiedTime(each).toInstant().isBefore(before)) {
                    Files.deleteIfExists(each);
                }
            }
        }
    }
}
