package io.parley.store;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/// Which entities have ever stored anything: for operators, who look at them in pages. Safe from any thread.
@FunctionalInterface
public interface EntityNames {
    /// The most names of one page.
    int NAMES_MAX = 1_000;

    /// What is looked for.
    ///
    /// @param kind   the entities' name, the first part of their persistence ids
    /// @param prefix how their own names begin, in ASCII; empty: all
    /// @param after  where an earlier page ended ([Page#next])
    /// @param limit  how many names at most, 1 to [#NAMES_MAX]
    record Query(String kind, String prefix, Optional<String> after, int limit) {
        public Query {
            if (limit < 1 || limit > NAMES_MAX) {
                throw new IllegalArgumentException("a limit of " + limit);
            }
        }

        /// How all persistence ids that are looked for begin.
        public String begin() {
            return kind + "|" + prefix;
        }

        /// The entity's own name.
        public String name(final String persistenceId) {
            return persistenceId.substring(kind.length() + 1);
        }
    }

    /// A page of names.
    ///
    /// @param names each once, in the order of the store
    /// @param next  where to go on; empty: that was all. A page may be short, or have no names at all, and
    ///     still name a next one
    record Page(List<String> names, Optional<String> next) {
        public Page {
            names = List.copyOf(names);
        }
    }

    /// Fails with [java.util.concurrent.RejectedExecutionException] where too many ask at once, and with the
    /// store's own error where it cannot be read now.
    CompletionStage<Page> page(Query query);
}
