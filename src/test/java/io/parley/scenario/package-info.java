/// Whole stories against a node that runs as its own process, over real sockets: what people can rely on, and
/// what is left after it was stopped, killed or cut off. Every frame and every REST exchange is held against
/// the contracts.
@NullMarked
package io.parley.scenario;

import org.jspecify.annotations.NullMarked;
