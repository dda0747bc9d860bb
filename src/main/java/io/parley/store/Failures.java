package io.parley.store;

/// Counts what a store failed to do, or refused, by name.
@FunctionalInterface
public interface Failures {
    /// One more of `name`.
    void count(String name);
}
