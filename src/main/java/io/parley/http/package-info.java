/// The client port: the WebSocket upgrade and REST. Turns requests into what entities are told, and their answers into
/// documents and problems; nobody else but `session` sees both.
@NullMarked
package io.parley.http;

import org.jspecify.annotations.NullMarked;
