package io.parley.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.parley.id.ConversationId;
import io.parley.id.UserId;
import io.parley.protocol.Target;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is made of words on the command line and in a chat.
final class LineDecisionsTest {
    private static final UserId ADA = new UserId("ada");
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00.000Z");

    @Test
    void a_line_of_a_chat_is_said_unless_it_begins_with_a_slash() {
        assertEquals(new ChatLine.Say("hello /quit "), ChatLine.parse("hello /quit "));
        assertEquals(new ChatLine.Say("/quit"), ChatLine.parse("//quit"));
        assertEquals(new ChatLine.Quit(), ChatLine.parse("/quit "));
        assertEquals(new ChatLine.Help(), ChatLine.parse("/help"));
        assertEquals(new ChatLine.Tell(), ChatLine.parse("/info"));
        assertEquals(new ChatLine.Unknown("/qiut"), ChatLine.parse("/qiut"));
        assertEquals(new ChatLine.Nothing(), ChatLine.parse("  \t"));
    }

    @Test
    void since_is_a_place_an_age_or_a_time() throws Stop {
        final var berlin = ZoneId.of("Europe/Berlin");
        assertEquals(new Since.Place(17), Since.parse("#17", NOW, berlin));
        assertEquals(new Since.Place(0), Since.parse("0", NOW, berlin));
        assertEquals(new Since.Time(NOW.minusSeconds(600)), Since.parse("10m", NOW, berlin));
        assertEquals(new Since.Time(NOW.minusSeconds(86_400)), Since.parse("1d", NOW, berlin));
        assertEquals(new Since.Time(Instant.parse("2026-11-23T23:00:00Z")), Since.parse("2026-11-24", NOW, berlin));
        assertEquals(
                new Since.Time(Instant.parse("2026-11-24T07:15:00Z")), Since.parse("2026-11-24T08:15", NOW, berlin));
        assertEquals(
                new Since.Time(Instant.parse("2026-11-24T08:15:30Z")),
                Since.parse("2026-11-24T08:15:30Z", NOW, ZoneOffset.UTC));
        for (final var wrong : List.of("", "yesterday", "-3", "10 m", "5w", "2026-13-01", "99999999999999999999")) {
            assertEquals(
                    ExitCode.USAGE,
                    assertThrows(Stop.class, () -> Since.parse(wrong, NOW, berlin))
                            .code(),
                    wrong);
        }
    }

    @Test
    void whom_one_means_is_a_user_or_a_conversation_of_ones_own() throws Stop {
        final var talk = new ConversationId("ada~bob");
        assertEquals(new Whom(talk, new Target.User("bob")), Whom.parse("bob", ADA));
        assertEquals(new Whom(talk, new Target.Conversation("ada~bob")), Whom.parse("ada~bob", ADA));
        assertEquals(new ConversationId("ada~ada"), Whom.parse("ada", ADA).conversation());
        assertEquals(new Target.User("g.bob"), Whom.parse("g.bob", ADA).target());
        final var group = "g.01937f2e-8a4b-7c3d-9e1f-2a3b4c5d6e7f";
        assertEquals(new Target.Conversation(group), Whom.parse(group, ADA).target());
        for (final var wrong : List.of("bob~ada", "bob~cleo", "Bob", "", "g.01937f2e-8a4b-7c3d-9e1f-2a3b4c5d6e7")) {
            assertEquals(
                    ExitCode.USAGE,
                    assertThrows(Stop.class, () -> Whom.parse(wrong, ADA)).code(),
                    wrong);
        }
    }

    @Test
    void nodes_are_the_same_however_and_in_whatever_order_they_are_written() throws Stop {
        final var one = Nodes.parse("http://127.0.0.1:8080, HTTP://Node.example:81/");
        final var other = Nodes.parse("http://node.example:81,http://127.0.0.1:8080/,http://127.0.0.1:8080");
        assertEquals(one, other);
        assertEquals(one.key(), other.key());
        assertNotEquals(one.key(), Nodes.parse("http://127.0.0.1:8080").key());
        for (final var wrong :
                List.of("", ",", "127.0.0.1:8080", "ws://a:1", "http://", "http://a/b", "http://u@a", "http://a b")) {
            assertEquals(
                    ExitCode.USAGE,
                    assertThrows(Stop.class, () -> Nodes.parse(wrong)).code(),
                    wrong);
        }
    }
}
