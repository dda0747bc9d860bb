package io.parley.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// One person with several devices.
@ExtendWith(NodeOutput.class)
final class DevicesTest {
    private static final Duration QUICKLY = Duration.ofSeconds(5);

    private final World world = SharedNode.world();

    @AfterEach
    void everybodyLeaves() {
        world.close();
    }

    @Test
    void each_device_gets_everything_but_its_own() {
        final var ada = world.person("ada");
        final var phone = world.person("bo");
        final var tablet = world.another(phone).connects();
        ada.sends("from ada", phone);
        phone.sends("from the phone", ada);
        tablet.sends("from the tablet", ada);
        ada.sends("from ada again", phone);
        phone.sees("from ada again");
        tablet.sees("from ada again");
        ada.sees("from the tablet");
        assertEquals(List.of("from ada", "from the tablet", "from ada again"), phone.texts());
        assertEquals(List.of("from ada", "from the phone", "from ada again"), tablet.texts());
        assertEquals(List.of("from the phone", "from the tablet"), ada.texts());
    }

    @Test
    void notes_to_oneself_reach_the_other_device() {
        final var phone = world.person("ada");
        final var tablet = world.another(phone).connects();
        final var note = phone.sends("milk", phone);
        assertEquals(phone.user() + "~" + phone.user(), note.conversation());
        tablet.sees("milk");
        tablet.acknowledges(note.conversation(), note.seq());
        phone.seesDelivered(note, phone);
        tablet.reads(note.conversation(), note.seq());
        phone.seesRead(note, phone);
        tablet.sends("bread", phone);
        phone.sees("bread");
        assertEquals(List.of("bread"), phone.texts());
        assertEquals(List.of("milk"), tablet.texts());
    }

    @Test
    void what_one_device_has_read_the_others_know() {
        final var ada = world.person("ada");
        final var phone = world.person("bo");
        final var tablet = world.another(phone).connects();
        final var sent = ada.sends("hi", phone);
        tablet.sees("hi");
        phone.reads(sent.conversation(), sent.seq());
        tablet.seesRead(sent, phone);
    }

    @Test
    void a_new_device_begins_where_its_person_is() {
        final var ada = world.person("ada");
        final var phone = world.person("bo");
        ada.sends("old", phone);
        final var last = ada.sends("old too", phone);
        phone.sees("old too");
        phone.acknowledges(last.conversation(), last.seq());
        ada.seesDelivered(last, phone);
        ada.sends("not acknowledged", phone);
        phone.sees("not acknowledged");
        final var tablet = world.another(phone).connects();
        assertEquals(List.of("not acknowledged"), tablet.texts());
        ada.sends("new", phone);
        tablet.sees("new");
    }

    @Test
    void the_earlier_connection_of_a_device_is_replaced() {
        final var ada = world.person("ada");
        final var bo = world.person("bo");
        final var earlier = bo.socket();
        bo.connects();
        assertEquals(4409, earlier.awaitClose(QUICKLY));
        ada.sends("to the later", bo);
        bo.sees("to the later");
        assertEquals(0, earlier.frames("message").size());
    }

    @Test
    void however_often_a_device_connects_it_has_one_connection() {
        final var ada = world.person("ada");
        final var sockets = new ArrayList<>(List.of(ada.socket()));
        for (int i = 0; i < 20; i++) { // all say hello before any is answered
            sockets.add(RawSocket.open(world.port()));
        }
        sockets.stream().skip(1).forEach(each -> each.say(Device.frame("hello").put("token", ada.token())));
        final long deadline = System.nanoTime() + QUICKLY.toNanos();
        while (sockets.stream().filter(RawSocket::isOpen).count() > 1) {
            assertTrue(System.nanoTime() < deadline, "more than one is open");
            LockSupport.parkNanos(1_000_000);
        }
        final var left = sockets.stream().filter(RawSocket::isOpen).findFirst().orElseThrow();
        left.await("welcome", frame -> RawSocket.isOf(frame, "welcome"));
        sockets.stream().filter(each -> each != left).forEach(each -> assertEquals(4409, each.awaitClose(QUICKLY)));
        sockets.forEach(RawSocket::close);
    }

    @Test
    void who_logs_out_is_gone_at_once() {
        final var ada = world.person("ada");
        world.rest().call("POST", "/v1/logout", ada.token(), Optional.empty()).expect(204);
        assertEquals(4401, ada.socket().awaitClose(QUICKLY));
        world.rest().get("/v1/devices", ada.token()).expect(401);
        assertEquals(4401, refusedHello(ada.token()));
    }

    private int refusedHello(final String token) {
        try (var socket = RawSocket.open(world.port())) {
            socket.say(Device.frame("hello").put("token", token));
            return socket.awaitClose(QUICKLY);
        }
    }

    @Test
    void a_device_that_is_unlinked_is_gone_at_once() {
        final var phone = world.person("ada");
        final var tablet = world.another(phone).connects();
        final var list =
                world.rest().get("/v1/devices", phone.token()).expect(200).body();
        assertEquals(2, list.path("devices").size());
        world.rest().delete("/v1/devices/" + tablet.id(), phone.token()).expect(204);
        assertEquals(4401, tablet.socket().awaitClose(QUICKLY));
        world.rest().delete("/v1/devices/" + tablet.id(), phone.token()).expect(404);
        world.rest().get("/v1/devices", tablet.token()).expect(401);
        phone.sends("still here", phone);
    }

    @Test
    void a_new_password_ends_all_other_devices() {
        final var phone = world.person("ada");
        final var tablet = world.another(phone).connects();
        final var change = World.json()
                .put("old", World.PASSWORD)
                .put("new", "another good one")
                .toString();
        world.rest()
                .call("PUT", "/v1/password", phone.token(), Optional.of(change))
                .expect(204);
        assertEquals(4401, tablet.socket().awaitClose(QUICKLY));
        phone.sends("still here", phone);
        world.rest().post("/v1/login", "", World.loginBody(phone.user(), "x")).expect(401);
    }

    @Test
    void a_refresh_token_is_good_once_and_its_reuse_revokes_the_device() {
        final var ada = world.person("ada");
        final var first = ada.refreshToken();
        final var second = refresh(first).expect(200).body();
        assertEquals(ada.id(), second.path("device").asText());
        assertNotEquals(first, second.path("refreshToken").asText());
        final var again = refresh(first).expect(200).body(); // the answer was lost
        assertEquals(second.path("refreshToken"), again.path("refreshToken"));
        ada.takes(second);
        ada.connects();
        refresh(second.path("refreshToken").asText()).expect(200);
        refresh(first).expect(401);
        assertEquals(4401, ada.socket().awaitClose(QUICKLY));
    }

    private Rest.Answer refresh(final String token) {
        return world.rest().post("/v1/login/refresh", "", World.json().put("refreshToken", token));
    }

    @Test
    void the_same_device_logs_in_again_as_itself() {
        final var ada = world.person("ada");
        final var body = World.loginBody(ada.user(), "the phone again");
        ((ObjectNode) body.path("device")).put("id", ada.id());
        final var old = ada.token();
        final var login = world.rest().post("/v1/login", "", body).expect(200).body();
        assertEquals(ada.id(), login.path("device").asText());
        assertEquals(4401, ada.socket().awaitClose(QUICKLY));
        world.rest().get("/v1/devices", old).expect(401);
        ada.takes(login);
        ada.connects();
        assertTrue(ada.socket().isOpen());
    }
}
