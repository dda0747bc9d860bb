/// Load drivers on the Java client, over real sockets: what a node does in a second, at what cost, and whether
/// every message arrived once and in order. Stores nothing.
@NullMarked
package io.parley.bench;

import org.jspecify.annotations.NullMarked;
