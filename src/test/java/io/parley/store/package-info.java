/// The embedded store as a node uses it: through real event-sourced entities on the settings of
/// `persistence.conf`, in directories that are opened, refused, filled and killed.
@NullMarked
package io.parley.store;

import org.jspecify.annotations.NullMarked;
