/// A running node: [io.parley.Main] starts it, `Node` is its table of contents. Every other package is one room
/// of the house; the map stands in ARCHITECTURE.md.
@NullMarked
package io.parley;

import org.jspecify.annotations.NullMarked;
