package io.parley.client;

import io.parley.id.ConversationId;
import io.parley.protocol.ServerFrame;
import io.parley.protocol.WireEntry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// One conversation in the list of all.
///
/// @param head      the highest `seq`
/// @param last      its newest entry, where there is one
/// @param delivered what any device of the caller has
/// @param read      what the caller has read
/// @param unread    messages of others after `read`
/// @param receipts  the watermarks of the other members
/// @param updated   time of the newest known activity
public record ConversationSummary(
        ConversationId conversation,
        long head,
        Optional<WireEntry> last,
        long delivered,
        long read,
        long unread,
        List<ServerFrame.Receipt> receipts,
        Optional<Instant> updated) {
    /// A page of the list, most recent activity first.
    ///
    /// @param cursor to ask for the next page with; absent: this was the last
    public record Page(List<ConversationSummary> conversations, Optional<String> cursor) {}
}
