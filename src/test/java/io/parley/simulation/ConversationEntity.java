package io.parley.simulation;

import io.parley.conversation.ConversationCommand;
import io.parley.conversation.ConversationEvent;
import io.parley.conversation.ConversationEvent.MessagePosted;
import io.parley.conversation.ConversationSnapshot;
import io.parley.conversation.Entry;
import io.parley.conversation.MediaDesk;
import io.parley.conversation.MemberMessage;
import io.parley.conversation.SimulatedConversation;
import io.parley.id.ConversationId;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import io.parley.user.UserCommand;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// A conversation and its log.
class ConversationEntity extends Entity<ConversationCommand, ConversationEvent>
        implements SimulatedConversation.Outside {
    private record Sent(UserId author, MessageId id) {}

    final ConversationId id;
    final List<UserId> members;

    /// The log as its readers see it.
    final List<Entry> log = new ArrayList<>();

    SimulatedConversation rules;
    private final Map<UserId, Long> counts = new HashMap<>();
    private final Map<Sent, Long> places = new HashMap<>();
    private Optional<ConversationSnapshot> snapshot = Optional.empty();
    private int snapshotAt;

    ConversationEntity(final World world, final ConversationId id) {
        super(world);
        this.id = id;
        this.members = id.people();
        this.rules = restored();
    }

    private SimulatedConversation restored() {
        return new SimulatedConversation(id, snapshot, journal.subList(snapshotAt, journal.size()), world::nonce, this);
    }

    @Override
    String name() {
        return id.value();
    }

    @Override
    void start() {
        final var before = rules.snapshot();
        rules = restored();
        check(
                before.equals(rules.snapshot()),
                () -> "what is read back is not what was: " + before + " / " + rules.snapshot());
    }

    @Override
    Step<ConversationEvent> decide(final ConversationCommand command) {
        return rules.decide(
                command instanceof final ConversationCommand.Post post ? honest(post) : command, world.instant());
    }

    /// A client that resends a message without `after` knows that it is recent.
    private ConversationCommand.Post honest(final ConversationCommand.Post post) {
        return post.after().isEmpty()
                        && place(post.author(), post.id()).isPresent()
                        && !rules.remembers(post.author(), post.id())
                ? new ConversationCommand.Post(
                        id,
                        post.author(),
                        post.device(),
                        post.id(),
                        post.body(),
                        post.client(),
                        post.media(),
                        OptionalLong.of(0),
                        post.replyTo())
                : post;
    }

    Optional<Long> place(final UserId author, final MessageId message) {
        return Optional.ofNullable(places.get(new Sent(author, message)));
    }

    long head() {
        return log.size();
    }

    Entry entry(final long seq) {
        return log.get((int) seq - 1);
    }

    @Override
    void apply(final ConversationEvent event) {
        rules.apply(event);
        final var entry = SimulatedConversation.entry(log.size() + 1, event);
        check(log.isEmpty() || !entry.time().isBefore(log.getLast().time()), () -> "time goes back at " + entry);
        log.add(entry);
        if (event instanceof final MessagePosted posted) {
            final var twice = places.putIfAbsent(new Sent(posted.author(), posted.id()), entry.seq());
            check(
                    twice == null,
                    () -> "I5: " + posted.id() + " stands in the log twice, at " + twice + " and " + entry.seq());
            check(world.uploads.areOf(entry, id), () -> "stored with uploads that are not bound to it: " + entry);
            final long nth = counts.merge(posted.author(), 1L, Long::sum);
            check(posted.nth() == nth, () -> "I9: " + entry + " is number " + nth + " of its author");
        }
    }

    @Override
    void judge(final List<ConversationEvent> events) {
        for (final var member : members) {
            check(
                    !world.account(member).gone || !world.account(member).isNoted(),
                    () -> "takes messages though it was confirmed that " + member + " is gone");
        }
        members.forEach(member -> world.judge.isOwedOrDelivered(this, member));
        if (world.conditions.calm()) {
            world.judge.expectPromptly(this, log.size() - events.size() + 1);
        }
    }

    @Override
    Optional<Instant> wakeAt() {
        return rules.wakeAt();
    }

    @Override
    ConversationCommand tick() {
        return new ConversationCommand.Tick(id);
    }

    @Override
    void farewell() {
        rules.farewell();
    }

    @Override
    void takeSnapshot() {
        snapshot = Optional.of(rules.snapshot());
        snapshotAt = journal.size();
    }

    // what it does outside

    @Override
    public void tell(final UserId member, final MemberMessage message) {
        final var inbox = world.inbox(member);
        world.send(inbox, message, () -> inbox.handle(new UserCommand.FromConversation(member, message)));
    }

    @Override
    public void appendSoon() {
        self(0, new ConversationCommand.Append(id));
    }

    @Override
    public void lookUp(final UserId author, final MessageId message, final long from, final long to) {
        final int askedIn = life;
        world.in(world.readMillis(), () -> {
            if (up && life == askedIn) {
                final var found = place(author, message).filter(seq -> seq >= from && seq <= to);
                handle(new ConversationCommand.LookedUp(
                        id,
                        author,
                        message,
                        found.map(seq ->
                                new ConversationCommand.Found(seq, entry(seq).time())),
                        to - from + 1,
                        world.readFails()));
            }
        });
    }

    @Override
    public void bind(final MediaDesk.Claim claim, final List<MediaId> media) {
        final int askedIn = life;
        world.in(world.uploads.millis(), () -> {
            if (world.uploads.fail()) {
                bound(askedIn, claim, media, true);
                return;
            }
            world.uploads.bind(claim, media);
            final boolean unheard = world.uploads.fail(); // bound, and nobody knows
            world.in(world.uploads.millis(), () -> bound(askedIn, claim, media, unheard));
        });
    }

    private void bound(
            final int askedIn, final MediaDesk.Claim claim, final List<MediaId> media, final boolean failed) {
        if (up && life == askedIn) {
            handle(new ConversationCommand.MediaBound(
                    id, claim.author(), claim.message(), media, Optional.empty(), Optional.empty(), failed));
        }
    }

    @Override
    public void mediaStored(final MediaDesk.Claim claim, final long seq, final List<MediaId> media) {
        world.uploads.stored(seq, media);
    }
}
