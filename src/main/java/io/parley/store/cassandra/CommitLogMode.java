package io.parley.store.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/// When the Cassandra that answers acknowledges a write: before or after its commit log is on the disk.
///
/// @param word of its setting `commitlog_sync`
record CommitLogMode(String word) {
    /// A table without a disk behind it, which each Cassandra from 4.0 on fills with its own settings.
    private static final String QUESTION = "SELECT value FROM system_views.settings WHERE name = 'commitlog_sync'";

    /// Empty if it does not tell.
    static CompletionStage<Optional<CommitLogMode>> of(final CqlSession session) {
        return session.executeAsync(SimpleStatement.newInstance(QUESTION))
                .thenApply(rows -> Optional.ofNullable(rows.one())
                        .map(row -> row.getString(0))
                        .map(CommitLogMode::new))
                .exceptionally(_ -> Optional.empty());
    }

    /// Whether it acknowledges what two deaths at once undo.
    boolean losesAcknowledged() {
        return word.equals("periodic");
    }
}
