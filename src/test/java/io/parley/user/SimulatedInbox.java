package io.parley.user;

import io.parley.conversation.ConversationCommand;
import io.parley.conversation.Nonce;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import io.parley.simulation.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// One life of a user's inbox for the simulator: the production decisions, and what the judge may see of the
/// state.
public final class SimulatedInbox {
    private static final Duration NEVER = Duration.ofDays(36_500);

    private final InboxRules rules;
    private final InboxState state;
    private final Consumer<ConversationCommand> conversations;

    /// Starts from a snapshot, if there is one, and the events after it.
    public SimulatedInbox(
            final UserId user,
            final Optional<UserSnapshot> snapshot,
            final List<UserEvent> after,
            final Supplier<Nonce> nonces,
            final Instant now,
            final Consumer<ConversationCommand> conversations) {
        this.rules = new InboxRules(user, nonces, _ -> Optional.empty(), NEVER, now);
        this.state = snapshot.map(InboxState::restored).orElseGet(InboxState::new);
        after.forEach(state::apply);
        this.conversations = conversations;
    }

    public Step<UserEvent> recovered(final Instant now) {
        return new Decided(rules.recovered(state, now));
    }

    public Step<UserEvent> decide(final UserCommand command, final Instant now) {
        return new Decided(rules.decide(state, command, now));
    }

    public void apply(final UserEvent event) {
        state.apply(event);
    }

    public Optional<Instant> wakeAt() {
        return rules.wakeAt();
    }

    public void farewell() {
        rules.farewell().forEach(this::perform);
    }

    public UserSnapshot snapshot() {
        return state.snapshot();
    }

    // what is durable

    /// What is durable about one conversation.
    public interface Durable {
        boolean open();

        long head();

        long delivered();

        long read();

        long shared();

        long cursor(DeviceId device);
    }

    private record View(Chat chat) implements Durable {
        @Override
        public boolean open() {
            return chat.open;
        }

        @Override
        public long head() {
            return chat.head;
        }

        @Override
        public long delivered() {
            return chat.delivered;
        }

        @Override
        public long read() {
            return chat.read;
        }

        @Override
        public long shared() {
            return chat.shared;
        }

        @Override
        public long cursor(final DeviceId device) {
            return chat.cursor(device);
        }
    }

    public Optional<Durable> chat(final ConversationId id) {
        return state.chat(id).map(View::new);
    }

    /// Whether nothing is left of it, and each conversation that relied on it has heard so.
    public boolean isErased() {
        return state.isErased() && state.relying().isEmpty();
    }

    /// Whether it says of itself that it is not there, though there is still something of it.
    public boolean isHalfErased() {
        return state.isErased()
                && !(state.chats().isEmpty()
                        && state.openChats().isEmpty()
                        && state.devices().isEmpty()
                        && state.settings().equals(Settings.DEFAULT));
    }

    public boolean exists() {
        return state.exists();
    }

    public Set<ConversationId> openChats() {
        return state.openChats().stream().map(chat -> chat.id).collect(Collectors.toSet());
    }

    public List<DeviceId> devices() {
        return state.devices().stream().map(device -> device.id).toList();
    }

    /// What is durable, without what a restart may forget.
    public UserSnapshot comparable() {
        final var whole = state.snapshot();
        return new UserSnapshot(
                whole.uid(),
                whole.version(),
                whole.devices(),
                whole.lastSeen(),
                whole.readReceipts(),
                whole.chats().stream()
                        .map(chat -> new UserSnapshot.Chat(
                                chat.conversation(),
                                chat.open(),
                                chat.head(),
                                chat.atMillis(),
                                chat.delivered(),
                                chat.read(),
                                chat.shared(),
                                chat.base(),
                                chat.cursors(),
                                chat.wrote(),
                                false))
                        .toList(),
                whole.relying());
    }

    private final class Decided implements Step<UserEvent> {
        private final Decision decision;

        private Decided(final Decision decision) {
            this.decision = decision;
        }

        @Override
        public List<UserEvent> events() {
            return decision.events();
        }

        @Override
        public void perform() {
            decision.effects().forEach(SimulatedInbox.this::perform);
        }

        @Override
        public void notStored() {}
    }

    private void perform(final Decision.Effect effect) {
        switch (effect) {
            case Decision.Reply<?> reply -> reply.send();
            case Decision.Tell(final var message) -> conversations.accept(message);
            case Decision.TellUnlinked _, Decision.TellKeysChanged _ -> {} // keys are not simulated
            case Decision.TellAway away -> throw new IllegalStateException("nobody is away for so long: " + away);
        }
    }
}
