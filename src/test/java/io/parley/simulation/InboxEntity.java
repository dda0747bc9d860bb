package io.parley.simulation;

import io.parley.conversation.ConversationCommand;
import io.parley.id.ConversationId;
import io.parley.id.UserId;
import io.parley.user.SimulatedInbox;
import io.parley.user.UserCommand;
import io.parley.user.UserEvent;
import io.parley.user.UserSnapshot;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A user's inbox.
class InboxEntity extends Entity<UserCommand, UserEvent> {
    final UserId user;
    SimulatedInbox rules;
    private Optional<UserSnapshot> snapshot = Optional.empty();
    private int snapshotAt;

    InboxEntity(final World world, final UserId user) {
        super(world);
        this.user = user;
        this.rules = restored();
    }

    private SimulatedInbox restored() {
        return new SimulatedInbox(
                user, snapshot, journal.subList(snapshotAt, journal.size()), world::nonce, world.instant(), this::tell);
    }

    @Override
    String name() {
        return user.value();
    }

    @Override
    void start() {
        final var before = rules.comparable();
        rules = restored();
        check(
                before.equals(rules.comparable()),
                () -> "what is read back is not what was: " + before + " / " + rules.comparable());
        recovered();
    }

    void recovered() {
        rules.recovered(world.instant()).perform();
    }

    @Override
    Step<UserEvent> decide(final UserCommand command) {
        return rules.decide(command, world.instant());
    }

    Optional<SimulatedInbox.Durable> chat(final ConversationId id) {
        return rules.chat(id);
    }

    @Override
    void apply(final UserEvent event) {
        rules.apply(event);
        if (event instanceof final UserEvent.DevicesLinked linked) {
            world.judge.devicesLinked(this, linked);
        }
    }

    @Override
    void judge(final List<UserEvent> events) {
        check(!rules.isHalfErased(), () -> "erased, but for " + rules.comparable());
        for (final var conversation : world.conversationsOf(user)) {
            world.judge.isOwedOrDelivered(conversation, user);
            world.judge.cursorsAreTrue(conversation, this);
        }
    }

    @Override
    Optional<Instant> wakeAt() {
        return rules.wakeAt();
    }

    @Override
    UserCommand tick() {
        return new UserCommand.Tick(user);
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

    void tell(final ConversationCommand message) {
        final var conversation = world.conversation(message.conversation());
        world.send(conversation, message, () -> conversation.handle(message));
    }
}
