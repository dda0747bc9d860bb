package io.parley.cluster;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;

/// Who this cluster is, so that two clusters cannot share one keyspace unnoticed. Members learn it from each
/// other; the oldest makes one up when all others have said that they know none. It dies with the last member.
///
/// One thread at a time; [#known] from any.
public final class ClusterIdentity {
    private final Supplier<UUID> fresh;
    private final Set<String> ignorant = new TreeSet<>();
    private volatile Optional<UUID> identity = Optional.empty();

    /// Not known.
    public ClusterIdentity(final Supplier<UUID> fresh) {
        this.fresh = fresh;
    }

    /// What is known.
    public Optional<UUID> known() {
        return identity;
    }

    /// A member has told what it knows.
    public void heard(final String member, final Optional<UUID> theirs) {
        if (identity.isEmpty() && theirs.isPresent()) {
            identity = theirs;
        } else if (theirs.isEmpty()) {
            ignorant.add(member);
        }
    }

    /// Time to make one up, if nobody has one.
    ///
    /// @param others   all members but this one
    /// @param isOldest whether this member is the oldest
    public void consider(final Set<String> others, final boolean isOldest) {
        if (identity.isEmpty() && isOldest && ignorant.containsAll(others)) {
            identity = Optional.of(fresh.get());
        }
    }
}
