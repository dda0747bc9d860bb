package io.parley.conversation;

import io.parley.conversation.ConversationCommand.ReadPage;
import io.parley.conversation.ConversationCommand.Summarise;
import io.parley.id.ConversationId;
import io.parley.id.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.OptionalLong;

/// What a conversation answers to those who read it: pages from memory or a pointer into the log, and
/// summaries.
final class Reading {
    /// How long a summary may wait for a member's user after a restart.
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /// Summaries that may wait so; more are answered with `unavailable` at once.
    private static final int WAITING_MAX = 1_000;

    /// Something that can only be answered when the other members' users have been heard.
    private sealed interface Question {}

    private record SummaryAsked(Summarise summarise) implements Question {}

    private record PageAsked(ReadPage read) implements Question {}

    private record Waits(Question question, UserId reader, Instant deadline) {}

    private final ConversationId id;
    private final Members members;
    private final ArrayDeque<Waits> waiting = new ArrayDeque<>();

    Reading(final ConversationId id, final Members members) {
        this.id = id;
        this.members = members;
    }

    void page(final ConversationState state, final ReadPage read, final Instant now, final Decision decision) {
        if (!state.isMember(read.reader())) {
            decision.reply(read.replyTo(), new PageReply.NotAMember(id, read.tag()));
        } else if (state.head() > 0 || members.knowsOthers(read.reader())) {
            answerPage(state, read, decision);
        } else { // an empty log: is there somebody to talk with?
            ask(new PageAsked(read), read.reader(), now, decision);
        }
    }

    private void answerPage(final ConversationState state, final ReadPage read, final Decision decision) {
        final long head = state.head();
        final int limit = Math.clamp(read.query().limit(), 1, Pages.ENTRIES_MAX);
        final long from;
        final long to;
        final boolean fromEnd;
        switch (read.query()) {
            case PageQuery.After after -> {
                from = Math.min(after.seq(), head) + 1;
                to = Math.min(head, from + limit - 1);
                fromEnd = false;
            }
            case PageQuery.Before before -> {
                to = Math.min(before.seq() - 1, head);
                from = Math.max(1, to - limit + 1);
                fromEnd = true;
            }
            case PageQuery.Newest _ -> {
                to = head;
                from = Math.max(1, to - limit + 1);
                fromEnd = true;
            }
        }
        final var held = state.entries().range(from, to);
        final boolean outside = state.isOutside(read.reader(), read.device());
        decision.reply(
                read.replyTo(),
                held.isPresent()
                        ? new PageReply.Page(id, Pages.cut(held.get(), fromEnd), head, outside, read.tag())
                        : new PageReply.InLog(id, from, to, fromEnd, head, outside, read.tag()));
    }

    void summarise(
            final ConversationState state, final Summarise summarise, final Instant now, final Decision decision) {
        if (!state.isMember(summarise.reader())) {
            decision.reply(summarise.replyTo(), new SummaryReply.NotAMember(id, summarise.tag()));
        } else if (members.knowsOthers(summarise.reader())) {
            decision.reply(summarise.replyTo(), summary(state, summarise));
        } else {
            ask(new SummaryAsked(summarise), summarise.reader(), now, decision);
        }
    }

    private void ask(final Question question, final UserId reader, final Instant now, final Decision decision) {
        final var waits = new Waits(question, reader, now.plus(PATIENCE));
        if (waiting.size() < WAITING_MAX) {
            waiting.add(waits);
            members.askForUnknown(decision);
        } else {
            unavailable(waits, decision);
        }
    }

    /// Members' users have answered: whoever waited for that gets its answer.
    void answerWaiting(final ConversationState state, final Decision decision) {
        if (waiting.isEmpty()) {
            return;
        }
        final var still = new ArrayList<Waits>();
        for (final var waits : waiting) {
            if (!members.knowsOthers(waits.reader())) {
                still.add(waits);
                continue;
            }
            switch (waits.question()) {
                case SummaryAsked(final var summarise) ->
                    decision.reply(summarise.replyTo(), summary(state, summarise));
                case PageAsked(final var read) -> answerPage(state, read, decision);
            }
        }
        waiting.clear();
        waiting.addAll(still);
    }

    void refuseWaiting(final UserId nobody, final Decision decision) {
        for (final var waits : waiting) {
            switch (waits.question()) {
                case SummaryAsked(final var summarise) ->
                    decision.reply(summarise.replyTo(), new SummaryReply.UnknownUser(id, nobody, summarise.tag()));
                case PageAsked(final var read) ->
                    decision.reply(read.replyTo(), new PageReply.UnknownUser(id, nobody, read.tag()));
            }
        }
        waiting.clear();
    }

    void expire(final Instant now, final Decision decision) {
        while (!waiting.isEmpty() && !now.isBefore(waiting.getFirst().deadline())) {
            unavailable(waiting.removeFirst(), decision);
        }
    }

    void farewell(final Decision decision) {
        while (!waiting.isEmpty()) {
            unavailable(waiting.removeFirst(), decision);
        }
    }

    boolean anyWaits() {
        return !waiting.isEmpty();
    }

    private void unavailable(final Waits waits, final Decision decision) {
        switch (waits.question()) {
            case SummaryAsked(final var summarise) ->
                decision.reply(summarise.replyTo(), new SummaryReply.Unavailable(id, summarise.tag()));
            case PageAsked(final var read) -> decision.reply(read.replyTo(), new PageReply.Unavailable(id, read.tag()));
        }
    }

    private SummaryReply summary(final ConversationState state, final Summarise summarise) {
        final var reader = summarise.reader();
        final long read = state.pastOwn(Math.min(summarise.read(), state.head()), reader);
        final var unread = state.unreadAfter(read, reader);
        return new SummaryReply.Summary(
                id,
                state.head(),
                state.entries().last(),
                read,
                unread.isPresent() ? OptionalLong.of(unread.get()) : OptionalLong.empty(),
                state.countBy(reader),
                state.commitsAfter(read, reader),
                members.knownOthers(reader),
                state.isOutside(reader, summarise.device()),
                summarise.tag());
    }
}
