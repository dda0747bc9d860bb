package io.parley.conversation;

import io.parley.id.ConversationId;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import io.parley.simulation.Step;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// One life of a conversation for the simulator: the production decisions, with a small memory so that short
/// histories outgrow it.
public final class SimulatedConversation {
    /// How many ids are remembered for the recognition of resends.
    public static final int IDS_KEPT = 8;

    private static final ConversationState.Memory MEMORY = new ConversationState.Memory(IDS_KEPT, 4);

    /// What the conversation does outside itself.
    public interface Outside {
        void tell(UserId member, MemberMessage message);

        void appendSoon();

        void lookUp(UserId author, MessageId id, long from, long to);

        void bind(MediaDesk.Claim claim, List<MediaId> media);

        void mediaStored(MediaDesk.Claim claim, long seq, List<MediaId> media);
    }

    private final ConversationRules rules;
    private final ConversationState state;
    private final Outside outside;

    /// Starts from a snapshot, if there is one, and the events after it.
    public SimulatedConversation(
            final ConversationId id,
            final Optional<ConversationSnapshot> snapshot,
            final List<ConversationEvent> after,
            final Supplier<Nonce> nonces,
            final Outside outside) {
        this.rules = new ConversationRules(id, nonces);
        this.state = snapshot.map(from -> ConversationState.restored(id, from, MEMORY))
                .orElseGet(() -> new ConversationState(id, MEMORY));
        after.forEach(state::apply);
        this.outside = outside;
    }

    public Step<ConversationEvent> decide(final ConversationCommand command, final Instant now) {
        return new Decided(rules.decide(state, command, now));
    }

    public void apply(final ConversationEvent event) {
        state.apply(event);
    }

    public Optional<Instant> wakeAt() {
        return rules.wakeAt();
    }

    public void farewell() {
        rules.farewell().forEach(this::perform);
    }

    public ConversationSnapshot snapshot() {
        return state.snapshot();
    }

    /// Whether the message is among the remembered ones.
    public boolean remembers(final UserId author, final MessageId id) {
        return state.find(author, id).isPresent();
    }

    public static Entry entry(final long seq, final ConversationEvent event) {
        return Entry.of(seq, event);
    }

    private final class Decided implements Step<ConversationEvent> {
        private final Decision decision;

        private Decided(final Decision decision) {
            this.decision = decision;
        }

        @Override
        public List<ConversationEvent> events() {
            return decision.events();
        }

        @Override
        public void perform() {
            decision.effects().forEach(SimulatedConversation.this::perform);
        }

        @Override
        public void notStored() {
            decision.ifNotStored().forEach(SimulatedConversation.this::perform);
        }
    }

    private void perform(final Decision.Effect effect) {
        switch (effect) {
            case Decision.Reply<?> reply -> reply.send();
            case Decision.Tell(final var member, final var message) -> outside.tell(member, message);
            case Decision.AppendSoon _ -> outside.appendSoon();
            case Decision.LookUp(final var author, final var id, final long from, final long to) ->
                outside.lookUp(author, id, from, to);
            case Decision.BindMedia(final var claim, final var media) -> outside.bind(claim, media);
            case Decision.MediaStored(final var claim, final long seq, final var media) ->
                outside.mediaStored(claim, seq, media);
            case Decision.Superseded _, Decision.Full _, Decision.Unanswered _ -> {} // for the store and for counters
        }
    }
}
