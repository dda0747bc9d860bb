package io.parley.client;

import io.parley.protocol.ServerFrame;

/// What became of a message that was handed over for sending.
public sealed interface SendOutcome {
    /// ✓: stored durably, at the `seq` the frame names.
    record Accepted(ServerFrame.Sent sent) implements SendOutcome {}

    /// Refused for good: sending it again as it is would be refused again. `unavailable` and `rate-limited`
    /// never come here; the client tries again by itself.
    record Refused(ServerFrame.Refusal refusal) implements SendOutcome {}

    /// Not taken: [ClientSettings#outboxMessages()] messages wait already. Nothing of it is kept.
    record OutboxFull() implements SendOutcome {}

    /// The client was closed before the answer came. The message is still in the [ClientStore] and is sent,
    /// under the same id, by the next client opened on it.
    record ClosedBefore() implements SendOutcome {}
}
