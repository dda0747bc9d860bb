/// The two markers that say how a value leaves its actor: to another node, or into the journal. What they are
/// bound to stands in `serialization.conf`.
@NullMarked
package io.parley.serialization;

import org.jspecify.annotations.NullMarked;
