package io.parley.user;

import io.parley.cluster.ReplyTo;
import io.parley.conversation.ConversationCommand;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import java.util.ArrayList;
import java.util.List;

/// What is to be done: store these events, and only then these effects.
final class Decision {
    /// Something to be done outside.
    sealed interface Effect {}

    /// An answer, or a word to a session.
    record Reply<T>(ReplyTo<T> to, T message) implements Effect {
        void send() {
            to.tell(message);
        }
    }

    /// A message to a conversation.
    record Tell(ConversationCommand message) implements Effect {}

    /// A word to the account: the device has been away for too long.
    record TellAway(DeviceId device, long generation) implements Effect {}

    /// A word to the keeper of the person's keys: of the devices these are left.
    record TellUnlinked(long version, List<DeviceId> left) implements Effect {}

    /// A word to these people, as far as they are here: the person's keys have changed.
    record TellKeysChanged(long version, List<UserId> people) implements Effect {}

    private final List<UserEvent> events = new ArrayList<>(1);
    private final List<Effect> effects = new ArrayList<>(4);

    List<UserEvent> events() {
        return events;
    }

    List<Effect> effects() {
        return effects;
    }

    void store(final UserEvent event) {
        events.add(event);
    }

    <T> void reply(final ReplyTo<T> to, final T message) {
        effects.add(new Reply<>(to, message));
    }

    void tellAway(final DeviceId device, final long generation) {
        effects.add(new TellAway(device, generation));
    }

    void tellUnlinked(final long version, final List<DeviceId> left) {
        effects.add(new TellUnlinked(version, left));
    }

    void tellKeysChanged(final long version, final List<UserId> people) {
        effects.add(new TellKeysChanged(version, people));
    }

    void tell(final ConversationCommand message) {
        effects.add(new Tell(message));
    }
}
