package io.parley.simulation;

import java.util.List;

/// All the chance of one history, from its seed.
final class Dice {
    private long state;

    Dice(final long seed) {
        this.state = seed * 0x9E3779B97F4A7C15L;
        next();
    }

    long next() { // SplitMix64
        state += 0x9E3779B97F4A7C15L;
        long mixed = state;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }

    int below(final int bound) {
        return (int) Long.remainderUnsigned(next(), bound);
    }

    /// From `least` to `most`, both included.
    int between(final int least, final int most) {
        return least + below(most - least + 1);
    }

    boolean chance(final int perMille) {
        return perMille > 0 && below(1_000) < perMille;
    }

    <T> T of(final List<T> list) {
        return list.get(below(list.size()));
    }
}
