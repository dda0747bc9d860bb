package io.parley.simulation;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What has been said already.
final class Told {
    private final Set<List<?>> all = new HashSet<>();

    boolean isFirst(final Object... what) {
        return all.add(List.of(what));
    }

    void forget() {
        all.clear();
    }
}
