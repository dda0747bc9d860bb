package io.parley.store.cassandra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/// Whether a node knows what its Cassandra's word is worth.
@DisabledIfSystemProperty(named = "parley.cassandra.skip", matches = "true")
@Order(8)
final class CommitLogModeTest {
    @Test
    void a_cassandra_tells_how_it_keeps_its_commit_log() {
        try (var session = OneCassandra.session()) {
            assertEquals(Optional.of(new CommitLogMode("group")), JournalSystem.await(CommitLogMode.of(session)));
        }
    }

    @Test
    void only_one_that_syncs_later_loses_what_it_acknowledged() {
        assertTrue(new CommitLogMode("periodic").losesAcknowledged());
        assertFalse(new CommitLogMode("group").losesAcknowledged());
        assertFalse(new CommitLogMode("batch").losesAcknowledged());
    }
}
