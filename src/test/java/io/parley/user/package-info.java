/// Tests of this package, and what lets the simulator run its decisions.
@NullMarked
package io.parley.user;

import org.jspecify.annotations.NullMarked;
