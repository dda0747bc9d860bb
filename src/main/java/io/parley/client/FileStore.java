package io.parley.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.parley.content.Body;
import io.parley.content.JsonText;
import io.parley.id.ConversationId;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.protocol.JsonPrinter;
import io.parley.protocol.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A [ClientStore] in a directory, for programs whose unsent messages must outlive them: a file for each
/// message that has not been answered, on the disk before it is sent, and one for each conversation's progress.
/// Files are for the owner alone and written as a whole.
///
/// One client at a time lives on a directory. Another process may put messages into it ([#queued], [#settled])
/// that it sends by itself; what it could not send, the next client does.
///
/// Progress is not forced to the disk: after a loss of power the worst is that something is given twice.
public final class FileStore implements ClientStore {
    private static final Logger LOG = System.getLogger(FileStore.class.getName());
    private static final JsonMapper JSON = new JsonMapper();
    private static final String ENDING = ".json";

    private final Path unsent;
    private final Path progress;
    private final Map<MessageId, Path> fileById = new HashMap<>(); // bounded by the client's outbox
    private long lastOrder;

    /// @param directory made where it is missing
    /// @throws UncheckedIOException if it cannot be made or looked into
    public FileStore(final Path directory) {
        this.unsent = directory.resolve("unsent");
        this.progress = directory.resolve("progress");
        try {
            PrivateFile.makeDirectory(unsent);
            PrivateFile.makeDirectory(progress);
        } catch (final IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    @Override
    public synchronized Kept kept() {
        final var progresses = new HashMap<ConversationId, Progress>();
        for (final var file : files(progress)) {
            ConversationId.parse(name(file))
                    .ifPresent(conversation ->
                            read(file).ifPresent(json -> progresses.put(conversation, toProgress(json))));
        }
        final var messages = new ArrayList<Unsent>();
        for (final var file : files(unsent)) {
            read(file).map(FileStore::toUnsent).ifPresent(message -> {
                fileById.put(message.id(), file);
                messages.add(message);
            });
        }
        return new Kept(Map.copyOf(progresses), List.copyOf(messages));
    }

    /// How many messages have not been answered.
    public synchronized int unsentCount() {
        return files(unsent).size();
    }

    /// How far the device has come in a conversation; empty if nothing is known of it.
    public synchronized Optional<Progress> progress(final ConversationId conversation) {
        return read(file(conversation)).map(FileStore::toProgress);
    }

    /// Forgets all progress, as for a device that was linked anew and holds nothing; unsent messages stay.
    public synchronized void forgetProgress() {
        files(progress).forEach(FileStore::delete);
    }

    /// Forgets everything.
    public synchronized void clear() {
        forgetProgress();
        files(unsent).forEach(FileStore::delete);
        fileById.clear();
    }

    @Override
    public synchronized void progressed(final ConversationId conversation, final Progress now) {
        final var json = new JsonPrinter()
                .object()
                .member("head", now.head())
                .member("delivered", now.delivered())
                .member("read", now.read())
                .member("readConfirmed", now.readConfirmed())
                .end();
        try {
            PrivateFile.write(file(conversation), json.toString(), PrivateFile.Lasting.PROCESS);
        } catch (final IOException full) { // it costs a repetition, which is no reason to end the link
            LOG.log(Level.WARNING, "the progress of a conversation could not be written", full);
        }
    }

    /// @throws UncheckedIOException if it could not be written: then the message is not sent either
    @Override
    public synchronized void queued(final Unsent message) {
        final var json = new JsonPrinter().object().member("id", message.id().value());
        switch (message.target()) {
            case Target.User(final var user) -> json.member("to", user);
            case Target.Conversation(final var conversation) -> json.member("conversation", conversation);
        }
        json.member("type", message.body().type())
                .member("body", message.body().json().value()) // as a string, so that it stays as it is
                .member("after", message.after());
        if (!message.media().isEmpty()) {
            json.name("media").array();
            message.media().forEach(media -> json.value(media.value()));
            json.endArray();
        }
        json.end();
        final var file = unsent.resolve(order() + "-" + message.id() + ENDING);
        try {
            PrivateFile.write(file, json.toString(), PrivateFile.Lasting.POWER_LOSS);
        } catch (final IOException full) {
            throw new UncheckedIOException(full);
        }
        fileById.put(message.id(), file);
    }

    /// Rises with time, also from one process to the next, so that messages keep their order: the one before
    /// may have ended within this millisecond, or the clock may have gone back.
    private String order() {
        if (lastOrder == 0) {
            final var stored = files(unsent);
            lastOrder = stored.isEmpty() ? 0 : orderOf(stored.getLast());
        }
        lastOrder = Math.max(lastOrder + 1, System.currentTimeMillis() * 1_000);
        return "%016x".formatted(lastOrder);
    }

    private static long orderOf(final Path file) {
        final var name = name(file);
        try {
            return Long.parseLong(name.substring(0, Math.max(0, name.indexOf('-'))), 16);
        } catch (final NumberFormatException notOurs) {
            return 0;
        }
    }

    @Override
    public synchronized void settled(final MessageId id) {
        final var file = fileById.remove(id);
        if (file != null) {
            delete(file);
        }
    }

    private Path file(final ConversationId conversation) {
        return progress.resolve(conversation.value() + ENDING);
    }

    private static String name(final Path file) {
        final var name = file.getFileName().toString();
        return name.substring(0, name.length() - ENDING.length());
    }

    /// In the order of their names; what a killed process left half written is removed.
    private static List<Path> files(final Path directory) {
        try (var listed = Files.list(directory)) {
            final var all =
                    listed.sorted(Comparator.comparing(Path::getFileName)).toList();
            all.stream().filter(FileStore::isOfTheDead).forEach(FileStore::delete);
            return all.stream()
                    .filter(file -> file.getFileName().toString().endsWith(ENDING))
                    .toList();
        } catch (final IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static boolean isOfTheDead(final Path file) {
        return PrivateFile.writer(file)
                .map(pid -> ProcessHandle.of(pid).isEmpty())
                .orElse(false);
    }

    private static void delete(final Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (final IOException kept) { // a message would be sent again under its id, which does no harm
            LOG.log(Level.WARNING, "a file of the past stays behind", kept);
        }
    }

    private static Optional<JsonNode> read(final Path file) {
        try {
            final var contents = PrivateFile.read(file);
            return contents.isEmpty() ? Optional.empty() : Optional.of(JSON.readTree(contents.get()));
        } catch (final JsonProcessingException garbage) { // not by us: files are written as a whole
            LOG.log(Level.WARNING, "{0} cannot be read and is passed over", file);
            return Optional.empty();
        } catch (final IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static Progress toProgress(final JsonNode json) {
        return new Progress(
                json.path("head").asLong(),
                json.path("delivered").asLong(),
                json.path("read").asLong(),
                json.path("readConfirmed").asLong());
    }

    private static Unsent toUnsent(final JsonNode json) {
        final var to = json.get("to");
        final Target target =
                to == null ? new Target.Conversation(json.path("conversation").asText()) : new Target.User(to.asText());
        final var body = new Body(
                json.path("type").asText(), new JsonText(json.path("body").asText()));
        final var media = new ArrayList<MediaId>(); // files of before there were uploads name none
        json.path("media").forEach(id -> media.add(new MediaId(id.asText())));
        return new Unsent(
                new MessageId(json.path("id").asText()),
                target,
                body,
                media,
                json.path("after").asLong());
    }
}
