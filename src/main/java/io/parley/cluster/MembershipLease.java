package io.parley.cluster;

/// Whether this node may still act as the owner of its entities. Asked before every write and again before
/// every acknowledgement, because a node that was paused may wake after others have taken its entities over.
@FunctionalInterface
public interface MembershipLease {
    /// The lease of a node that is a cluster of its own: nobody else can take anything over.
    MembershipLease ALONE = () -> true;

    /// One volatile read; never blocks.
    boolean holds();
}
