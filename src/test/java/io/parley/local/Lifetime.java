package io.parley.local;

/// How long a process that we start may live.
public enum Lifetime {
    /// It dies with the JVM that started it, however that ends: for tests.
    WITH_THIS_JVM,
    /// It outlives the JVM and the terminal: for the command line.
    DETACHED
}
