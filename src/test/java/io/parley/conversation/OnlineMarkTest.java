package io.parley.conversation;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.conversation.ConversationCommand.Detach;
import io.parley.conversation.ConversationCommand.Noted;
import io.parley.conversation.ConversationCommand.Probe;
import io.parley.conversation.ConversationCommand.Reached;
import io.parley.conversation.ConversationCommand.Settle;
import io.parley.id.ConversationId;
import io.parley.id.UserId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// Whom a conversation takes to be online, whatever order the words of the member's user come in.
final class OnlineMarkTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final UserId BO = new UserId("bo");
    private static final ConversationId ID = ConversationId.between(new UserId("ada"), BO);
    private static final Nonce ANY = new Nonce(1, 1);
    private static final OptionalLong NOBODY_ATTACHED = OptionalLong.empty();

    private final ConversationState state = new ConversationState(ID);
    private final ConversationRules rules = new ConversationRules(ID, () -> ANY);

    @Test
    void whoever_says_that_a_device_is_attached_is_online() {
        for (final var word : List.of(
                new Probe(ID, nothing(), 1, 7),
                new Noted(ID, ANY, OptionalLong.of(1), nothing()),
                new Settle(ID, nothing(), 0, ANY, OptionalLong.of(1)),
                new Reached(ID, nothing(), OptionalLong.of(1), Optional.empty()))) {
            hears(new Detach(ID, BO, 1));
            assertFalse(isOnline());
            hears(word);
            assertTrue(isOnline(), word.toString());
        }
    }

    @Test
    void a_word_from_before_the_member_came_does_not_unmark() {
        hears(new Probe(ID, nothing(), 1, 7));
        hears(new Settle(ID, nothing(), 0, ANY, NOBODY_ATTACHED));
        hears(new Noted(ID, ANY, NOBODY_ATTACHED, nothing()));
        hears(new Reached(ID, nothing(), NOBODY_ATTACHED, Optional.empty()));
        assertTrue(isOnline());
    }

    @Test
    void a_leave_that_is_overtaken_by_the_return_does_not_unmark() {
        hears(new Probe(ID, nothing(), 1, 7));
        hears(new Probe(ID, nothing(), 2, 8));
        hears(new Detach(ID, BO, 1));
        assertTrue(isOnline());
        hears(new Detach(ID, BO, 2));
        assertFalse(isOnline());
    }

    @Test
    void a_word_that_comes_after_the_leave_marks_only_until_the_leave_is_said_again() {
        hears(new Probe(ID, nothing(), 2, 7));
        hears(new Detach(ID, BO, 2));
        hears(new Noted(ID, ANY, OptionalLong.of(2), nothing())); // sent before it
        hears(new Noted(ID, ANY, OptionalLong.of(1), nothing())); // and this one long before it
        assertTrue(isOnline());
        hears(new Detach(ID, BO, 2)); // the answer to the first delivery that finds nobody
        assertFalse(isOnline());
    }

    // what the tests say

    private static Watermark nothing() {
        return new Watermark(BO, 0, 0);
    }

    private void hears(final ConversationCommand word) {
        rules.decide(state, word, NOON);
    }

    /// Whether the member is told that somebody types, as only those are who are online.
    private boolean isOnline() {
        return rules
                .decide(state, new ConversationCommand.Typing(ID, ID.people().getFirst()), NOON)
                .effects()
                .stream()
                .anyMatch(effect -> effect.toString().contains("TypingSeen"));
    }
}
