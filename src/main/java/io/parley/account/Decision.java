package io.parley.account;

import java.util.List;
import java.util.Optional;

/// What an account decided: first the events become durable, then the answers are given.
///
/// @param events    what happened; all or nothing
/// @param answers   given once the events are durable
/// @param refusals  commands refused once the events are durable
/// @param onceNoted whether the answers wait for the inbox to know what the account is after the events
/// @param newly     the device linked by it, unlinked again should the inbox not answer
/// @param tellInbox whether the inbox is told again though nothing changed
record Decision(
        List<AccountEvent> events,
        List<Answer> answers,
        List<Answer> refusals,
        boolean onceNoted,
        Optional<LinkedDevice> newly,
        boolean tellInbox) {
    static Decision answer(final Answer answer) {
        return persist(List.of(), answer);
    }

    static Decision answers(final List<Answer> answers) {
        return new Decision(List.of(), answers, List.of(), false, Optional.empty(), false);
    }

    static Decision persist(final AccountEvent event, final Answer answer) {
        return persist(List.of(event), answer);
    }

    static Decision persist(final List<AccountEvent> events, final Answer answer) {
        return new Decision(events, List.of(answer), List.of(), false, Optional.empty(), false);
    }

    static Decision nothing() {
        return answers(List.of());
    }

    /// The inbox is told again.
    static Decision tell() {
        return new Decision(List.of(), List.of(), List.of(), false, Optional.empty(), true);
    }

    Decision onceNoted(final Optional<LinkedDevice> device) {
        return new Decision(events, answers, refusals, true, device, tellInbox);
    }

    /// Neither written nor acknowledged: every command in it is refused.
    void refuseAll() {
        answers.forEach(Answer::refuse);
        refusals.forEach(Answer::refuse);
    }
}
