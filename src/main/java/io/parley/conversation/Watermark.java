package io.parley.conversation;

import io.parley.id.UserId;

/// How far a member has come in a conversation. Durable at the member's user before anyone is told; never
/// falls.
///
/// @param delivered the highest `seq` any of the member's devices has acknowledged
/// @param read      the highest `seq` the member has read, as far as the member lets others know
public record Watermark(UserId user, long delivered, long read) {
    /// This one, or where `other` is further, other.
    public Watermark max(final Watermark other) {
        return new Watermark(user, Math.max(delivered, other.delivered), Math.max(read, other.read));
    }

    /// Whether this one says nothing beyond `other`.
    public boolean isCoveredBy(final Watermark other) {
        return delivered <= other.delivered && read <= other.read;
    }
}
