package io.parley.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.cluster.Counters;
import io.parley.websocket.Owner;
import io.parley.websocket.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Who gets a place, on sockets that only write down what is done to them.
final class AddressPlacesTest {
    private static final String HERE = "192.0.2.7";

    private static final class Noted implements Socket, Owner {
        final List<String> done = new ArrayList<>();

        @Override
        public void write(final String message) {
            done.add(message);
        }

        @Override
        public void close(final int code, final String reason) {
            done.add("close " + code);
        }

        @Override
        public void grant(final int messages) {}

        @Override
        public long pendingBytes() {
            return 0;
        }

        @Override
        public void text(final String message) {
            done.add("heard " + message);
        }

        @Override
        public void binary() {
            done.add("heard bytes");
        }

        @Override
        public void ended() {
            done.add("ended");
        }
    }

    private final Counters counters = new Counters();
    private final AddressPlaces places = new AddressPlaces(3, counters);

    /// The connection's owner; empty where it is refused.
    private Optional<Owner> connect(final String address, final Noted socket) {
        final var owned = new ArrayList<Socket>();
        final var owner = places.from(address, each -> {
                    owned.add(each);
                    return socket;
                })
                .own(socket);
        return owned.isEmpty() ? Optional.empty() : Optional.of(owner);
    }

    private Optional<Owner> connect(final String address) {
        return connect(address, new Noted());
    }

    @Test
    void who_is_one_too_many_is_told_why_and_when_to_come_back_and_then_closed() {
        for (int i = 0; i < 3; i++) {
            assertTrue(connect(HERE).isPresent());
        }
        final var socket = new Noted();
        assertTrue(connect(HERE, socket).isEmpty());
        assertEquals(
                List.of(
                        "{\"type\":\"error\",\"code\":\"rate-limited\",\"message\":\"too many connections from this"
                                + " address\",\"retryAfterSeconds\":10}",
                        "close 4429"),
                socket.done);
        assertEquals(1, counters.all().get("connection_address_full"));
    }

    @Test
    void a_connection_that_has_ended_leaves_its_place_to_another() {
        final var first = connect(HERE).orElseThrow();
        connect(HERE);
        connect(HERE);
        assertTrue(connect(HERE).isEmpty());
        first.ended();
        assertTrue(connect(HERE).isPresent());
        assertTrue(connect(HERE).isEmpty());
    }

    @Test
    void a_refused_connection_gives_nothing_back_when_it_ends() {
        for (int i = 0; i < 3; i++) {
            connect(HERE);
        }
        places.from(HERE, _ -> new Noted()).own(new Noted()).ended();
        assertTrue(connect(HERE).isEmpty());
    }

    @Test
    void each_address_has_places_of_its_own() {
        for (int i = 0; i < 3; i++) {
            connect(HERE);
        }
        assertTrue(connect("192.0.2.8").isPresent());
    }

    @Test
    void whoever_has_a_place_is_heard() {
        final var socket = new Noted();
        final var owner = connect(HERE, socket).orElseThrow();
        owner.text("hello");
        owner.binary();
        owner.ended();
        assertEquals(List.of("heard hello", "heard bytes", "ended"), socket.done);
    }

    @Test
    void many_who_come_and_go_at_once_neither_lose_a_place_nor_win_one() throws InterruptedException {
        final var done = new CountDownLatch(4);
        IntStream.range(0, 4)
                .forEach(_ -> Thread.ofVirtual().start(() -> {
                    final var mine = new ArrayList<Owner>();
                    for (int i = 0; i < 20_000; i++) {
                        if (!mine.isEmpty() && ThreadLocalRandom.current().nextBoolean()) {
                            mine.removeLast().ended();
                        } else {
                            connect(HERE).ifPresent(mine::add);
                        }
                    }
                    mine.forEach(Owner::ended);
                    done.countDown();
                }));
        done.await();
        assertEquals(
                3, IntStream.range(0, 10).filter(_ -> connect(HERE).isPresent()).count());
    }
}
