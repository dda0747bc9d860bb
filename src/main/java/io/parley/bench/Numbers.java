package io.parley.bench;

import java.util.HashSet;
import java.util.Set;

/// The numbers of one sender as they arrive: each once, in order, none missing.
final class Numbers {
    enum Verdict {
        /// The next one.
        NEXT,
        /// One that came before.
        DOUBLED,
        /// One that should have come before others that did.
        LATE,
        /// One after a gap; what is in it is missing until it comes late.
        EARLY
    }

    /// So many missing ones are known by number; of more it is only known that they are missing.
    private static final int MISSING_MAX = 10_000;

    private final Set<Long> missing = new HashSet<>();
    private long missingUnknown;
    private long highest;

    Verdict arrived(final long number) {
        if (number == highest + 1) {
            highest = number;
            return Verdict.NEXT;
        }
        if (number <= highest) {
            return missing.remove(number) ? Verdict.LATE : Verdict.DOUBLED;
        }
        for (long gone = highest + 1; gone < number; gone++) {
            if (missing.size() < MISSING_MAX) {
                missing.add(gone);
            } else {
                missingUnknown += number - gone;
                break;
            }
        }
        highest = number;
        return Verdict.EARLY;
    }

    /// The highest that came.
    long highest() {
        return highest;
    }

    /// How many below the highest have not come.
    long missing() {
        return missing.size() + missingUnknown;
    }
}
