package io.parley.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.parley.client.FileStore;
import io.parley.client.FileTransfers;
import io.parley.client.Login;
import io.parley.client.PrivateFile;
import io.parley.client.PrivateFile.Lasting;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import io.parley.protocol.JsonPrinter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/// What is kept of one login: the tokens, the unsent messages, how far the device has come, and the locks of
/// those who use them.
final class AccountHome {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String LOGIN = "login.json";

    private final Path directory;
    private final UserId user;

    AccountHome(final Path directory, final UserId user) {
        this.directory = directory;
        this.user = user;
    }

    UserId user() {
        return user;
    }

    /// The present login; empty if there is none, or none that can be read.
    Optional<Login> login() throws IOException {
        final var contents = PrivateFile.read(directory.resolve(LOGIN));
        return contents.isEmpty() ? Optional.empty() : parse(contents.get());
    }

    private static Optional<Login> parse(final String contents) {
        try {
            final var json = JSON.readTree(contents);
            return Optional.of(new Login(
                    json.required("token").asText(),
                    Instant.parse(json.required("expiresAt").asText()),
                    json.required("refreshToken").asText(),
                    new DeviceId(json.required("device").asText()),
                    new UserId(json.required("user").asText()),
                    json.required("uid").asText()));
        } catch (final JsonProcessingException | RuntimeException notOurs) { // as good as none: log in again
            return Optional.empty();
        }
    }

    /// Keeps a login in the place of the last. Another device than before holds nothing yet; another account of
    /// the same name has nothing to do with what was kept.
    void keep(final Login login) throws IOException {
        PrivateFile.makeDirectory(directory);
        final var before = login();
        if (before.isEmpty() || !before.get().device().equals(login.device())) {
            store().forgetProgress();
        }
        if (before.isPresent() && !before.get().uid().equals(login.uid())) {
            store().clear();
            FileTransfers.forgetAll(uploads());
        }
        final var json = new JsonPrinter()
                .object()
                .member("user", login.user().value())
                .member("uid", login.uid())
                .member("device", login.device().value())
                .member("token", login.token())
                .member("expiresAt", login.expiresAt())
                .member("refreshToken", login.refreshToken())
                .end();
        PrivateFile.write(directory.resolve(LOGIN), json.toString(), Lasting.POWER_LOSS);
    }

    /// Forgets the login and everything with it.
    void clear() throws IOException {
        store().clear();
        FileTransfers.forgetAll(uploads());
        Files.deleteIfExists(directory.resolve(LOGIN));
    }

    /// What is known of files on their way.
    Path uploads() {
        return directory.resolve("uploads");
    }

    FileStore store() {
        return new FileStore(directory.resolve("store"));
    }

    /// The lock of the device's connection, which a command holds as long as it lives.
    DeviceLock connection() throws IOException {
        PrivateFile.makeDirectory(directory);
        return new DeviceLock(directory.resolve("connection.lock"));
    }

    /// The lock of the tokens, held for a moment.
    DeviceLock tokens() throws IOException {
        PrivateFile.makeDirectory(directory);
        return new DeviceLock(directory.resolve("tokens.lock"));
    }
}
