package io.parley.account;

import java.util.LinkedHashMap;
import java.util.Map;

/// A map of the entries used last: a further one drops the one unused for longest. Not for several threads at
/// once.
final class Recent<K, V> extends LinkedHashMap<K, V> {
    private final int most;

    /// @param most entries it holds at most
    Recent(final int most) {
        super(16, 0.75f, true);
        this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(final Map.Entry<K, V> eldest) {
        return size() > most;
    }
}
