package io.parley.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ReactionTest {
    private final long seed = System.nanoTime();
    private final SplittableRandom random = new SplittableRandom(seed);
    private final Addresses addresses = new Addresses(
            List.of(URI.create("http://127.0.0.1:1")),
            new Backoff(Duration.ofMillis(100), Duration.ofSeconds(30), random),
            random);

    private Reaction to(final int code, final boolean refreshed) {
        return Reaction.to(new Reaction.Ending(code, Optional.empty(), Optional.empty(), refreshed), addresses);
    }

    @Test
    void a_broken_draining_or_overloaded_node_is_left_alone_ever_longer() {
        for (int i = 0; i < 40; i++) {
            final var longest = Duration.ofMillis(Math.min(30_000, 100L << Math.min(i, 20)));
            final var code =
                    List.of(1006, 1012, 1013, 4408, 1000, 1001, 1008, 1009).get(i % 8);
            final var after =
                    assertInstanceOf(Reaction.Reconnect.class, to(code, false)).after();
            assertTrue(after.compareTo(longest) <= 0, "seed " + seed + ": " + after + " > " + longest);
            assertTrue(after.compareTo(longest.dividedBy(2)) >= 0, "seed " + seed + ": " + after + " of " + longest);
        }
        addresses.steady();
        final var first = assertInstanceOf(Reaction.Reconnect.class, to(1006, false));
        assertTrue(first.after().toMillis() <= 100);
    }

    @Test
    void the_wait_of_a_bye_is_kept_to() {
        final var ending = new Reaction.Ending(1012, Optional.of(Duration.ofSeconds(3)), Optional.empty(), false);
        assertEquals(new Reaction.Reconnect(Duration.ofSeconds(3)), Reaction.to(ending, addresses));
    }

    @Test
    void too_many_connections_are_waited_out() {
        final var said = new Reaction.Ending(4429, Optional.empty(), Optional.of(Duration.ofSeconds(90)), false);
        assertEquals(new Reaction.Reconnect(Duration.ofSeconds(90)), Reaction.to(said, addresses));
        assertEquals(new Reaction.Reconnect(Reaction.TOO_MANY_WAIT), to(4429, false));
    }

    @Test
    void a_refused_token_is_refreshed_once() {
        assertEquals(new Reaction.RefreshToken(), to(4401, false));
        assertEquals(new Reaction.LogInAgain(), to(4401, true));
    }

    @Test
    void a_replaced_device_stays_away() {
        assertEquals(new Reaction.StayAway(), to(4409, false));
    }
}
