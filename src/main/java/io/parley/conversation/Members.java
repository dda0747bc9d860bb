package io.parley.conversation;

import io.parley.conversation.ConversationCommand.Detach;
import io.parley.conversation.ConversationCommand.Noted;
import io.parley.conversation.ConversationCommand.Probe;
import io.parley.conversation.ConversationCommand.Reached;
import io.parley.conversation.ConversationCommand.ReceiptNoted;
import io.parley.conversation.ConversationCommand.Refused;
import io.parley.conversation.ConversationCommand.Settle;
import io.parley.conversation.ConversationCommand.Typing;
import io.parley.id.ConversationId;
import io.parley.id.UserId;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// The members' side of a conversation: opening and settling, who is online, and the watermarks that become
/// ticks.
final class Members {
    private final ConversationId id;
    private final Supplier<Nonce> nonces;
    private final Map<UserId, MemberDesk> desks = new LinkedHashMap<>();

    Members(final ConversationId id, final List<UserId> members, final Supplier<Nonce> nonces) {
        this.id = id;
        this.nonces = nonces;
        members.forEach(member -> desks.put(member, new MemberDesk(member)));
    }

    boolean allOpened() {
        for (final var desk : desks.values()) {
            if (!desk.opened) {
                return false;
            }
        }
        return true;
    }

    /// Asks every member's user who is not opened to note the conversation; repeats what has not been answered.
    void open(final ConversationState state, final Instant now, final Decision decision) {
        for (final var desk : desks.values()) {
            if (!desk.opened
                    && (desk.awaited == null || !now.isBefore(desk.notifiedAt.plus(ConversationRules.REPEAT)))) {
                notify(desk, state, now, decision);
            }
        }
    }

    private void notify(
            final MemberDesk desk, final ConversationState state, final Instant now, final Decision decision) {
        final var period = desk.awaited().orElseGet(nonces);
        desk.awaited = period;
        desk.notifiedAt = now;
        decision.tell(desk.member, new MemberMessage.Notify(id, state.head(), period));
    }

    /// A late or repeated word counts for nothing but the watermark and the mark in it: only the period that is
    /// awaited opens.
    void noted(final ConversationState state, final Noted noted, final Instant now, final Decision decision) {
        final var desk = desks.get(noted.reached().user());
        if (desk == null) {
            return;
        }
        desk.mark(noted.attachedSince());
        if (noted.period().equals(desk.awaited)) {
            desk.awaited = null;
            desk.opened = true;
            desk.reachedKnown = true;
            desk.asked = null;
        }
        hear(state, desk, noted.reached());
        tellOthers(desk, now, decision);
        acknowledge(desk, decision);
    }

    /// There is no such user: true if that answers what is being asked. In a conversation that holds something
    /// there was one.
    boolean refused(final ConversationState state, final Refused refused) {
        final var desk = desks.get(refused.member());
        if (desk == null
                || !(refused.period().equals(desk.awaited) || refused.period().equals(desk.asked))) {
            return false;
        }
        desk.awaited = null;
        desk.asked = null;
        desk.gone = state.head() > 0;
        return true;
    }

    /// Who has been asked to note the conversation and has not answered.
    List<UserId> unanswered() {
        return desks.values().stream()
                .filter(desk -> desk.awaited != null)
                .map(desk -> desk.member)
                .toList();
    }

    void deliver(final Optional<Group> group, final List<Entry> entries, final Decision decision) {
        for (final var desk : desks.values()) {
            if (desk.isOnline()) {
                final var inside = group.map(now -> now.devicesOf(desk.member));
                decision.tell(desk.member, new MemberMessage.Deliver(id, entries, inside));
            }
        }
    }

    void probe(final ConversationState state, final Probe probe, final Instant now, final Decision decision) {
        final var desk = desks.get(probe.reached().user());
        if (desk == null) {
            return;
        }
        desk.mark(probe.attachedSince()); // before the head is read: what comes later is delivered
        hear(state, desk, probe.reached());
        askForUnknown(decision);
        tellOthers(desk, now, decision);
        decision.tell(
                desk.member,
                new MemberMessage.Status(
                        id,
                        state.head(),
                        state.headMillis(),
                        state.countBy(desk.member) > 0,
                        probe.tag(),
                        knownOthers(desk.member)));
    }

    /// Whether the member's inbox may forget the conversation: only if it has everything, and no note to it is
    /// awaited (one that is would be answered from before the forgetting).
    void settle(final ConversationState state, final Settle settle, final Instant now, final Decision decision) {
        final var desk = desks.get(settle.reached().user());
        if (desk == null || settle.delivered() > state.head()) {
            return; // not a member, or a word from a log that is not this one
        }
        desk.mark(settle.attachedSince());
        hear(state, desk, settle.reached());
        if (settle.delivered() == state.head() && desk.awaited == null) {
            desk.opened = false;
            decision.tell(desk.member, new MemberMessage.MayClose(id, state.head(), settle.nonce()));
        } else if (desk.opened) {
            decision.tell(desk.member, new MemberMessage.Notify(id, state.head(), nonces.get()));
        } else {
            notify(desk, state, now, decision);
        }
        tellOthers(desk, now, decision);
    }

    void detach(final Detach detach) {
        final var desk = desks.get(detach.member());
        if (desk != null) {
            desk.unmark(detach.attachedSince());
        }
    }

    void reached(final ConversationState state, final Reached word, final Instant now, final Decision decision) {
        final var desk = desks.get(word.reached().user());
        if (desk == null) {
            return;
        }
        desk.mark(word.attachedSince());
        hear(state, desk, word.reached());
        if (word.answering().isPresent()) {
            if (word.answering().get().equals(desk.asked)) {
                desk.asked = null;
                desk.reachedKnown = true;
            }
        } else {
            desk.owesReachedNoted = true;
        }
        if (!desk.reachedKnown) {
            ask(desk, decision); // after a restart this word may be an old one
        }
        tellOthers(desk, now, decision);
        acknowledge(desk, decision);
    }

    void receiptNoted(final ReceiptNoted noted, final Decision decision) {
        final var desk = desks.get(noted.of().user());
        if (desk != null) {
            desk.confirm(noted.member(), noted.of());
            acknowledge(desk, decision);
        }
    }

    void typing(final Typing typing, final Decision decision) {
        if (desks.containsKey(typing.member())) {
            for (final var desk : desks.values()) {
                if (desk.isOnline() && !desk.member.equals(typing.member())) {
                    decision.tell(desk.member, new MemberMessage.TypingSeen(id, typing.member()));
                }
            }
        }
    }

    boolean anyOutstanding() {
        for (final var desk : desks.values()) {
            if (desk.asked != null || (desk.hasNews() && !desk.isToldTo(desks.keySet()))) {
                return true;
            }
        }
        return false;
    }

    /// Says again what has not been confirmed.
    void repeat(final Instant now, final Decision decision) {
        for (final var desk : desks.values()) {
            if (desk.asked != null) {
                decision.tell(desk.member, new MemberMessage.AskReached(id, desk.asked));
            }
            if (desk.mayTellAgain(now)) {
                tellOthers(desk, now, decision);
            }
        }
    }

    /// How far the others than `member` have come, as far as that is known since the start. Of one who is gone
    /// that may be for ever nothing.
    List<Watermark> knownOthers(final UserId member) {
        return desks.values().stream()
                .filter(desk -> desk.reachedKnown && !desk.member.equals(member))
                .map(desk -> desk.reached)
                .toList();
    }

    boolean knowsOthers(final UserId member) {
        return desks.values().stream().allMatch(desk -> desk.reachedKnown || desk.gone || desk.member.equals(member));
    }

    void askForUnknown(final Decision decision) {
        for (final var desk : desks.values()) {
            if (!desk.reachedKnown && !desk.gone) {
                ask(desk, decision);
            }
        }
    }

    private void ask(final MemberDesk desk, final Decision decision) {
        if (desk.asked == null) {
            desk.asked = nonces.get();
            decision.tell(desk.member, new MemberMessage.AskReached(id, desk.asked));
        }
    }

    /// Takes a word of how far a member has come. Where that only passes over what the member wrote himself, it
    /// is no news to the others.
    private void hear(final ConversationState state, final MemberDesk desk, final Watermark word) {
        desk.reaches(word);
        for (final var other : desks.keySet()) {
            if (!other.equals(desk.member)) {
                desk.confirmOwn(other, state);
            }
        }
    }

    private void tellOthers(final MemberDesk desk, final Instant now, final Decision decision) {
        if (!desk.hasNews()) {
            return;
        }
        boolean told = false;
        for (final var other : desks.values()) {
            if (other != desk && !desk.hasConfirmed(other.member)) {
                decision.tell(other.member, new MemberMessage.Receipt(id, desk.reached));
                told = true;
            }
        }
        if (told) {
            desk.told(now);
        }
    }

    private void acknowledge(final MemberDesk desk, final Decision decision) {
        if (desk.owesReachedNoted && desk.reachedKnown && desk.isToldTo(desks.keySet())) {
            desk.owesReachedNoted = false;
            decision.tell(desk.member, new MemberMessage.ReachedNoted(id, desk.reached));
        }
    }
}
