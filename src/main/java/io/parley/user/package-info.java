/// One entity per user: the inbox. It promises that whatever stands in a conversation's log is delivered to
/// every linked device, or that the conversation is durably open here; and that a tick is told only once it is
/// durable. It stores which conversations are open, how far each device has come, the watermarks, the list of
/// all conversations, when the person was last seen, and what others may know of that; of a person whose
/// account was deleted, nothing.
///
/// Decisions are in `InboxRules` and its parts; `User` is the actor around them. What it sends to a device's
/// session is declared here ([io.parley.user.Delivery]).
@NullMarked
package io.parley.user;

import org.jspecify.annotations.NullMarked;
