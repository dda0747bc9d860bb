package io.parley.faults;

/// What goes wrong. Each is over when everything has been set right again and all nodes are ready.
enum Kind {
    /// `kill -9` to one node.
    KILL_ONE,
    /// `kill -9` to two nodes at once: no majority is left.
    KILL_TWO,
    /// `kill -9` to all nodes at once.
    KILL_ALL,
    /// SIGSTOP to a node for 30 s, then SIGCONT: it wakes when others have taken its entities over.
    FREEZE,
    /// One node and the others do not hear each other.
    CUT_OFF,
    /// What one node says does not get to the others, or what they say not to it.
    CUT_ONE_WAY,
    /// `kill -9` to one replica, which comes back.
    KILL_CASSANDRA,
    /// SIGSTOP to one replica for a while: it refuses nothing and answers nothing.
    FREEZE_CASSANDRA,
    /// SIGSTOP to two replicas: nothing can be stored.
    FREEZE_TWO_CASSANDRAS,
    /// One replica gets a fifth of its time.
    SLOW_CASSANDRA,
    /// Every node is stopped in good order and started again, one after the other.
    ROLLING_RESTART,
    /// Half of the clients lose their links without a word.
    VANISH
}
