package io.parley.conversation;

import io.parley.id.UserId;

/// How a conversation reaches its members' users; the node wires it to their sharding.
@FunctionalInterface
public interface MemberNotes {
    /// Sends `message` to the user, at most once and without waiting.
    void tell(UserId member, MemberMessage message);
}
