/// The outside judge of a cluster under faults: what clients did and saw, one event after the other, and
/// whether the design's invariants I1 to I9 hold in it. Knows nothing of the server but its promises, and of
/// its frames only what stands in [io.parley.history.Event].
///
/// A harness records with [io.parley.history.HistoryFile] while the run goes on, lets things become quiet,
/// records the final logs and unread counts, and asks [io.parley.history.Checker].
/// [io.parley.history.HistoryMain] does the same with a stored file.
@NullMarked
package io.parley.history;

import org.jspecify.annotations.NullMarked;
