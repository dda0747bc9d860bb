package io.parley.local;

import io.parley.local.LocalProcess.Signal;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// One Parley node of a cluster, a process of its own. Started again it has the same place.
public final class ParleyNode {
    private static final Duration START_MAX = Duration.ofMinutes(3);

    /// A node that stops lets its sessions finish and hands its entities over.
    private static final Duration STOP_MAX = Duration.ofSeconds(60);

    private static final Duration KILL_MAX = Duration.ofSeconds(10);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(2);

    private static final int LAST_LINES = 60;

    private final int number;
    private final NodeSettings settings;
    private final Map<String, String> environment;
    private final Path directory;
    private final Lifetime lifetime;

    /// @param shared what all nodes of the cluster are told
    ParleyNode(
            final int number,
            final NodeSettings settings,
            final Map<String, String> shared,
            final Path directory,
            final Lifetime lifetime) {
        this.number = number;
        this.settings = settings;
        this.environment = new HashMap<>(shared);
        environment.putAll(settings.place());
        environment.putAll(settings.environment());
        this.directory = directory.toAbsolutePath().normalize();
        this.lifetime = lifetime;
    }

    /// Starts it, without waiting for more: [#awaitReady].
    public void start() {
        process().ifPresent(runs -> {
            throw new LocalTrouble(this + " runs already, as process " + runs.pid());
        });
        checkPorts();
        try {
            Files.createDirectories(directory);
            LocalProcess.launch(ParleyProgram.node(settings), environment, directory, log(), lifetime)
                    .write(processFile());
        } catch (final IOException failed) {
            throw new LocalTrouble("cannot write into " + directory + ": " + failed.getMessage(), failed);
        }
    }

    /// Finds out before the node does, which would take seconds.
    void checkPorts() {
        for (final int port : List.of(settings.port(), settings.managementPort(), settings.clusterBoundPort())) {
            if (!CassandraSettings.isFree(settings.host(), port)) {
                throw new LocalTrouble("cannot start " + this + ": " + settings.host() + ":" + port
                        + " is taken by another program, or is no address of this machine");
            }
        }
    }

    /// Waits until messages can be sent.
    public void awaitReady() {
        awaitReady(START_MAX);
    }

    /// Waits until messages can be sent.
    public void awaitReady(final Duration atMost) {
        Waiting.until(
                atMost,
                () -> {
                    if (!isRunning()) {
                        throw new LocalTrouble(
                                this + " ended while it was waited for; its last words:\n" + lastWords());
                    }
                    return ready();
                },
                () -> this + " is not ready; its last words:\n" + lastWords());
    }

    /// What `/health/ready` says; no when nobody answers.
    public boolean ready() {
        return managed("/health/ready")
                .filter(answer -> answer.statusCode() == 200)
                .isPresent();
    }

    /// A number of `/metrics`, without `parley_` before its name; 0 where it does not stand there.
    public long metric(final String name) {
        return managed("/metrics").map(HttpResponse::body).stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith("parley_" + name + " "))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(' ') + 1)))
                .findFirst()
                .orElse(0);
    }

    private Optional<HttpResponse<String>> managed(final String path) {
        final var request = HttpRequest.newBuilder(managementAddress().resolve(path))
                .timeout(ANSWER_MAX)
                .build();
        try {
            return Optional.of(Http.CLIENT.send(request, HttpResponse.BodyHandlers.ofString()));
        } catch (final IOException nobodyAnswers) {
            return Optional.empty();
        } catch (final InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new LocalTrouble("stopped while asking " + this, stopped);
        }
    }

    private static final class Http {
        static final HttpClient CLIENT =
                HttpClient.newBuilder().connectTimeout(ANSWER_MAX).build();
    }

    /// SIGTERM: its sessions are told to come back, its entities handed over, and it has ended when this
    /// returns.
    ///
    /// @return its exit code, 143 when all was well; empty where it did not run or another JVM has started it
    public OptionalInt stop() {
        askToStop();
        return awaitEnd();
    }

    void askToStop() {
        process().ifPresent(runs -> {
            runs.send(Signal.TERM);
            runs.send(Signal.CONT); // one that is paused would not notice
        });
    }

    /// `kill -9`; it has ended when this returns.
    public void kill() {
        process().ifPresent(runs -> runs.send(Signal.KILL));
        awaitEnd(KILL_MAX);
    }

    OptionalInt awaitEnd() {
        return awaitEnd(STOP_MAX);
    }

    /// Waits until it has ended.
    ///
    /// @return its exit code; empty where it never ran or another JVM has started it
    public OptionalInt awaitEnd(final Duration atMost) {
        final var last = lastProcess();
        if (last.isPresent() && !last.get().endsWithin(atMost)) {
            throw new LocalTrouble(
                    this + ", process " + last.get().pid() + ", does not end; its last words:\n" + lastWords());
        }
        return last.map(LocalProcess::exitCode).orElseGet(OptionalInt::empty);
    }

    /// SIGSTOP: it holds its connections and says nothing.
    public void pause() {
        running().send(Signal.STOP);
    }

    /// SIGCONT.
    public void resume() {
        running().send(Signal.CONT);
    }

    /// Stops it, if it runs, starts it again in the same place, and returns when it is ready.
    public void restart() {
        stop();
        start();
        awaitReady();
    }

    private LocalProcess running() {
        return process().orElseThrow(() -> new LocalTrouble(this + " does not run"));
    }

    public boolean isRunning() {
        return process().isPresent();
    }

    /// The process that runs it now, paused or not.
    public Optional<LocalProcess> process() {
        return lastProcess().filter(LocalProcess::isAlive);
    }

    private Optional<LocalProcess> lastProcess() {
        try {
            return LocalProcess.read(processFile());
        } catch (final IOException failed) {
            throw new LocalTrouble("cannot read " + processFile(), failed);
        }
    }

    private Path processFile() {
        return directory.resolve("process");
    }

    /// From 1.
    public int number() {
        return number;
    }

    public NodeSettings settings() {
        return settings;
    }

    /// Where clients connect.
    public URI address() {
        return at(settings.port());
    }

    /// Health, readiness and metrics.
    public URI managementAddress() {
        return at(settings.managementPort());
    }

    private URI at(final int port) {
        return URI.create("http://" + settings.host() + ":" + port);
    }

    /// All it has written, over all its runs.
    public Path log() {
        return directory.resolve("node.log");
    }

    /// The end of its log without the depths of stack traces.
    private String lastWords() {
        return lastLines(LAST_LINES)
                .lines()
                .filter(line -> !line.startsWith("\t"))
                .reduce((before, line) -> before + "\n" + line)
                .orElse("(none)");
    }

    /// The end of its log.
    public String lastLines(final int count) {
        try {
            final var lines = Files.readAllLines(log());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - count), lines.size()));
        } catch (final IOException nothing) {
            return "(none)";
        }
    }

    @Override
    public String toString() {
        return "node " + number + " (" + address() + ")";
    }
}
