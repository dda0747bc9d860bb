/// One entity per conversation: the ordered log. It promises that a message is acknowledged only once it is
/// durable and owed to every device of every member, that each (sender, id) stands once, and that there is one
/// order. It stores one event per entry and nothing else; journal sequence number = `seq`.
///
/// Decisions are in `ConversationRules` and its parts; `Conversation` is the actor around them. The protocol
/// between a conversation and its members' users is declared here ([io.parley.conversation.MemberMessage],
/// [io.parley.conversation.ConversationCommand]) and modelled in docs/model.
@NullMarked
package io.parley.conversation;

import org.jspecify.annotations.NullMarked;
