/// What travels on the wire, `parley.v1`: the frames a client sends, the frames the server sends, the codes of
/// errors and closes, and the one codec that reads and prints them. Knows no actors; the server, the Java
/// client and the tests share it. Each frame is described in docs/protocol.md.
@NullMarked
package io.parley.protocol;

import org.jspecify.annotations.NullMarked;
