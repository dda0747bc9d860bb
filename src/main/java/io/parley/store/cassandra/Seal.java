package io.parley.store.cassandra;

/// What a new owner of an entity says durably before it does anything else: this is the log I found, and
/// nothing that anybody before me still writes belongs to it. Of several the one by the highest term counts.
///
/// @param by   the owner
/// @param seq  the last number it found; 0 for none
/// @param last the term of that row
record Seal(Term by, long seq, Term last) {
    /// Of an entity that has had one owner only.
    static final Seal NONE = new Seal(Term.NONE, 0, Term.NONE);
}
