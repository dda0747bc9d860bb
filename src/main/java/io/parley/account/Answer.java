package io.parley.account;

import io.parley.cluster.ReplyTo;

/// An answer that is decided but not yet given, because what it says must be durable first.
///
/// @param command what it answers
/// @param yes     gives it
record Answer(AccountCommand command, Runnable yes) {
    static <R extends AccountReply> Answer to(
            final AccountCommand command, final ReplyTo<? super R> replyTo, final R reply) {
        return new Answer(command, () -> replyTo.tell(reply));
    }

    void give() {
        yes.run();
    }

    /// Says instead that nothing is decided.
    void refuse() {
        command.refuse();
    }
}
