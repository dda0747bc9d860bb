package io.parley.keys;

import io.parley.cluster.ReplyTo;
import io.parley.keys.KeysReply.NotNow;
import java.util.List;

/// What was decided: first the events become durable, then the answer is given and the notices are sent.
///
/// @param events  what happened; all or nothing
/// @param answer  given once the events are durable
/// @param notices to the person's own devices, and of some to others
/// @param command what it answers
record Decision(List<KeysEvent> events, Runnable answer, List<Notice> notices, KeysCommand command) {
    Decision {
        events = List.copyOf(events);
        notices = List.copyOf(notices);
    }

    static <R extends KeysReply> Decision answer(
            final KeysCommand command, final ReplyTo<? super R> replyTo, final R reply) {
        return persist(List.of(), command, replyTo, reply);
    }

    static <R extends KeysReply> Decision persist(
            final List<KeysEvent> events, final KeysCommand command, final ReplyTo<? super R> replyTo, final R reply) {
        return new Decision(events, () -> replyTo.tell(reply), List.of(), command);
    }

    static Decision refused(final KeysCommand command) {
        return answer(command, command.replyTo(), new NotNow(command.user()));
    }

    Decision noticing(final List<Notice> then) {
        return new Decision(events, answer, then, command);
    }

    /// Says instead that nothing is decided.
    void refuse() {
        command.replyTo().tell(new NotNow(command.user()));
    }
}
