package io.parley.conversation;

import io.parley.cluster.ReplyTo;
import io.parley.conversation.ConversationCommand.Append;
import io.parley.conversation.ConversationCommand.AskGroup;
import io.parley.conversation.ConversationCommand.Commit;
import io.parley.conversation.ConversationCommand.Detach;
import io.parley.conversation.ConversationCommand.LookedUp;
import io.parley.conversation.ConversationCommand.MediaBound;
import io.parley.conversation.ConversationCommand.Noted;
import io.parley.conversation.ConversationCommand.Post;
import io.parley.conversation.ConversationCommand.Probe;
import io.parley.conversation.ConversationCommand.Reached;
import io.parley.conversation.ConversationCommand.ReadPage;
import io.parley.conversation.ConversationCommand.ReceiptNoted;
import io.parley.conversation.ConversationCommand.Refused;
import io.parley.conversation.ConversationCommand.Settle;
import io.parley.conversation.ConversationCommand.Submission;
import io.parley.conversation.ConversationCommand.Summarise;
import io.parley.conversation.ConversationCommand.Tick;
import io.parley.conversation.ConversationCommand.Typing;
import io.parley.id.ConversationId;
import io.parley.id.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a conversation decides. No actors, no clock, no randomness: everything comes in. One object serves one
/// life of the entity: what is volatile (who is opened and online, what waits) lives here and dies with it;
/// what is durable is in [ConversationState].
///
/// The invariant it keeps with `InboxRules`: *whatever stands in the log is delivered to every device of each
/// member, or that member's inbox durably says that the conversation is open.* Hence open first, then append.
final class ConversationRules {
    /// How long a message may wait for a member's inbox.
    static final Duration NOTE_PATIENCE = Duration.ofSeconds(5);

    /// How long a message may wait for the log to be searched for it; clients wait this long for their answer.
    static final Duration LOOK_UP_PATIENCE = Duration.ofSeconds(30);

    /// How often what is unanswered is repeated.
    static final Duration REPEAT = Duration.ofMillis(500);

    private final ConversationId id;
    private final Members members;
    private final Reading reading;
    private final GroupRules groups;
    private final Waiting waiting = new Waiting();
    private boolean appendComing;

    /// The message that is being looked for in the log.
    private Waiting.@Nullable Item lookingUp;

    @Nullable
    private Instant wakeAt;

    ConversationRules(final ConversationId id, final Supplier<Nonce> nonces) {
        this(id, nonces, Encryption.DEFAULT);
    }

    ConversationRules(final ConversationId id, final Supplier<Nonce> nonces, final Encryption encryption) {
        this.id = id;
        this.groups = new GroupRules(id, encryption);
        this.members = new Members(id, id.people(), nonces);
        this.reading = new Reading(id, members);
    }

    Decision decide(final ConversationState state, final ConversationCommand command, final Instant now) {
        final var decision = new Decision();
        if (command instanceof Tick) {
            wakeAt = null;
        }
        switch (command) {
            case Post post -> submit(state, post, now, decision);
            case Commit commit -> submit(state, commit, now, decision);
            case Append _ -> append(state, now, decision);
            case LookedUp lookedUp -> lookedUp(state, lookedUp, decision);
            case MediaBound bound -> mediaBound(bound, decision);
            case AskGroup ask ->
                decision.reply(
                        ask.replyTo(),
                        state.isMember(ask.reader())
                                ? new GroupReply.State(id, state.group())
                                : new GroupReply.NotAMember(id));
            case ReadPage read -> reading.page(state, read, now, decision);
            case Summarise summarise -> reading.summarise(state, summarise, now, decision);
            case Typing typing -> members.typing(typing, decision);
            case Noted noted -> noted(state, noted, now, decision);
            case Refused refused -> refused(state, refused, decision);
            case Probe probe -> members.probe(state, probe, now, decision);
            case Settle settle -> members.settle(state, settle, now, decision);
            case Detach detach -> members.detach(detach);
            case Reached reached -> {
                members.reached(state, reached, now, decision);
                reading.answerWaiting(state, decision);
            }
            case ReceiptNoted noted -> members.receiptNoted(noted, decision);
            case Tick _ -> tick(state, now, decision);
        }
        final boolean outstanding = !waiting.isEmpty() || members.anyOutstanding() || reading.anyWaits();
        wakeAt = !outstanding ? null : wakeAt == null ? now.plus(REPEAT) : wakeAt;
        return decision;
    }

    /// When the next [Tick] is wanted, if one is.
    Optional<Instant> wakeAt() {
        return Optional.ofNullable(wakeAt);
    }

    /// The entity stops: whoever waits is told that nothing was decided.
    List<Decision.Effect> farewell() {
        final var decision = new Decision();
        waiting.takeIf(_ -> true)
                .forEach(item -> refuse(item, unavailable(item, "the conversation is moving"), decision));
        reading.farewell(decision);
        return decision.effects();
    }

    private void submit(
            final ConversationState state, final Submission post, final Instant now, final Decision decision) {
        if (!state.isMember(post.author())) {
            decision.reply(post.replyTo(), new PostReply.NotAMember(id, post.id()));
            return;
        }
        final var earlier = state.find(post.author(), post.id());
        if (earlier.isPresent()) { // sent again because our answer was lost; what is in the log is owed already
            final var place = earlier.get();
            decision.reply(post.replyTo(), new PostReply.Accepted(id, post.id(), place.seq(), place.time(), true, 0));
            return;
        }
        final var same = waiting.find(post.author(), post.id());
        if (same.isPresent() ? !waiting.join(same.get(), post.replyTo()) : !waiting.hasRoomFor(post)) {
            decision.reply(
                    post.replyTo(),
                    new PostReply.Unavailable(id, post.id(), "too many messages wait in this conversation"));
            decision.then(new Decision.Full());
            return;
        }
        if (same.isEmpty()) {
            final boolean mayBeOld = post.after().isPresent() && post.after().getAsLong() + 1 < state.idsCompleteFrom();
            final var patience = mayBeOld ? LOOK_UP_PATIENCE : NOTE_PATIENCE;
            final var item =
                    new Waiting.Item(post, now, now.plus(patience), mayBeOld ? state.idsCompleteFrom() - 1 : 0);
            waiting.add(item);
            bindMedia(state, item, decision);
        }
        lookUpNext(decision);
        members.open(state, now, decision);
        appendIfPossible(decision);
    }

    private void append(final ConversationState state, final Instant now, final Decision decision) {
        appendComing = false;
        if (!members.allOpened()) { // settled away meanwhile
            if (!waiting.isEmpty()) {
                members.open(state, now, decision);
            }
            return;
        }
        final var entries = new ArrayList<Entry>();
        final long time = state.timeFor(now);
        final var written = new HashMap<UserId, Long>(2);
        final var taken = new ArrayList<Waiting.Item>();
        var group = state.group();
        for (final var item : waiting.takeReady()) {
            // whatever is decided: a refusal may be one only because of a commit before it in this write
            item.askers.forEach(asker -> decision.replyIfNotStored(asker, unavailable(item, "it could not be stored")));
            final long nth =
                    1 + written.getOrDefault(item.submission.author(), 0L) + state.countBy(item.submission.author());
            final var judged = switch (item.submission) {
                case Post post -> {
                    final var posted = new ConversationEvent.MessagePosted(
                            post.author(),
                            post.device(),
                            post.id(),
                            time,
                            post.body().json(),
                            post.client(),
                            post.media(),
                            nth);
                    yield groups.judge(group, post, posted);
                }
                case Commit commit -> groups.judge(group, commit, time, nth);
            };
            if (judged instanceof GroupRules.Refused(final var why)) {
                refuse(item, why, decision);
                continue;
            }
            final var event = ((GroupRules.Taken) judged).event();
            written.merge(event.author(), 1L, Long::sum);
            taken.add(item);
            final var entry = Entry.of(state.head() + entries.size() + 1, event);
            if (event instanceof final ConversationEvent.CommitPosted commit) {
                final var after = ConversationState.after(group, commit, entry.seq());
                group.ifPresent(before -> decision.then(new Decision.Superseded(before.filesWithout(after))));
                group = Optional.of(after);
            }
            entries.add(entry);
            decision.store(event);
            final var accepted =
                    new PostReply.Accepted(id, event.id(), entry.seq(), entry.time(), false, item.entriesRead);
            item.askers.forEach(asker -> decision.reply(asker, accepted));
            if (item.claim.isPresent()) { // hardly any message: no closure for the others
                decision.then(new Decision.MediaStored(item.claim.get(), entry.seq(), item.media()));
            }
        }
        if (!entries.isEmpty()) {
            decision.accepts(taken);
            members.deliver(group, List.copyOf(entries), decision);
        }
        appendIfPossible(decision);
    }

    private void appendIfPossible(final Decision decision) {
        if (!appendComing && members.allOpened() && waiting.anyReady()) {
            appendComing = true;
            decision.then(new Decision.AppendSoon());
        }
    }

    /// Looks in the log for a message that may have been sent long ago: from what its sender knew when it first
    /// tried, to where memory began when it came (what was stored since is not it: it waits here).
    private void lookUpNext(final Decision decision) {
        if (lookingUp != null) {
            return; // one at a time per conversation
        }
        waiting.nextLookUp().ifPresent(item -> {
            lookingUp = item;
            final long from = item.submission.after().orElse(0) + 1;
            decision.then(new Decision.LookUp(item.submission.author(), item.submission.id(), from, item.lookUpTo));
        });
    }

    private void lookedUp(final ConversationState state, final LookedUp lookedUp, final Decision decision) {
        final var soughtFor = lookingUp;
        lookingUp = null;
        final var waits = waiting.find(lookedUp.author(), lookedUp.id());
        waits.filter(item -> item == soughtFor).ifPresent(item -> {
            item.lookUpNeeded = false;
            item.entriesRead = lookedUp.entriesRead();
            if (lookedUp.failed()) {
                waiting.remove(item);
                refuse(item, unavailable(item, "the history could not be read"), decision);
            } else if (lookedUp.found().isPresent()) {
                final var found = lookedUp.found().get();
                waiting.remove(item);
                refuse(
                        item,
                        new PostReply.Accepted(
                                id, item.submission.id(), found.seq(), found.time(), true, lookedUp.entriesRead()),
                        decision);
            } else {
                bindMedia(state, item, decision);
            }
        });
        lookUpNext(decision);
        appendIfPossible(decision);
    }

    /// Has the uploads of a message bound to it before it is stored, once it is known that it is not in the
    /// log.
    private static void bindMedia(final ConversationState state, final Waiting.Item item, final Decision decision) {
        if (item.unbound && !item.lookUpNeeded) {
            final var post = item.submission;
            final var claim = new MediaDesk.Claim(post.conversation(), post.author(), post.id(), state.head());
            item.claim = Optional.of(claim);
            decision.then(new Decision.BindMedia(claim, item.media()));
        }
    }

    private void mediaBound(final MediaBound bound, final Decision decision) {
        waiting.find(bound.author(), bound.id())
                // an answer may be late and meet the message sent anew: for the same uploads it holds all the same
                .filter(item ->
                        item.unbound && item.claim.isPresent() && item.media().equals(bound.media()))
                .ifPresent(item -> {
                    item.unbound = false;
                    notBound(item, bound).ifPresent(why -> {
                        waiting.remove(item);
                        refuse(item, why, decision);
                    });
                });
        appendIfPossible(decision);
    }

    private Optional<PostReply> notBound(final Waiting.Item item, final MediaBound bound) {
        if (bound.failed()) {
            return Optional.of(unavailable(item, "its uploads could not be bound to it"));
        }
        return bound.missing()
                .map(media -> "the upload " + media + " is not there (any more), not finished, or not for this"
                        + " conversation: upload it again")
                .or(() -> bound.taken()
                        .map(media -> "the upload " + media + " belongs to another message: upload it again"))
                .map(why -> new PostReply.Wrong(id, item.submission.id(), why));
    }

    private void noted(final ConversationState state, final Noted noted, final Instant now, final Decision decision) {
        members.noted(state, noted, now, decision);
        reading.answerWaiting(state, decision);
        appendIfPossible(decision);
    }

    private void refused(final ConversationState state, final Refused refused, final Decision decision) {
        if (members.refused(state, refused)) {
            waiting.takeIf(_ -> true)
                    .forEach(item -> refuse(
                            item, new PostReply.UnknownUser(id, item.submission.id(), refused.member()), decision));
            if (state.head() > 0) { // the member is gone, and what was written is still the others' to read
                reading.answerWaiting(state, decision);
            } else {
                reading.refuseWaiting(refused.member(), decision);
            }
        }
    }

    private void tick(final ConversationState state, final Instant now, final Decision decision) {
        final var late = waiting.takeIf(item -> !now.isBefore(item.deadline));
        if (!late.isEmpty()) {
            members.unanswered().forEach(member -> decision.then(new Decision.Unanswered(member)));
            late.forEach(item -> refuse(
                    item,
                    unavailable(
                            item,
                            item.unbound && item.claim.isPresent()
                                    ? "its uploads are not bound to it in time"
                                    : "a member's inbox does not answer"),
                    decision));
        }
        if (!waiting.isEmpty()) {
            members.open(state, now, decision);
        }
        members.repeat(now, decision);
        reading.answerWaiting(state, decision);
        reading.expire(now, decision);
        appendIfPossible(decision);
    }

    private PostReply unavailable(final Waiting.Item item, final String why) {
        return new PostReply.Unavailable(id, item.submission.id(), why);
    }

    private static void refuse(final Waiting.Item item, final PostReply answer, final Decision decision) {
        for (final ReplyTo<PostReply> asker : item.askers) {
            decision.reply(asker, answer);
        }
    }
}
