package io.parley.simulation;

import java.io.Serial;

/// A promise was broken.
final class Violation extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    Violation(final String what) {
        super(what);
    }
}
