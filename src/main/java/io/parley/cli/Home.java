package io.parley.cli;

import io.parley.client.PrivateFile;
import io.parley.client.PrivateFile.Lasting;
import io.parley.id.UserId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// The logins at one list of nodes, on this machine.
final class Home {
    private static final String CURRENT = "current";

    private final Path directory;

    Home(final Path state, final Nodes nodes) {
        this.directory = state.resolve(nodes.key());
    }

    /// Who logged in last, and is meant where nobody is named.
    Optional<UserId> current() throws IOException {
        return PrivateFile.read(directory.resolve(CURRENT)).map(String::strip).flatMap(UserId::parse);
    }

    void makeCurrent(final UserId user) throws IOException {
        PrivateFile.makeDirectory(directory);
        PrivateFile.write(directory.resolve(CURRENT), user.value() + "\n", Lasting.POWER_LOSS);
    }

    AccountHome of(final UserId user) {
        return new AccountHome(directory.resolve("users").resolve(user.value()), user);
    }
}
