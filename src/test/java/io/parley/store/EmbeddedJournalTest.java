package io.parley.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EmbeddedJournalTest {
    @TempDir
    Path directory;

    @Test
    void what_was_entered_is_there_after_a_restart() throws StoreException {
        final Ledger.Sum before;
        try (var node = new StoreNode(directory)) {
            final var ledger = node.ledger("ledger|one");
            final var answers = new ArrayList<CompletionStage<Long>>();
            for (int i = 0; i < 1_000; i++) {
                answers.add(node.enter(ledger, "entry " + i));
            }
            for (int i = 0; i < 1_000; i++) {
                assertEquals(i + 1, StoreNode.await(answers.get(i)));
            }
            before = node.sum(ledger);
        }
        try (var node = new StoreNode(directory)) {
            assertEquals(before, node.sum(node.ledger("ledger|one")));
        }
    }
}
