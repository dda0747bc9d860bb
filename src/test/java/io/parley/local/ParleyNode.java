package io.parley.local;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One Parley node of a cluster, a process of its own. Started again it has the same place.
public final class ParleyNode extends LocalServer {
    private static final Duration START_MAX = Duration.ofMinutes(3);

    /// A node that stops lets its sessions finish and hands its entities over.
    private static final Duration STOP_MAX = Duration.ofSeconds(60);

    private static final Duration ANSWER_MAX = Duration.ofSeconds(2);

    private static final int LAST_LINES = 60;

    private final NodeSettings settings;
    private final Map<String, String> environment;
    private final Lifetime lifetime;

    /// @param shared what all nodes of the cluster are told
    ParleyNode(
            final int number,
            final NodeSettings settings,
            final Map<String, String> shared,
            final Path directory,
            final Lifetime lifetime) {
        super(number, directory, STOP_MAX);
        this.settings = settings;
        this.environment = new HashMap<>(shared);
        environment.putAll(settings.place());
        environment.putAll(settings.environment());
        this.lifetime = lifetime;
    }

    @Override
    LocalProcess launch() throws IOException {
        return LocalProcess.launch(ParleyProgram.node(settings), environment, directory(), log(), lifetime);
    }

    @Override
    String host() {
        return settings.host();
    }

    @Override
    List<Integer> ports() {
        return List.of(settings.port(), settings.managementPort(), settings.clusterBoundPort());
    }

    /// Waits until messages can be sent.
    public void awaitReady() {
        awaitReady(START_MAX);
    }

    /// Waits until messages can be sent.
    public void awaitReady(final Duration atMost) {
        awaitRunning(atMost, this::ready, () -> "is not ready");
    }

    /// What `/health/ready` says; no when nobody answers.
    public boolean ready() {
        return management().isReady();
    }

    /// A number of `/metrics`, without `parley_` before its name; 0 where it does not stand there.
    public long metric(final String name) {
        return management().metric(name);
    }

    private Management management() {
        return new Management(managementAddress(), ANSWER_MAX);
    }

    /// Stops it, if it runs, starts it again in the same place, and returns when it is ready.
    public void restart() {
        stop();
        start();
        awaitReady();
    }

    public NodeSettings settings() {
        return settings;
    }

    /// Where clients connect.
    public URI address() {
        return URI.create(settings.address());
    }

    /// Health, readiness and metrics.
    public URI managementAddress() {
        return URI.create("http://" + settings.host() + ":" + settings.managementPort());
    }

    /// All it has written, over all its runs.
    public Path log() {
        return directory().resolve("node.log");
    }

    /// The end of its log without the depths of stack traces.
    @Override
    String lastWords() {
        return lastLines(LAST_LINES)
                .lines()
                .filter(line -> !line.startsWith("\t"))
                .reduce((before, line) -> before + "\n" + line)
                .orElse("(none)");
    }

    /// The end of its log.
    public String lastLines(final int count) {
        final var lines = lines();
        return lines.isEmpty()
                ? "(none)"
                : String.join("\n", lines.subList(Math.max(0, lines.size() - count), lines.size()));
    }

    /// Its log, over all its runs.
    public List<String> lines() {
        try {
            return Files.exists(log()) ? Files.readAllLines(log()) : List.of();
        } catch (final IOException failed) {
            throw new LocalTrouble("cannot read " + log(), failed);
        }
    }

    @Override
    public String toString() {
        return "node " + number() + " (" + address() + ")";
    }
}
