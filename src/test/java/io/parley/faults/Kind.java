package io.parley.faults;

import java.util.Arrays;
import java.util.List;

/// What goes wrong. Each is over when everything has been set right again and all nodes are ready.
///
/// Faults of different [Target]s can come together.
enum Kind {
    /// `kill -9` to one node.
    KILL_ONE(Target.NODES),
    /// `kill -9` to two nodes at once: no majority is left.
    KILL_TWO(Target.NODES),
    /// `kill -9` to all nodes at once.
    KILL_ALL(Target.NODES),
    /// SIGSTOP to a node for 30 s, then SIGCONT: it wakes when others have taken its entities over.
    FREEZE(Target.NODES),
    /// One node and the others do not hear each other: the first of the seeds, which must not make a cluster of
    /// its own when it is started again meanwhile.
    CUT_OFF(Target.NODES),
    /// What one node says does not get to the others, or what they say not to it.
    CUT_ONE_WAY(Target.NODES),
    /// `kill -9` to one replica, which comes back.
    KILL_CASSANDRA(Target.REPLICAS),
    /// SIGSTOP to one replica for a while: it refuses nothing and answers nothing.
    FREEZE_CASSANDRA(Target.REPLICAS),
    /// SIGSTOP to two replicas: nothing can be stored.
    FREEZE_TWO_CASSANDRAS(Target.REPLICAS),
    /// `kill -9` to all replicas at once: what was not in their commit logs is gone.
    KILL_ALL_CASSANDRAS(Target.REPLICAS),
    /// One replica gets a fifth of its time.
    SLOW_CASSANDRA(Target.REPLICAS),
    /// Every node is stopped in good order and started again, one after the other.
    ROLLING_RESTART(Target.NODES),
    /// Half of the clients lose their links without a word.
    VANISH(Target.CLIENTS);

    /// Whom a fault befalls.
    enum Target {
        NODES,
        REPLICAS,
        CLIENTS
    }

    private final Target target;

    Kind(final Target target) {
        this.target = target;
    }

    Target target() {
        return target;
    }

    /// All of those that befall one.
    static List<Kind> of(final Target target) {
        return Arrays.stream(values()).filter(kind -> kind.target == target).toList();
    }
}
