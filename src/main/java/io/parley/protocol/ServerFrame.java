package io.parley.protocol;

import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// A frame that the server sends.
public sealed interface ServerFrame {
    /// The hello was accepted; the replay of what is undelivered follows.
    ///
    /// @param encryption empty: from a server that does not say it
    record Welcome(
            UserId user,
            String uid,
            DeviceId device,
            int heartbeatSeconds,
            Limits limits,
            Optional<EncryptionPolicy> encryption,
            Instant time,
            Optional<String> ref)
            implements ServerFrame {}

    /// An entry of a conversation, for every device of every member but the one that sent it.
    record Message(ConversationId conversation, WireEntry entry) implements ServerFrame {}

    /// All that was undelivered at the hello has been pushed (where the window is full, that needs
    /// acknowledgements).
    record CaughtUp() implements ServerFrame {}

    /// ✓: the message is durably stored at `seq`.
    record Sent(MessageId id, ConversationId conversation, long seq, Instant time, Optional<String> ref)
            implements ServerFrame {}

    /// How far `user` has come in a conversation; cumulative, never falls.
    ///
    /// @param not ranges of `seq`, both ends included, that stay ✓ whatever `delivered` says; empty: none
    record Receipt(
            ConversationId conversation, UserId user, long delivered, long read, List<Range> not, Optional<String> ref)
            implements ServerFrame {}

    /// All that a `receipts` asked for has been said.
    record ReceiptsEnd(Optional<String> ref) implements ServerFrame {}

    /// A page of history, ascending.
    record Page(ConversationId conversation, List<WireEntry> messages, long head, Optional<String> ref)
            implements ServerFrame {}

    /// Whether `user` is online, or when last seen; both absent where that is hidden.
    record Presence(UserId user, Optional<Boolean> online, Optional<Instant> lastSeen, Optional<String> ref)
            implements ServerFrame {}

    /// `user` is typing; show it for 6 s.
    record Typing(ConversationId conversation, UserId user) implements ServerFrame {}

    /// The keys of `user` have changed: look at them.
    ///
    /// @param version rises with each change
    record Keys(UserId user, long version) implements ServerFrame {}

    /// This device has so many key packages left: bring more.
    record KeyPackages(int left) implements ServerFrame {}

    /// The answer to a heartbeat.
    record Heartbeat(Instant time, Optional<String> ref) implements ServerFrame {}

    /// The frame `error`: something was refused; the connection stays open unless a close follows.
    ///
    /// @param group where the conversation's group stands, if the sender thought it elsewhere
    record Refusal(
            ErrorCode code,
            String message,
            Optional<String> ref,
            Optional<String> id,
            Optional<String> conversation,
            OptionalInt retryAfterSeconds,
            Optional<GroupAt> group)
            implements ServerFrame {
        /// A refusal that has nothing to do with groups.
        public Refusal(
                final ErrorCode code,
                final String message,
                final Optional<String> ref,
                final Optional<String> id,
                final Optional<String> conversation,
                final OptionalInt retryAfterSeconds) {
            this(code, message, ref, id, conversation, retryAfterSeconds, Optional.empty());
        }
    }

    /// The node goes; close 1012 follows.
    record Bye(String reason, Duration reconnectAfter) implements ServerFrame {}

    /// A range of `seq`, both ends included.
    record Range(long first, long last) {}
}
