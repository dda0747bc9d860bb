package io.parley.simulation;

import io.parley.conversation.ConversationCommand;
import io.parley.conversation.ConversationCommand.Noted;
import io.parley.conversation.ConversationCommand.Post;
import io.parley.conversation.ConversationCommand.Settle;
import io.parley.conversation.ConversationEvent;
import io.parley.conversation.ConversationEvent.MessagePosted;
import io.parley.conversation.MediaDesk;
import io.parley.conversation.MemberMessage;
import io.parley.conversation.Nonce;
import io.parley.conversation.PostReply;
import io.parley.conversation.Watermark;
import io.parley.id.ConversationId;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// A conversation with a mistake.
final class TamperedConversation extends ConversationEntity {
    private static final String ALIAS = "-again-";

    private final Told told = new Told();
    private final Map<UserId, Nonce> awaited = new HashMap<>();
    private final Map<UserId, Nonce> lastPeriod = new HashMap<>();
    private final Set<UserId> opened = new HashSet<>();
    private final Set<UserId> openedByMistake = new HashSet<>();
    private final Set<MessageId> inProgress = new HashSet<>();
    private int aliases;
    private boolean muted;

    TamperedConversation(final World world, final ConversationId id) {
        super(world, id);
    }

    @Override
    void start() {
        super.start();
        told.forget();
        awaited.clear();
        lastPeriod.clear();
        opened.clear();
        openedByMistake.clear();
        inProgress.clear();
    }

    @Override
    Step<ConversationEvent> decide(final ConversationCommand command) {
        return switch (command) {
            case Noted noted -> super.decide(noted(noted));
            case Post post -> super.decide(post(post));
            case Settle settle -> settle(settle);
            case ConversationCommand.Probe probe
            when world.variant == Variant.HEAD_READ_BEFORE_MARKED_ONLINE -> probe(probe);
            default -> super.decide(command);
        };
    }

    private Noted noted(final Noted noted) {
        final var member = noted.reached().user();
        final var last = lastPeriod.get(member);
        final var counts = world.variant == Variant.NOTED_OF_AN_OLD_PERIOD_COUNTS && last != null
                ? new Noted(id, last, noted.attachedSince(), noted.reached())
                : noted;
        if (counts.period().equals(awaited.get(member))) {
            awaited.remove(member);
            opened.add(member);
        } else if (world.variant == Variant.NOTED_COUNTS_WHEN_NOT_AWAITED && !opened.contains(member)) {
            openedByMistake.add(member);
        }
        return counts;
    }

    private Post post(final Post post) {
        final boolean again = (world.variant == Variant.RESEND_NOT_SEEN_AMONG_WAITING && inProgress.contains(post.id()))
                || (world.variant == Variant.RESEND_NOT_SEEN_AMONG_RECENT && rules.remembers(post.author(), post.id()));
        inProgress.add(post.id());
        return new Post(
                id,
                post.author(),
                post.device(),
                again ? new MessageId(post.id().value() + ALIAS + ++aliases) : post.id(),
                post.body(),
                post.client(),
                again ? List.of() : post.media(),
                post.after(),
                reply -> {
                    inProgress.remove(post.id());
                    post.replyTo()
                            .tell(
                                    reply instanceof final PostReply.Accepted accepted
                                            ? new PostReply.Accepted(
                                                    id,
                                                    post.id(),
                                                    accepted.seq(),
                                                    accepted.time(),
                                                    accepted.resent(),
                                                    accepted.entriesRead())
                                            : reply);
                });
    }

    @Override
    List<ConversationEvent> events(final Step<ConversationEvent> step) {
        return step.events().stream()
                .map(event -> switch (event) {
                    case MessagePosted posted ->
                        (ConversationEvent) new MessagePosted(
                                posted.author(),
                                posted.device(),
                                new MessageId(posted.id().value().split(ALIAS, 2)[0]),
                                posted.atMillis(),
                                posted.body(),
                                posted.client(),
                                posted.media(),
                                posted.nth());
                    case ConversationEvent.CommitPosted commit -> commit;
                })
                .toList();
    }

    @Override
    boolean tellsEarly(final List<ConversationEvent> events) {
        return world.variant == Variant.SENT_BEFORE_STORED;
    }

    private Step<ConversationEvent> settle(final Settle settle) {
        final var member = settle.reached().user();
        final boolean mistaken = world.variant == Variant.MAY_CLOSE_WHILE_A_NOTE_IS_AWAITED
                && awaited.containsKey(member)
                && settle.delivered() == head();
        final var step = super.decide(settle);
        if (mistaken) {
            super.tell(member, new MemberMessage.MayClose(id, head(), settle.nonce()));
        }
        return step;
    }

    /// Answers from what was before the mark, which comes a little later.
    private Step<ConversationEvent> probe(final ConversationCommand.Probe probe) {
        final var answer = super.decide(probe);
        final var unmarked =
                super.decide(new ConversationCommand.Detach(id, probe.reached().user(), Long.MAX_VALUE));
        unmarked.perform();
        final int askedIn = life;
        world.in(world.dice.between(1, 100), () -> {
            if (up && life == askedIn) {
                muted = true;
                super.decide(probe).perform();
                muted = false;
            }
        });
        return answer;
    }

    @Override
    public void tell(final UserId member, final MemberMessage message) {
        switch (message) {
            case MemberMessage.Notify notify
            when !opened.contains(member) -> {
                if (openedByMistake.contains(member) || world.variant == Variant.APPEND_BEFORE_NOTED) {
                    self(0, new Noted(id, notify.period(), OptionalLong.empty(), new Watermark(member, 0, 0)));
                }
                awaited.put(member, notify.period());
                lastPeriod.put(member, notify.period());
                if (world.variant == Variant.NOTIFY_NOT_REPEATED && !told.isFirst(member, notify.period())) {
                    return;
                }
            }
            case MemberMessage.MayClose _ -> {
                opened.remove(member);
                openedByMistake.remove(member);
            }
            case MemberMessage.AskReached ask -> {
                if (world.variant == Variant.WATERMARK_TOLD_BEFORE_ASKING) {
                    self(
                            0,
                            new ConversationCommand.Reached(
                                    id, new Watermark(member, 0, 0), OptionalLong.empty(), Optional.of(ask.nonce())));
                    return;
                }
                if (world.variant == Variant.QUESTION_NOT_REPEATED && !told.isFirst(member, ask.nonce())) {
                    return;
                }
            }
            case MemberMessage.Receipt receipt -> {
                if (world.variant == Variant.RECEIPT_NOT_REPEATED && !told.isFirst(member, receipt.of())) {
                    return;
                }
            }
            default -> {}
        }
        if (!muted) {
            super.tell(member, message);
        }
    }

    @Override
    public void bind(final MediaDesk.Claim claim, final List<MediaId> media) {
        if (world.variant == Variant.UPLOADS_NOT_BOUND) {
            self(
                    0,
                    new ConversationCommand.MediaBound(
                            id, claim.author(), claim.message(), media, Optional.empty(), Optional.empty(), false));
        } else {
            super.bind(claim, media);
        }
    }

    @Override
    public void lookUp(final UserId author, final MessageId message, final long from, final long to) {
        if (world.variant == Variant.LOOK_UP_IN_THE_LOG_SKIPPED) {
            self(0, new ConversationCommand.LookedUp(id, author, message, Optional.empty(), 0, false));
        } else {
            super.lookUp(author, message, from, to);
        }
    }
}
