/// A real cluster under faults: clients written from the protocol alone that record what they do and see,
/// faults in random order from a printed seed, and the judgement of the history ([io.parley.history.Checker]).
@NullMarked
package io.parley.faults;

import org.jspecify.annotations.NullMarked;
