package io.parley.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.parley.id.UserId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressingTest {
    private static final UserId BOB = new UserId("bob");

    @Test
    void a_person_is_written_to_in_the_conversation_of_both_names_in_order() throws FrameException {
        assertEquals(
                "alice~bob",
                Addressing.conversation(BOB, new Target.User("alice")).value());
        assertEquals(
                "bob~carol",
                Addressing.conversation(BOB, new Target.User("carol")).value());
        assertEquals(
                "bob~bob", Addressing.conversation(BOB, new Target.User("bob")).value());
        assertEquals(
                "alice~bob",
                Addressing.conversation(BOB, new Target.Conversation("alice~bob"))
                        .value());
    }

    @ParameterizedTest
    @ValueSource(strings = {"alice~carol", "carol~alice", "alice~alice", "~", "X~Y", "~alice", "alice~bob~carol"})
    void a_direct_conversation_of_others_is_forbidden_before_its_form_is_judged(final String spelt) {
        assertEquals(ErrorCode.FORBIDDEN, refused(new Target.Conversation(spelt)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bob~alice",
                "bob~",
                "~bob",
                "bob~B",
                "bob",
                "",
                "g.",
                "g.1",
                "g.01937F2E-8A4B-7C3D-9E1F-2A3B4C5D6E7F",
                "bob~carol~dave"
            })
    void a_misspelt_or_unsorted_one_is_invalid(final String spelt) {
        assertEquals(ErrorCode.INVALID, refused(new Target.Conversation(spelt)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "Bob", "a b", "-bob", "alice~bob", "bob\n"})
    void a_misspelt_user_is_invalid(final String spelt) {
        assertEquals(ErrorCode.INVALID, refused(new Target.User(spelt)));
    }

    private static ErrorCode refused(final Target target) {
        return assertThrows(FrameException.class, () -> Addressing.conversation(BOB, target))
                .error()
                .code();
    }
}
