package io.parley.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class ClusterIdentityTest {
    private static final UUID MADE = new UUID(1, 1);
    private static final UUID THEIRS = new UUID(2, 2);

    private final ClusterIdentity identity = new ClusterIdentity(() -> MADE);

    @Test
    void a_node_that_is_alone_makes_one_up() {
        identity.consider(Set.of(), true);
        assertEquals(Optional.of(MADE), identity.known());
    }

    @Test
    void one_who_joins_takes_what_the_others_know() {
        identity.heard("b", Optional.of(THEIRS));
        identity.consider(Set.of("b"), true);
        assertEquals(Optional.of(THEIRS), identity.known());
    }

    @Test
    void the_oldest_makes_none_up_before_all_others_have_said_that_they_know_none() {
        identity.heard("b", Optional.empty());
        identity.consider(Set.of("b", "c"), true);
        assertEquals(Optional.empty(), identity.known());
        identity.heard("c", Optional.empty());
        identity.consider(Set.of("b", "c"), true);
        assertEquals(Optional.of(MADE), identity.known());
    }

    @Test
    void nobody_but_the_oldest_makes_one_up() {
        identity.consider(Set.of(), false);
        assertEquals(Optional.empty(), identity.known());
    }

    @Test
    void what_is_known_stays() {
        identity.heard("b", Optional.of(THEIRS));
        identity.heard("c", Optional.of(MADE));
        assertEquals(Optional.of(THEIRS), identity.known());
    }
}
