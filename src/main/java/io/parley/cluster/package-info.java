/// What entities need to know of the cluster they live in, as small interfaces: where an answer goes, and
/// whether this node may still write. Depends on nothing else of Parley.
@NullMarked
package io.parley.cluster;

import org.jspecify.annotations.NullMarked;
