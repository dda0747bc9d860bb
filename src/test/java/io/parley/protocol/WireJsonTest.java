package io.parley.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.id.ConversationId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class WireJsonTest {
    private static final ObjectMapper JUDGE = new ObjectMapper();

    @Test
    void the_rest_door_prints_pages_as_the_socket_does() throws Exception {
        final var frame = Example.fromServers().stream()
                .filter(example -> example.name().equals("server/page.json"))
                .findFirst()
                .orElseThrow()
                .frame();
        final var page = (ServerFrame.Page) FrameCodec.readServer(frame);
        final var expected = (ObjectNode) JUDGE.readTree(frame);
        expected.remove(List.of("type", "conversation", "ref"));
        assertEquals(expected.toString(), WireJson.page(page.messages(), page.head()));
    }

    @Test
    void the_rest_answers_are_what_the_design_shows() {
        final var bob = new UserId("bob");
        assertEquals(
                "{\"id\":\"m\",\"conversation\":\"alice~bob\",\"seq\":17,\"time\":\"1970-01-01T00:00:00.000Z\"}",
                WireJson.sent(new MessageId("m"), new ConversationId("alice~bob"), 17, Instant.EPOCH));
        assertEquals("{\"user\":\"bob\"}", WireJson.presence(bob, Optional.empty(), Optional.empty()));
        assertEquals(
                "[{\"user\":\"bob\",\"delivered\":2,\"read\":1},{\"user\":\"bob\",\"delivered\":2,\"read\":1,\"not\":[[1,2]]}]",
                WireJson.receipt(
                                WireJson.receipt(new JsonPrinter().array(), bob, 2, 1, List.of()),
                                bob,
                                2,
                                1,
                                List.of(new ServerFrame.Range(1, 2)))
                        .endArray()
                        .toString());
    }

    @Test
    void every_character_is_printed_so_that_others_read_it() throws Exception {
        for (int c = 0; c <= Character.MAX_CODE_POINT; c += c < 0x3000 ? 1 : 97) {
            if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                final var text = "a" + Character.toString(c);
                assertEquals(
                        text,
                        JUDGE.readTree(new JsonPrinter().value(text).toString()).asText());
            }
        }
    }

    @Test
    void commas_stand_between_and_nowhere_else() {
        assertEquals(
                "{\"a\":[],\"b\":[1,true,\"x\",[2],{}],\"c\":{\"d\":1,\"e\":false}}",
                new JsonPrinter()
                        .object()
                        .name("a")
                        .array()
                        .endArray()
                        .name("b")
                        .array()
                        .value(1)
                        .value(true)
                        .value("x")
                        .array()
                        .value(2)
                        .endArray()
                        .object()
                        .end()
                        .endArray()
                        .name("c")
                        .object()
                        .member("d", 1)
                        .member("absent", Optional.empty())
                        .member("e", false)
                        .end()
                        .end()
                        .toString());
    }
}
