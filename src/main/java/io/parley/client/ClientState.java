package io.parley.client;

import io.parley.protocol.ServerFrame;
import java.net.URI;
import java.time.Duration;

/// Where a [ParleyClient] stands with its server.
public sealed interface ClientState {
    /// On the way to `address`.
    record Connecting(URI address) implements ClientState {}

    /// Welcomed: frames come and go.
    record Online(ServerFrame.Welcome welcome) implements ClientState {}

    /// The link ended or could not be made; tried again after `delay`.
    ///
    /// @param code   the close code, 1006 where none came
    /// @param reason for people; says nothing a program should rely on
    record Waiting(Duration delay, int code, String reason) implements ClientState {}

    /// The token was refused, and so was the one it was exchanged for: log in again, make the new token known
    /// to the [TokenSource], then [ParleyClient#resume()].
    record LoginNeeded() implements ClientState {}

    /// The same device connected elsewhere. Nothing is tried until [ParleyClient#resume()], which throws the
    /// other out.
    record Replaced() implements ClientState {}

    /// [ParleyClient#close()] was called: the end.
    record Closed() implements ClientState {}
}
