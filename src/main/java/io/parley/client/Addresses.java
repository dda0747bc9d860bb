package io.parley.client;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;

/// Which node of a client's list to turn to next, and when. Decides only: no sockets, no clock.
///
/// The nodes stand in an order of each client's own ([#shuffled]), or all clients of a lost node would go to
/// the same next one. Another node than the one that failed is tried at once or nearly so; when every node of
/// the list has failed, the next round waits, ever longer.
final class Addresses {
    /// How soon another node is tried, at the latest: long enough that the clients of a lost node do not all
    /// arrive in the same instant, short enough that nobody notices.
    static final Duration SOON = Duration.ofMillis(100);

    private final List<URI> nodes;
    private final Backoff rounds;
    private final RandomGenerator random;
    private int at;
    private int failedInRound;

    /// @param nodes  one or more, in the order they are tried
    /// @param rounds the waits after each round without success
    Addresses(final List<URI> nodes, final Backoff rounds, final RandomGenerator random) {
        if (nodes.isEmpty()) {
            throw new IllegalArgumentException("a client needs the address of a node");
        }
        this.nodes = List.copyOf(new LinkedHashSet<>(nodes));
        this.rounds = rounds;
        this.random = random;
    }

    /// The same, in an order of this client's own.
    static Addresses shuffled(final List<URI> nodes, final Backoff rounds, final RandomGenerator random) {
        final var shuffled = new ArrayList<>(nodes);
        Collections.shuffle(shuffled, Random.from(random));
        return new Addresses(shuffled, rounds, random);
    }

    /// The node to turn to now.
    URI current() {
        return nodes.get(at);
    }

    /// All nodes, the current one first; for calls that go round the list by themselves.
    List<URI> round() {
        final var round = new ArrayList<>(nodes.subList(at, nodes.size()));
        round.addAll(nodes.subList(0, at));
        return round;
    }

    /// The current node failed, or let go: turns to the next one. Returns how long to wait before going there.
    ///
    /// @param wish    the wait the node itself asked for, as in a `bye`: kept to, whichever node is next
    /// @param atLeast a wait that is not to be undercut
    Duration failed(final Optional<Duration> wish, final Duration atLeast) {
        at = (at + 1) % nodes.size();
        failedInRound++;
        final Duration wait;
        if (failedInRound >= nodes.size()) {
            failedInRound = 0;
            wait = rounds.next();
        } else {
            wait = Duration.ofNanos(random.nextLong(SOON.toNanos()));
        }
        final var wished = wish.orElse(wait);
        return wished.compareTo(atLeast) >= 0 ? wished : atLeast;
    }

    /// `node` failed a call; if it is still the current one, later calls begin at the next.
    void leave(final URI node) {
        if (current().equals(node)) {
            at = (at + 1) % nodes.size();
        }
    }

    /// The current node did well for long enough: the next failure is the first again.
    void steady() {
        failedInRound = 0;
        rounds.reset();
    }
}
