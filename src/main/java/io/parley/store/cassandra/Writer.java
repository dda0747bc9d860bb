package io.parley.store.cassandra;

import java.util.Optional;

/// Who wrote a row, as it stands in its `writer_uuid`.
///
/// @param term  the writer's
/// @param after the term of the row before it, where that is another one: the first row of each writer says
///     behind which row it stands
record Writer(Term term, Optional<Term> after) {
    private static final char AFTER = '<';

    /// The writer of rows that say nothing of it.
    static final Writer UNKNOWN = new Writer(Term.NONE, Optional.empty());

    /// The term of the row before.
    Term before() {
        return after.orElse(term);
    }

    /// As it is stored.
    String text() {
        return after.map(before -> term.text() + AFTER + before.text()).orElseGet(term::text);
    }

    /// What [#text()] wrote; [#UNKNOWN] for anything else.
    static Writer parse(final String text) {
        final int after = text.indexOf(AFTER);
        if (after < 0) {
            return Term.parse(text)
                    .map(term -> new Writer(term, Optional.empty()))
                    .orElse(UNKNOWN);
        }
        final var term = Term.parse(text.substring(0, after));
        final var before = Term.parse(text.substring(after + 1));
        return term.isPresent() && before.isPresent() ? new Writer(term.get(), before) : UNKNOWN;
    }
}
