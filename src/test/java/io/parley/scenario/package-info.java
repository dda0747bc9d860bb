/// Whole stories against a node that runs as its own process, over real sockets: what people can rely on, and
/// what is left after it was stopped, killed or cut off. Every frame and every REST exchange is held against
/// the contracts.
///
/// Stories about the wire are told by [Device] on raw sockets; what a program on the Java client lives through,
/// by [App].
@NullMarked
package io.parley.scenario;

import org.jspecify.annotations.NullMarked;
