package io.parley.protocol;

/// Which entries of a log are wanted; a page is always ascending by `seq`.
public sealed interface PageRequest {
    int LIMIT_DEFAULT = 50;
    int LIMIT_MAX = 200;

    /// How many entries at most, 1 to [#LIMIT_MAX].
    int limit();

    /// The lowest above `seq`.
    record After(long seq, int limit) implements PageRequest {}

    /// The highest below `seq`.
    record Before(long seq, int limit) implements PageRequest {}

    /// The newest.
    record Newest(int limit) implements PageRequest {}
}
