package io.parley.faults;

import io.parley.history.Checker;
import io.parley.history.Event;
import io.parley.history.HistoryFile;
import io.parley.history.Picture;
import io.parley.history.Report;
import io.parley.history.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// How a run ended, and what the judge says of it.
///
/// @param stuck who waited for ever, a line each
record Ending(List<Event> history, Verdict verdict, List<String> stuck) {
    Ending {
        history = List.copyOf(history);
        stuck = List.copyOf(stuck);
    }

    /// Ends a run, and prints the report.
    static Ending of(final FaultRun run) {
        final var history = run.end();
        final var verdict = Checker.check(history);
        System.out.println(Report.of(history, verdict));
        return new Ending(history, verdict, run.stuck());
    }

    /// Every promise held, and nobody waits.
    boolean isWell() {
        return verdict.holds() && stuck.isEmpty();
    }

    /// What was wrong, for whoever must know.
    String faults() {
        return verdict.violations() + " " + verdict.unjudged() + " " + stuck;
    }

    /// Writes `history.jsonl` and `history.svg`.
    void write(final Path directory) throws IOException {
        try (var out = HistoryFile.create(directory.resolve("history.jsonl"))) {
            history.forEach(out::record);
        }
        Files.writeString(directory.resolve("history.svg"), Picture.of(history, verdict));
    }
}
