/// The names of things: users, devices, conversations, messages. Small values, checked when they are made, that
/// depend on nothing else of Parley.
@NullMarked
package io.parley.id;

import org.jspecify.annotations.NullMarked;
