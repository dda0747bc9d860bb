package io.parley.faults;

import io.parley.local.ChangedProgram;
import io.parley.local.ChangedProgram.Change;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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
    LASTING_SESSIONS(Parts.LASTING),

    /// A node that was asleep goes on where it was, and of two rows of one number the one written last counts,
    /// as by a journal that takes whoever writes last for the newest owner.
    FENCING_OFF(
            Parts.LASTING,
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

    /// What several of them are made of.
    private static final class Parts {
        static final Change LASTING = new Change(
                "session/SessionRules.java",
                "SILENCE_MAX = Duration.ofSeconds(15)",
                "SILENCE_MAX = Duration.ofSeconds(60)");
    }

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<Change> changes;

    Flaw(final Change... changes) {
        this.changes = List.of(changes);
    }

    /// Compiles what is changed.
    ///
    /// @param sources those of the program, `src/main/java`
    /// @param into    an empty directory
    /// @return a class path entry that goes before the program's; empty where nothing is changed
    Optional<Path> compile(final Path sources, final Path into) {
        return changes.isEmpty() ? Optional.empty() : Optional.of(new ChangedProgram(changes).compile(sources, into));
    }
}
