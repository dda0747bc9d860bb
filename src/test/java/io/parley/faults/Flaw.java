package io.parley.faults;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;

/// A promise that a node is made to break: its source with one thought changed, compiled, and put before the
/// others on the node's class path. The judge must find each; a judge that has never found anything may be
/// blind.
enum Flaw {
    /// The node that is.
    NONE,

    /// ✓ is told before the message is stored.
    ACKNOWLEDGED_BEFORE_STORED(new Change(
            "conversation/Conversation.java",
            "return Effect().persist(decision.events()).thenRun(_ -> stored(decision));",
            """
            perform(decision.effects());
            return Effect().persist(decision.events());""")),

    /// What has been pushed counts as delivered, before the device has said so.
    CURSOR_BEFORE_THE_DEVICE(new Change(
            "session/Pushing.java",
            "decision.send(new ServerFrame.Message(lane.id, Frames.toWire(entry, self.user())));",
            """
            decision.send(new ServerFrame.Message(lane.id, Frames.toWire(entry, self.user())));
            decision.tell(new io.parley.user.UserCommand.Acknowledge(
                    self.user(), self.device(), lane.id, entry.seq(), entry.seq(), 0, java.util.Optional.empty()));""")),

    /// Sessions that last while nobody hears them. It breaks no promise, and is what [#FENCING_OFF] is compared
    /// with: otherwise a node that wakes closes its sessions before it reads what clients have sent to it.
    LASTING_SESSIONS(new Change(
            "session/SessionRules.java",
            "SILENCE_MAX = Duration.ofSeconds(15)",
            "SILENCE_MAX = Duration.ofSeconds(60)")),

    /// A node that was asleep goes on where it was, and of two rows of one number the one written last counts,
    /// as by a journal that takes whoever writes last for the newest owner.
    FENCING_OFF(
            new Change(
                    "session/SessionRules.java",
                    "SILENCE_MAX = Duration.ofSeconds(15)",
                    "SILENCE_MAX = Duration.ofSeconds(60)"),
            new Change("cluster/QuorumLease.java", "if (held == null) {\n            return false;", """
                    if (System.nanoTime() != 0) {
                        return true;
                    }
                    if (held == null) {
                        return false;"""),
            new Change(
                    "store/cassandra/Lineage.java",
                    "resolve(final List<R> rows, final Seal seal) {",
                    "resolve(final List<R> rows, final Seal unheard) {\n        final var seal = Seal.NONE;"),
            new Change(
                    "store/cassandra/Lineage.java",
                    ".filter(row -> row.writer().term().compareTo(seal.by()) >= 0)",
                    ""),
            new Change(
                    "store/cassandra/Lineage.java",
                    ".filter(row -> known.isEmpty() || row.writer().before().equals(known.get()))",
                    ""),
            new Change(
                    "store/cassandra/Lineage.java",
                    ".max(Comparator.comparing(row -> row.writer().term()))",
                    ".reduce((_, last) -> last)"),
            new Change("store/cassandra/Lineage.java", "if (row.seq() > end\n", "if (row.seq() > end && false\n"));

    /// @param file below `io/parley`
    /// @param is   stands there once
    /// @param then stands there instead
    private record Change(String file, String is, String then) {
        String in(final String source) {
            final int at = source.indexOf(is);
            if (at < 0 || source.indexOf(is, at + 1) >= 0) {
                throw new IllegalStateException("not once in " + file + ": " + is);
            }
            return source.substring(0, at) + then + source.substring(at + is.length());
        }
    }

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<Change> changes;

    Flaw(final Change... changes) {
        this.changes = List.of(changes);
    }

    /// Compiles what is changed.
    ///
    /// @param sources those of the program, `src/main/java`
    /// @param into    an empty directory: sources and classes come into directories of their own below it
    /// @return a class path entry that goes before the program's; empty where nothing is changed
    Optional<Path> compile(final Path sources, final Path into) {
        if (changes.isEmpty()) {
            return Optional.empty();
        }
        final Map<Path, String> changed = new LinkedHashMap<>();
        final var classes = into.resolve("classes");
        try {
            for (final var change : changes) {
                final var file = Path.of("io", "parley").resolve(change.file());
                final var before = changed.get(file);
                changed.put(file, change.in(before == null ? Files.readString(sources.resolve(file)) : before));
            }
            Files.createDirectories(classes);
            final var words = new ArrayList<>(
                    List.of("-parameters", "-proc:none", "-nowarn", "-cp", classPath(), "-d", classes.toString()));
            for (final var file : changed.entrySet()) {
                final var source = into.resolve("sources").resolve(file.getKey());
                Files.createDirectories(source.getParent());
                Files.writeString(source, file.getValue());
                words.add(source.toString());
            }
            if (ToolProvider.getSystemJavaCompiler().run(null, null, null, words.toArray(String[]::new)) != 0) {
                throw new IllegalStateException(this + " does not compile");
            }
        } catch (final IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return Optional.of(classes);
    }

    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.endsWith("test-classes"))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
