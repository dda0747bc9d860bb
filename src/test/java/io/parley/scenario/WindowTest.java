package io.parley.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Devices that are slow, far behind, or gone.
@ExtendWith(NodeOutput.class)
final class WindowTest {
    private final World world = SharedNode.world();

    @AfterEach
    void everybodyLeaves() {
        world.close();
    }

    private static List<Long> seqs(final Device device) {
        return device.socket().frames("message").stream()
                .map(frame -> frame.path("seq").asLong())
                .toList();
    }

    private static List<Long> upTo(final long first, final long last) {
        return LongStream.rangeClosed(first, last).boxed().toList();
    }

    /// Sends so many texts, with no more than 50 unanswered.
    private static void sendMany(final Device from, final Device to, final int count, final String padding) {
        for (int sent = 0; sent < count; sent += 50) {
            final var ids = IntStream.range(sent, Math.min(count, sent + 50))
                    .mapToObj(i -> {
                        final var id = Device.newId();
                        from.socket().say(Device.message(id, i + padding, to));
                        return id;
                    })
                    .toList();
            from.socket()
                    .await(
                            "sent",
                            frame -> RawSocket.isOf(frame, "sent")
                                    && frame.path("id").asText().equals(ids.getLast()));
        }
    }

    @Test
    void no_more_than_the_window_comes_before_it_is_acknowledged() {
        final var ada = world.person("ada");
        final var bo = world.offline("bo");
        sendMany(ada, bo, 600, "");
        final var conversation = World.between(ada, bo);
        bo.arrives();
        bo.socket().await("message 500", frame -> frame.path("seq").asLong() == 500 && frame.has("body"));
        assertEquals(
                "page",
                bo.asks(Device.frame("pull").put("conversation", conversation))
                        .path("type")
                        .asText());
        assertEquals(upTo(1, 500), seqs(bo));
        assertEquals(0, bo.socket().frames("caught-up").size());

        bo.acknowledges(conversation, 50);
        bo.socket().await("message 550", frame -> frame.path("seq").asLong() == 550 && frame.has("body"));
        bo.acknowledges(conversation, 500);
        bo.socket().await("message 600", frame -> frame.path("seq").asLong() == 600 && frame.has("body"));
        bo.socket().await("caught-up", frame -> RawSocket.isOf(frame, "caught-up"));
        assertEquals(upTo(1, 600), seqs(bo));
        bo.acknowledges(conversation, 600);
        ada.socket().await("receipt", frame -> frame.path("delivered").asLong() == 600);
    }

    @Test
    void what_a_device_has_stored_it_acknowledges_before_it_is_pushed() {
        final var ada = world.person("ada");
        final var bo = world.offline("bo");
        sendMany(ada, bo, 600, "");
        final var conversation = World.between(ada, bo);
        bo.arrives();
        bo.acknowledges(conversation, 590);
        bo.socket().await("message 600", frame -> frame.path("seq").asLong() == 600 && frame.has("body"));
        ada.socket().await("receipt", frame -> frame.path("delivered").asLong() == 590);
        final var seqs = seqs(bo);
        assertEquals(seqs.stream().sorted().distinct().toList(), seqs);
        assertTrue(seqs.containsAll(upTo(591, 600)), seqs.toString());

        final var beyond =
                Device.frame("delivered").put("conversation", conversation).put("seq", 601);
        assertEquals("invalid", bo.isRefused(beyond));
        assertEquals(590, ada.highest(conversation, bo, "delivered"));
        final var called = World.json().put("seq", 601);
        world.rest()
                .post("/v1/conversations/" + conversation + "/read", bo.token(), called)
                .expect(400);
        called.put("seq", 600);
        world.rest()
                .post("/v1/conversations/" + conversation + "/delivered", bo.token(), called)
                .expect(204);
        ada.socket().await("receipt", frame -> frame.path("delivered").asLong() == 600);
    }

    @Test
    void who_does_not_read_disturbs_nobody_and_misses_nothing() {
        final var ada = world.person("ada");
        final var bo = world.person("bo");
        final var cy = world.person("cy");
        bo.socket().stopReading();
        sendMany(ada, bo, 450, " " + "x".repeat(4_000)); // 1.8 MB: more than the network's buffers hold
        final long began = System.nanoTime();
        ada.sends("hello cy", cy);
        cy.sees("hello cy");
        cy.sends("hello ada", ada);
        ada.sees("hello ada");
        assertTrue(System.nanoTime() - began < 5_000_000_000L, "others go on");
        bo.socket().readOn();
        bo.socket().await("message 450", frame -> frame.path("seq").asLong() == 450 && frame.has("body"));
        assertEquals(upTo(1, 450), seqs(bo));
        bo.acknowledges(World.between(ada, bo), 450);
        ada.socket().await("receipt", frame -> frame.path("delivered").asLong() == 450);
    }

    @Test
    @Tag("slow")
    void who_vanishes_is_offline_soon_and_was_last_seen_when_it_was() {
        final var ada = world.person("ada");
        final var bo = world.person("bo");
        ada.watches(bo);
        ada.seesPresence(bo, true, Duration.ofSeconds(10));
        bo.socket().stopReading(); // the link is cut: nothing goes either way, not even its end
        bo.fallsSilent();
        final var vanished = Instant.now();
        final var seen = ada.seesPresence(bo, false, Duration.ofSeconds(22));
        final var lastSeen = Instant.parse(seen.path("lastSeen").asText());
        assertFalse(lastSeen.isAfter(vanished.plusSeconds(1)), lastSeen + " after " + vanished);
        assertTrue(lastSeen.isAfter(vanished.minusSeconds(6)), lastSeen + " long before " + vanished);
        ada.sends("missed", bo);
        bo.connects();
        assertEquals(List.of("missed"), bo.texts());
    }
}
