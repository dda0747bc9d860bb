/// The embedded store: one directory, one SQLite file, opened and locked by one process. It holds the journal
/// (which is the history), the snapshots, the blobs that events speak of, and nothing else. Also the bounded
/// way to read pages of history from whichever journal the node runs on, and the way to delete from it what
/// must not stay.
@NullMarked
package io.parley.store;

import org.jspecify.annotations.NullMarked;
