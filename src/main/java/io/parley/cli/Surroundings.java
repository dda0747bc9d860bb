package io.parley.cli;

import io.parley.client.ClientRuntime;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;

/// What a command finds: the terminal, the environment variables, the clock.
record Surroundings(
        Terminal terminal,
        Map<String, String> environment,
        Path home,
        InstantSource clock,
        ZoneId zone,
        ClientRuntime runtime) {
    /// With this process's home directory, clock and time zone.
    static Surroundings ofThisProcess(final Terminal terminal, final Map<String, String> environment) {
        return new Surroundings(
                terminal,
                environment,
                Path.of(System.getProperty("user.home", "")),
                InstantSource.system(),
                ZoneId.systemDefault(),
                ClientRuntime.shared());
    }

    Optional<String> variable(final String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    /// Where all logins are kept: `$XDG_STATE_HOME/parley`, or `~/.local/state/parley`.
    Path state() {
        return variable("XDG_STATE_HOME")
                .map(Path::of)
                .filter(Path::isAbsolute) // others are to be ignored, says the XDG specification
                .orElseGet(() -> home.resolve(".local").resolve("state"))
                .resolve("parley");
    }
}
