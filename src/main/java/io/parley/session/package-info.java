/// One live connection of one device: hello, replay, pushing within a window, acknowledgements, heartbeats,
/// limits. Not persistent: what must survive is the user's and the conversations'. Turns what they say into
/// frames and frames into what they are told; nobody else but `http` sees both.
///
/// Decisions are in `SessionRules` and its parts; `Session` is the actor around them.
@NullMarked
package io.parley.session;

import org.jspecify.annotations.NullMarked;
