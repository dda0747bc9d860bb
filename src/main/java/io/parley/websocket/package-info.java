/// RFC 6455 on bytes: one stage between a TCP connection and a session, instead of the forty that a WebSocket
/// costs in Pekko HTTP (docs/adr). Text messages in, text messages out, pings answered, closes with any code.
/// Knows no frames of Parley's.
@NullMarked
package io.parley.websocket;

import org.jspecify.annotations.NullMarked;
