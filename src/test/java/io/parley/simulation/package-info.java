/// The delivery protocol in one thread: the production decisions of many users, devices and conversations, with
/// a network that loses, repeats and reorders, with writes that take time and crashes at any step. A seed
/// decides everything. What comes out is judged from the clients' side and from the log.
@NullMarked
package io.parley.simulation;

import org.jspecify.annotations.NullMarked;
