package io.parley.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A message that is sent again under its id is the same message, through whichever door it comes.
@ExtendWith(NodeOutput.class)
final class ResendTest {
    private final World world = SharedNode.world();

    @AfterEach
    void everybodyLeaves() {
        world.close();
    }

    @Test
    void a_resent_message_keeps_its_place_through_every_door() {
        final var ada = world.person("ada");
        final var bo = world.person("bo");
        final var tablet = world.another(ada).connects();
        final var id = Device.newId();
        final var first = ada.sends(Device.message(id, "once", bo));
        ada.sends("another", bo);

        assertEquals(first, ada.sends(Device.message(id, "once", bo)));
        assertEquals(first, ada.sends(Device.message(id, "once", bo).put("after", 0)));
        assertEquals(first, ada.sends(Device.message(id, "once", bo).put("after", 1)));
        assertEquals(first, tablet.sends(Device.message(id, "once", bo)));
        assertEquals(first, ada.sends(Device.message(id, "with another body", bo)));
        assertEquals(first, called(ada, id, bo, 200));
        assertEquals(first, called(tablet, id, bo, 200));

        final var other = Device.newId();
        final var third = called(ada, other, bo, 201);
        assertEquals(third, ada.sends(Device.message(other, "by call", bo)));
        assertEquals(3, third.seq());
        bo.sees("by call");
        assertEquals(List.of("once", "another", "by call"), bo.texts());
    }

    @Test
    void the_same_id_of_another_person_or_in_another_conversation_is_another_message() {
        final var ada = world.person("ada");
        final var bo = world.person("bo");
        final var cy = world.person("cy");
        final var id = Device.newId();
        assertEquals(1, ada.sends(Device.message(id, "to bo", bo)).seq());
        assertEquals(1, ada.sends(Device.message(id, "to cy", cy)).seq());
        assertEquals(2, bo.sends(Device.message(id, "back", ada)).seq());
        ada.sees("back");
        cy.sees("to cy");
    }

    @Test
    void a_call_may_not_speak_for_another_and_may_carry_metadata() {
        final var ada = world.person("ada");
        final var bo = world.person("bo");
        final var foreign = body(Device.newId(), bo, "x").put("from", bo.user());
        assertEquals(
                "forbidden",
                world.rest()
                        .post("/v1/messages", ada.token(), foreign)
                        .expect(403)
                        .code());
        final var unknown = body(Device.newId(), bo, "x").put("to", "nobody-of-this-name");
        assertEquals(
                "unknown-user",
                world.rest()
                        .post("/v1/messages", ada.token(), unknown)
                        .expect(404)
                        .code());

        final var tablet = world.another(ada).connects();
        final var noted = body(Device.newId(), bo, "noted").put("from", ada.user());
        noted.putObject("client").put("draft", "d1");
        world.rest().post("/v1/messages", ada.token(), noted).expect(201);
        assertEquals("d1", tablet.sees("noted").path("client").path("draft").asText());
        assertEquals(false, bo.sees("noted").has("client"));
    }

    private Device.Sent called(final Device from, final String id, final Device to, final int status) {
        final var answer = world.rest()
                .post("/v1/messages", from.token(), body(id, to, "by call"))
                .expect(status)
                .body();
        return new Device.Sent(
                answer.path("id").asText(),
                answer.path("conversation").asText(),
                answer.path("seq").asLong(),
                answer.path("time").asText());
    }

    private static ObjectNode body(final String id, final Device to, final String text) {
        final var body = World.json().put("to", to.user()).put("id", id);
        body.set("body", Device.text(text));
        return body;
    }
}
