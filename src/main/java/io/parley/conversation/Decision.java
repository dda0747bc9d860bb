package io.parley.conversation;

import io.parley.cluster.ReplyTo;
import io.parley.content.Octets;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// What is to be done: store these events, and only then these effects; where storing fails, the others
/// instead.
final class Decision {
    /// Something to be done outside.
    sealed interface Effect {}

    /// An answer.
    record Reply<T>(ReplyTo<T> to, T message) implements Effect {
        void send() {
            to.tell(message);
        }
    }

    /// A message to a member's user.
    record Tell(UserId member, MemberMessage message) implements Effect {}

    /// [ConversationCommand.Append] to oneself, behind whatever has come already.
    record AppendSoon() implements Effect {}

    /// Find a message in the log between two places, both included, and say [ConversationCommand.LookedUp].
    record LookUp(UserId author, MessageId id, long from, long to) implements Effect {}

    /// Bind uploads to the message that waits, and say [ConversationCommand.MediaBound].
    record BindMedia(MediaDesk.Claim claim, List<MediaId> media) implements Effect {}

    /// The message that uploads were bound to is stored.
    record MediaStored(MediaDesk.Claim claim, long seq, List<MediaId> media) implements Effect {}

    /// A user has not answered a note for longer than its limit: for counters and operators.
    record Unanswered(UserId member) implements Effect {}

    /// A commit has put an end to a state of the group: these uploads are not needed any more.
    ///
    /// @param files by SHA-256; may be none
    record Superseded(Set<Octets> files) implements Effect {}

    /// A message was refused because too much waits: for counters.
    record Full() implements Effect {}

    private final List<ConversationEvent> events = new ArrayList<>(1);
    private final List<Effect> effects = new ArrayList<>(4);
    private final List<Effect> ifNotStored = new ArrayList<>(1);
    private List<Waiting.Item> accepted = List.of();

    List<ConversationEvent> events() {
        return events;
    }

    List<Effect> effects() {
        return effects;
    }

    List<Effect> ifNotStored() {
        return ifNotStored;
    }

    /// The messages that get their ✓ when the events are stored.
    List<Waiting.Item> accepted() {
        return accepted;
    }

    void accepts(final List<Waiting.Item> messages) {
        accepted = messages;
    }

    void store(final ConversationEvent event) {
        events.add(event);
    }

    <T> void reply(final ReplyTo<T> to, final T message) {
        effects.add(new Reply<>(to, message));
    }

    <T> void replyIfNotStored(final ReplyTo<T> to, final T message) {
        ifNotStored.add(new Reply<>(to, message));
    }

    void tell(final UserId member, final MemberMessage message) {
        effects.add(new Tell(member, message));
    }

    void then(final Effect effect) {
        effects.add(effect);
    }
}
