package io.parley.faults;

import io.parley.local.Installation;
import io.parley.local.LocalCluster;
import io.parley.local.LocalClusterSettings;
import io.parley.local.ParleyNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Nodes that get another build one after the other, as an operator gives it to them: stopped, replaced,
/// started, while the others serve.
final class RollingUpgrade {
    /// What a node says that cannot read what another has written or sent.
    private static final List<String> COMPLAINTS = List.of(
            "Failed to deserialize",
            "NotSerializableException",
            "JsonMappingException",
            "MismatchedInputException",
            "UnrecognizedPropertyException",
            "InvalidTypeIdException",
            "InvalidDefinitionException",
            "NoSuchMethodError");

    /// From some moment on a node runs a build.
    private record Change(long atNanos, String node, Path build) {}

    private final List<Installation> installations;
    private final List<Change> changes = new ArrayList<>();

    /// @param directory one below it for each node
    RollingUpgrade(final Path directory, final int nodes) {
        this.installations = IntStream.rangeClosed(1, nodes)
                .mapToObj(number -> new Installation(directory.resolve("node" + number)))
                .toList();
    }

    /// Nodes that run what is installed for them; `build` is.
    LocalClusterSettings begin(final LocalClusterSettings settings, final Path build) {
        var installed = settings;
        for (int number = 1; number <= installations.size(); number++) {
            final var installation = installations.get(number - 1);
            installed = installed.withNode(number, installation::of);
            installation.put(build);
            changes.add(new Change(
                    System.nanoTime(), settings.nodes().get(number - 1).host(), build));
        }
        return installed;
    }

    /// Gives one node another build, and returns when it is ready.
    ///
    /// @param run which starts nodes that have ended: not this one, while it is stopped on purpose
    void install(final ParleyNode node, final Path build, final FaultRun run) {
        run.restart(node, () -> {
            installations.get(node.number() - 1).put(build);
            changes.add(new Change(System.nanoTime(), node.settings().host(), build));
        });
        node.awaitReady();
    }

    /// Which build a node ran at a moment.
    ///
    /// @param node its address, `host:port`
    Path buildOf(final String node, final long atNanos) {
        return changes.stream()
                .filter(change -> node.startsWith(change.node() + ":") && change.atNanos() <= atNanos)
                .reduce((_, last) -> last)
                .orElseThrow()
                .build();
    }

    /// Lines of all nodes that say that something could not be read, sent or called.
    static List<String> complaints(final LocalCluster cluster) {
        return cluster.nodes().stream()
                .flatMap(node -> node.lines().stream()
                        .filter(line -> COMPLAINTS.stream().anyMatch(line::contains))
                        .map(line -> node + ": " + line))
                .toList();
    }
}
